using Skein.Cli.Jobs;
using Skein.Client;
using Skein.Client.Cluster;
using Skein.Client.Jobs;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Spectre.Console;

namespace Skein.Cli.Nodes;

/// <summary>A change of nodes that is under way.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Change">With which options.</param>
/// <param name="Nodes">To which nodes.</param>
/// <param name="RebalanceId">The rebalance that it has started; empty for none.</param>
internal sealed record NodeWait(
    NodeAction Action, NodeChange Change, IReadOnlyList<NodeInfo> Nodes, string RebalanceId)
{
    /// <summary>The nodes that are not where they are to be by a map.</summary>
    public IEnumerable<NodeInfo> Pending(WireClusterMap map) =>
        Nodes.Where(node => !IsThere(map.Proxies.GetValueOrDefault(node.Id) ?? map.Targets.GetValueOrDefault(node.Id)));

    private bool IsThere(NodeInfo? node)
    {
        if (Action.IsFinal)
        {
            return node is null;
        }
        var flags = node?.Flags ?? NodeFlags.None;
        if (Action == NodeAction.StopMaintenance)
        {
            return node is not null && (flags & (NodeFlags.Maintenance | NodeFlags.MaintenanceDone)) == 0;
        }
        // A proxy has no data to wait for.
        var wanted = node?.Role == NodeRole.Target ? NodeFlags.MaintenanceDone : NodeFlags.Maintenance;
        return node is not null && (flags & wanted) != 0;
    }
}

/// <summary>Waits until nodes are where they are to be, and shows how far the rebalance is meanwhile.</summary>
/// <param name="host">Where to show it.</param>
/// <param name="quiet">True to show nothing.</param>
internal sealed class NodeWaiter(CliHost host, bool quiet)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long the cluster may be unable to answer: a node that leaves may be the one that is asked.</summary>
    private static readonly TimeSpan ErrorPatience = TimeSpan.FromSeconds(60);

    /// <summary>Waits.</summary>
    /// <exception cref="SkeinException">When the cluster cannot be reached for too long.</exception>
    public Task WaitAsync(SkeinClient client, NodeWait wait, CancellationToken cancellation)
    {
        if (!quiet && host.Error.Profile.Out.IsTerminal && host.Error.Profile.Capabilities.Interactive)
        {
            return host.Error.Status().StartAsync(
                "Waiting", context => LoopAsync(client, wait, text => context.Status(Markup.Escape(text)), cancellation));
        }
        var last = host.Time.GetTimestamp();
        return LoopAsync(
            client,
            wait,
            text =>
            {
                if (!quiet && host.Time.GetElapsedTime(last) >= LineInterval)
                {
                    last = host.Time.GetTimestamp();
                    host.Error.Profile.Out.Writer.WriteLine(text);
                }
            },
            cancellation);
    }

    private async Task LoopAsync(SkeinClient client, NodeWait wait, Action<string> show, CancellationToken cancellation)
    {
        var started = host.Time.GetTimestamp();
        var heard = started;
        while (true)
        {
            try
            {
                var pending = wait.Pending(await client.Cluster.GetMapAsync(cancellation)).ToList();
                var report = await RebalanceAsync(client, wait, host.Time.GetElapsedTime(started), cancellation);
                if (pending.Count == 0 && wait.Action == NodeAction.Shutdown)
                {
                    pending = await AnsweringAsync(wait.Nodes, cancellation);
                }
                if (pending.Count == 0
                    && (wait.Action != NodeAction.StopMaintenance || report is not { Status.EndTime: 0 }))
                {
                    return;
                }
                var names = string.Join(", ", pending.Select(node => node.DisplayName));
                show($"Waiting for {(names.Length == 0 ? "the cluster" : names)}"
                    + (report is null ? "" : "; " + JobWaiter.Text(host, report)));
                heard = host.Time.GetTimestamp();
            }
            catch (SkeinException) when (host.Time.GetElapsedTime(heard) < ErrorPatience)
            {
                // Asked again below.
            }
            await Task.Delay(Interval, host.Time, cancellation);
        }
    }

    /// <summary>How the rebalance stands that the change has started, or one that has taken its place.</summary>
    private static async Task<JobReport?> RebalanceAsync(
        SkeinClient client, NodeWait wait, TimeSpan waited, CancellationToken cancellation)
    {
        if (wait.RebalanceId.Length == 0)
        {
            return null;
        }
        var last = new JobMessage { Kind = JobKinds.Rebalance.Name };
        var status = await client.Jobs.FindStatusAsync(last, cancellation);
        return status is null
            ? null
            : new JobReport(
                status, await client.Jobs.GetSnapsAsync(last with { Id = status.Id }, cancellation), waited);
    }

    /// <summary>The nodes whose processes still answer; they are asked directly, since a proxy answers for them.</summary>
    private async Task<List<NodeInfo>> AnsweringAsync(IReadOnlyList<NodeInfo> nodes, CancellationToken cancellation)
    {
        var answering = new List<NodeInfo>();
        foreach (var node in nodes)
        {
            using var direct = new SkeinClient(new SkeinClientOptions
            {
                Endpoints = [node.PublicNet.Url],
                Timeout = AnswerPatience,
                Time = host.Time,
                Random = host.Random,
            });
            try
            {
                await direct.Cluster.GetHealthAsync(cancellation);
                answering.Add(node);
            }
            catch (SkeinException e) when (e.IsUnreachable)
            {
                // It has ended.
            }
            catch (SkeinException)
            {
                answering.Add(node);
            }
        }
        return answering;
    }
}
