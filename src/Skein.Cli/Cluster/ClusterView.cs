using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Skein.Cli.Jobs;
using Skein.Client;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>The cluster as it was found: the map, and what each node says.</summary>
internal sealed class ClusterView
{
    private const int NodesAtOnce = 16;

    private ClusterView(WireClusterMap map) => Map = map;

    /// <summary>The cluster map.</summary>
    public WireClusterMap Map { get; }

    /// <summary>What the nodes that answered say of themselves, by id.</summary>
    public SortedDictionary<string, NodeStatus> Statuses { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the other nodes did not answer, by id.</summary>
    public SortedDictionary<string, string> Offline { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the cluster asks for tokens; null when it did not say.</summary>
    public bool? AuthenticationEnabled { get; private set; }

    /// <summary>How the last rebalance stands on each target, as <c>running(g4)</c>; empty when there was none.</summary>
    public IReadOnlyDictionary<string, string> Rebalances { get; private set; } = new Dictionary<string, string>();

    /// <summary>How the control plane is; null when nobody says.</summary>
    public ControlStatus? Control { get; private set; }

    /// <summary>All nodes: proxies, then targets.</summary>
    public IEnumerable<NodeInfo> Nodes => Map.Proxies.Values.Concat(Map.Targets.Values);

    /// <summary>Asks the cluster for its map, and all of its nodes, in parallel, for their status.</summary>
    /// <exception cref="SkeinException">When no proxy shows a map.</exception>
    public static async Task<ClusterView> LoadAsync(SkeinClient client, CancellationToken cancellation)
    {
        var view = new ClusterView(await client.Cluster.GetMapAsync(cancellation));
        var statuses = new ConcurrentDictionary<string, NodeStatus>();
        var offline = new ConcurrentDictionary<string, string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = NodesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(view.Nodes, options, async (node, token) =>
        {
            try
            {
                statuses[node.Id] = await client.Cluster.GetNodeStatusAsync(node.Id, token);
            }
            catch (SkeinException e)
            {
                offline[node.Id] = e.Status == HttpStatusCode.BadGateway
                    ? $"{client.CurrentEndpoint} cannot reach it"
                    : e.Message;
            }
        });
        foreach (var (id, status) in statuses)
        {
            view.Statuses[id] = status;
        }
        foreach (var (id, reason) in offline)
        {
            view.Offline[id] = reason;
        }
        view.Control = await ControlAsync(client, cancellation);
        view.Rebalances = await RebalancesAsync(client, cancellation);
        view.AuthenticationEnabled = await AuthenticationAsync(client, cancellation);
        return view;
    }

    /// <summary>In one word how the node is: <c>online</c>, <c>offline</c>, or what the cluster calls it.</summary>
    public string StatusOf(NodeInfo node)
    {
        if (Statuses.TryGetValue(node.Id, out var status))
        {
            return status.Status.Length == 0 ? "online" : status.Status;
        }
        return "offline";
    }

    /// <summary>The node's display name with its marks: primary, not electable, leaving.</summary>
    public string NameOf(NodeInfo node)
    {
        var name = node.DisplayName;
        if (node.Id == Map.Primary?.Id)
        {
            name += "[P]";
        }
        if ((node.Flags & NodeFlags.NonElectable) != 0)
        {
            name += "[n/e]";
        }
        return (node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) != 0 ? name + "[x]" : name;
    }

    private static async Task<Dictionary<string, string>> RebalancesAsync(
        SkeinClient client, CancellationToken cancellation)
    {
        try
        {
            var snaps = await client.Jobs.GetSnapsAsync(new JobMessage { Kind = JobKinds.Rebalance.Name }, cancellation);
            return snaps
                .Where(target => target.Value.Count != 0)
                .Select(target => (Node: target.Key, Last: target.Value.MaxBy(snap => JobId.RebalanceNumber(snap.Id) ?? 0)!))
                .ToDictionary(
                    one => one.Node, one => $"{JobPrinter.State(one.Last).ToLowerInvariant()}({one.Last.Id})");
        }
        catch (SkeinException)
        {
            return [];
        }
    }

    private static async Task<ControlStatus?> ControlAsync(SkeinClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.Cluster.GetControlAsync(cancellation);
        }
        catch (SkeinException)
        {
            return null;
        }
    }

    private static async Task<bool?> AuthenticationAsync(SkeinClient client, CancellationToken cancellation)
    {
        try
        {
            var config = await client.Cluster.GetConfigAsync(cancellation);
            return config.ValueKind == JsonValueKind.Object
                && config.TryGetProperty("auth", out var section) && section.ValueKind == JsonValueKind.Object
                && section.TryGetProperty("enabled", out var enabled)
                    ? enabled.ValueKind == JsonValueKind.True
                    : null;
        }
        catch (SkeinException)
        {
            return null;
        }
    }
}
