using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>The lines below the tables of <c>show cluster</c>.</summary>
/// <param name="host">Where to write.</param>
/// <param name="view">The cluster.</param>
internal sealed class ClusterSummary(CliHost host, ClusterView view)
{
    /// <summary>Writes the lines.</summary>
    public void Write()
    {
        var map = view.Map;
        host.Writer.WriteLine("Summary:");
        Line("Proxies", Proxies());
        Line("Targets", Targets());
        if (Capacity() is { } capacity)
        {
            Line("Capacity", capacity);
        }
        Line("Cluster Map", $"version {map.Version}, UUID {map.Uuid}, primary {map.Primary?.DisplayName ?? "unknown"}");
        Line("Deployment", Values(status => status.Deployment));
        Line("Status", Status());
        Line("Rebalance", string.Join(", ", view.Rebalances.Values.Distinct().Order(StringComparer.Ordinal)));
        if (view.AuthenticationEnabled is { } enabled)
        {
            Line("Authentication", enabled ? "enabled" : "disabled");
        }
        Line("Version", Values(status => status.ProductVersion));
        Line("Build", Values(status => status.BuildTime));
    }

    private void Line(string name, string text)
    {
        if (text.Length != 0)
        {
            host.Writer.WriteLine($"   {name + ":",-17}{text}");
        }
    }

    private string Proxies()
    {
        var proxies = view.Map.Proxies.Values;
        var not = proxies.Count(node => !node.IsElectable);
        return not == 0
            ? Text($"{proxies.Count} ({(proxies.Count == 1 ? "electable" : "all electable")})")
            : Text($"{proxies.Count} ({not} not electable)");
    }

    private string Targets()
    {
        var targets = view.Map.Targets.Values;
        var inactive = targets.Count(node => !node.IsActive);
        var disks = targets
            .SelectMany(node => Mountpaths(node).SelectMany(path => path.Disks.Select(disk => (Host(node), disk))))
            .Distinct().Count();
        return Text($"{targets.Count}")
            + (inactive == 0 ? "" : Text($" ({inactive} inactive)"))
            + (disks == 0 ? "" : disks == 1 ? " (one disk)" : Text($" ({disks} disks)"));
    }

    // Each file system counts once, however many mountpaths and targets share it.
    private string? Capacity()
    {
        var systems = view.Map.Targets.Values
            .SelectMany(node => Mountpaths(node).Select(path => (Key: (Host(node), path.FileSystem), Path: path)))
            .DistinctBy(item => item.Key).Select(item => item.Path).ToList();
        var used = systems.Sum(path => path.Used);
        var available = systems.Sum(path => path.Available);
        return used + available == 0
            ? null
            : Text($"used {host.Size(used)} ({used * 100 / (used + available)}%), ")
                + $"available {host.Size(available)}";
    }

    private string Status()
    {
        var groups = view.Nodes.GroupBy(view.StatusOf)
            .OrderBy(group => group.Key == "online" ? 0 : 1).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Text($"{group.Count()} {group.Key}")).ToList();
        return groups.Count == 1 ? groups[0] : $"[{string.Join(", ", groups)}]";
    }

    private string Values(Func<NodeStatus, string> value) => string.Join(
        ", ", view.Statuses.Values.Select(value).Where(text => text.Length != 0).Distinct().Order());

    private IEnumerable<MountpathCapacity> Mountpaths(NodeInfo node) =>
        view.Statuses.TryGetValue(node.Id, out var status) ? status.Capacity.Mountpaths?.Values.ToList() ?? [] : [];

    private static string Host(NodeInfo node) => node.PublicNet.Host;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
