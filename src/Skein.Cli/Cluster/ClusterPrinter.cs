using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Shows the nodes of a cluster as tables, with AIStore's columns.</summary>
/// <param name="host">Where to write.</param>
/// <param name="view">The cluster.</param>
/// <param name="headings">False to leave the headings out.</param>
internal sealed class ClusterPrinter(CliHost host, ClusterView view, bool headings)
{
    /// <summary>Columns of a terminal below which alerts stand in lines of their own.</summary>
    private const int WidthForAlerts = 140;

    private const long NanosecondsPerTick = 100;
    private const string UptimeKey = "up.ns.time";

    /// <summary>Shows everything: proxies, targets, summary.</summary>
    public void All()
    {
        Proxies(view.Map.Proxies.Values, withVersion: false);
        if (view.Map.Targets.Count != 0)
        {
            host.Writer.WriteLine();
            Targets(view.Map.Targets.Values, withVersion: false);
        }
        if (headings)
        {
            host.Writer.WriteLine();
            new ClusterSummary(host, view).Write();
            if (view.Control is { Uuid.Length: > 0 } control)
            {
                host.Writer.WriteLine();
                new ControlPrinter(host, control).Summary(withVoters: true);
            }
        }
        foreach (var (id, reason) in view.Offline)
        {
            ErrorText.Warn(host, $"{id} is offline: {reason}");
        }
    }

    /// <summary>Shows proxies.</summary>
    public void Proxies(IReadOnlyCollection<NodeInfo> nodes, bool withVersion)
    {
        var alerts = Alerts(nodes);
        var table = new TextTable("-")
            .Add("PROXY").Add("MEM USED(%)", optional: true).Add("MEM AVAIL", optional: true)
            .Add("LOAD AVERAGE", optional: true).Add("UPTIME").Add("K8s POD", optional: true).Add("STATUS")
            .Add("VERSION", optional: true).Add("BUILD TIME", optional: true).Add("ALERT");
        foreach (var node in nodes)
        {
            var status = Live(node);
            table.Row(
                view.NameOf(node), Percent(status), Memory(status), Load(status), Uptime(status),
                status?.PodName ?? "", view.StatusOf(node),
                withVersion ? status?.ProductVersion ?? "" : "", withVersion ? status?.BuildTime ?? "" : "",
                AlertCell(alerts, node));
        }
        table.Write(host.Writer, host.Width, headings);
        AlertLines(alerts, nodes);
    }

    /// <summary>Shows targets.</summary>
    public void Targets(IReadOnlyCollection<NodeInfo> nodes, bool withVersion)
    {
        var alerts = Alerts(nodes);
        var table = new TextTable("-")
            .Add("TARGET").Add("MEM USED(%)", optional: true).Add("MEM AVAIL", optional: true)
            .Add("CAP USED(%)").Add("CAP AVAIL").Add("LOAD AVERAGE", optional: true).Add("REBALANCE", optional: true)
            .Add("UPTIME").Add("K8s POD", optional: true).Add("STATUS")
            .Add("VERSION", optional: true).Add("BUILD TIME", optional: true).Add("ALERT");
        foreach (var node in nodes)
        {
            var status = Live(node);
            var hasCapacity = status?.Capacity.Mountpaths is { Count: > 0 };
            table.Row(
                view.NameOf(node), Percent(status), Memory(status),
                hasCapacity ? status!.Capacity.PercentAverage.ToString(CultureInfo.InvariantCulture) + "%" : "",
                hasCapacity ? host.Size(status!.Capacity.TotalAvailable) : "",
                Load(status), view.Rebalances.GetValueOrDefault(node.Id, ""), Uptime(status), status?.PodName ?? "",
                view.StatusOf(node), withVersion ? status?.ProductVersion ?? "" : "",
                withVersion ? status?.BuildTime ?? "" : "", AlertCell(alerts, node));
        }
        table.Write(host.Writer, host.Width, headings);
        AlertLines(alerts, nodes);
    }

    // By node id; empty when no node raises one, so that the column is left out.
    private Dictionary<string, string> Alerts(IEnumerable<NodeInfo> nodes)
    {
        var live = nodes.Select(node => (node.Id, Status: Live(node))).Where(pair => pair.Status is not null).ToList();
        return live.TrueForAll(pair => AlertText.IsQuiet(pair.Status!.Cluster.Flags))
            ? []
            : live.ToDictionary(pair => pair.Id, pair => AlertText.Of(pair.Status!.Cluster.Flags));
    }

    private string AlertCell(Dictionary<string, string> alerts, NodeInfo node) =>
        host.Width < WidthForAlerts ? "" : alerts.GetValueOrDefault(node.Id, "");

    private void AlertLines(Dictionary<string, string> alerts, IEnumerable<NodeInfo> nodes)
    {
        foreach (var node in host.Width < WidthForAlerts ? nodes : [])
        {
            if (alerts.TryGetValue(node.Id, out var alert) && alert != AlertText.NoAlert)
            {
                host.Writer.WriteLine($"ALERT {view.NameOf(node)}: {alert}");
            }
        }
    }

    // The status of a node that answered for itself; a proxy answers with next to nothing for one in maintenance.
    private NodeStatus? Live(NodeInfo node) =>
        view.Statuses.TryGetValue(node.Id, out var status) && status.Status.Length == 0 ? status : null;

    private static string Percent(NodeStatus? status) => status is null
        ? "" : status.System.PercentMemoryUsed.ToString("0.00", CultureInfo.InvariantCulture) + "%";

    private string Memory(NodeStatus? status) =>
        status is null ? "" : host.Size(status.System.MemoryAvailable);

    private static string Load(NodeStatus? status) => status is null
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"[{status.System.Load.One:0.0} {status.System.Load.Five:0.0} {status.System.Load.Fifteen:0.0}]");

    private static string Uptime(NodeStatus? status) =>
        status?.Tracker is { } tracker && tracker.TryGetValue(UptimeKey, out var nanoseconds)
            ? SizeText.Duration(TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick))
            : "";
}
