using System.Text;
using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Cli.Playground;

/// <summary>Waits for node processes: until all are healthy and see each other, or until they are gone.</summary>
/// <param name="probe">Asks the nodes.</param>
/// <param name="time">Clock.</param>
internal sealed class ReadinessWait(NodeProbe probe, TimeProvider time)
{
    private const int LogLines = 15;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until nodes are healthy and their maps list every node that runs.</summary>
    /// <param name="state">The playground.</param>
    /// <param name="nodes">The nodes to wait for; those that are down or halted are not waited for.</param>
    /// <param name="patience">How long.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The cluster id.</returns>
    /// <exception cref="PlaygroundException">
    /// When a process ends, or the patience does. The message holds the reason and the last lines of the log.
    /// </exception>
    public async Task<string> UntilReadyAsync(
        PlaygroundState state,
        IReadOnlyList<PlaygroundNode> nodes,
        TimeSpan patience,
        CancellationToken cancellation)
    {
        var ids = state.Nodes.Where(IsToBeSeen).Select(node => node.Id).ToList();
        var waiting = nodes.Select(node => state.Find(node.Id)!).Where(IsToBeSeen)
            .ToDictionary(node => node, _ => "was not asked yet");
        var first = waiting.Keys.FirstOrDefault();
        var started = time.GetTimestamp();
        while (waiting.Count != 0)
        {
            var answers = await Task.WhenAll(waiting.Keys.Select(
                async node => (node, reason: await probe.WhyNotReadyAsync(node, ids, cancellation))));
            foreach (var (node, reason) in answers)
            {
                if (NodeProcess.Inspect(node) == ProcessCondition.Gone)
                {
                    throw new PlaygroundException($"{node.Id} ended while it was starting{LogTail(node)}");
                }
                if (reason is null)
                {
                    waiting.Remove(node);
                }
                else
                {
                    waiting[node] = reason;
                }
            }
            if (waiting.Count != 0 && time.GetElapsedTime(started) > patience)
            {
                throw NotReady(waiting, patience);
            }
            await Task.Delay(waiting.Count == 0 ? TimeSpan.Zero : Interval, time, cancellation);
        }
        return first is null ? "" : (await MapAsync(first, cancellation))?.Uuid ?? "";
    }

    /// <summary>Waits until all of the processes are gone, or halted, or running.</summary>
    /// <returns>False when some are not after the patience.</returns>
    public async Task<bool> UntilAsync(
        IReadOnlyList<PlaygroundNode> nodes, ProcessCondition wanted, TimeSpan patience, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (nodes.Any(node => NodeProcess.Inspect(node) != wanted))
        {
            if (time.GetElapsedTime(started) > patience)
            {
                return false;
            }
            await Task.Delay(Interval / 5, time, cancellation);
        }
        return true;
    }

    /// <summary>The node's cluster map; null when it does not show one.</summary>
    public async Task<WireClusterMap?> MapAsync(PlaygroundNode node, CancellationToken cancellation)
    {
        try
        {
            return await probe.GetMapAsync(node, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException
            || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>The id of the cluster that the node is part of; empty when it does not say.</summary>
    public async Task<string> ClusterIdAsync(PlaygroundNode node) =>
        (await MapAsync(node, CancellationToken.None))?.Uuid ?? "";

    // A process that has just ended counts: its end is found, and told, by the wait.
    private static bool IsToBeSeen(PlaygroundNode node) =>
        node.Pid != 0 && NodeProcess.Inspect(node) != ProcessCondition.Stopped;

    private static PlaygroundException NotReady(Dictionary<PlaygroundNode, string> waiting, TimeSpan patience)
    {
        var text = new StringBuilder($"after {patience.TotalSeconds:0} seconds not all nodes are ready:");
        foreach (var (node, reason) in waiting)
        {
            text.Append("\n  ").Append(node.Id).Append(' ').Append(reason);
        }
        text.Append(LogTail(waiting.Keys.First()));
        return new PlaygroundException(text.ToString());
    }

    private static string LogTail(PlaygroundNode node)
    {
        try
        {
            var lines = File.ReadLines(node.Log).TakeLast(LogLines).ToList();
            return lines.Count == 0
                ? $"; its log {node.Log} is empty"
                : $"\nlast lines of {node.Log}:\n  " + string.Join("\n  ", lines);
        }
        catch (IOException)
        {
            return $"; it has no log at {node.Log}";
        }
    }
}
