using System.Collections.Concurrent;

namespace Skein.Cluster.Rebalance;

/// <summary>The newest report of each target, on the primary. Thread-safe.</summary>
public sealed class RebalanceBoard
{
    private readonly ConcurrentDictionary<string, (string Incarnation, long Generation, RebalanceReport Report)> _reports =
        new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, (string Incarnation, bool HasNone)> _mountpaths =
        new(StringComparer.Ordinal);

    private volatile TaskCompletionSource _news = NewSignal();

    /// <summary>Ends with the next report that says something new.</summary>
    public Task News => _news.Task;

    /// <summary>A target has reported.</summary>
    /// <param name="nodeId">Who.</param>
    /// <param name="incarnation">Its incarnation: a target that has lost its disks has said nothing yet.</param>
    /// <param name="generation">Generation of the document that it holds.</param>
    /// <param name="report">What it says; null for nothing.</param>
    public void Post(string nodeId, string incarnation, long generation, RebalanceReport? report)
    {
        if (report is null)
        {
            _reports.TryRemove(nodeId, out _);
            return;
        }
        var next = (incarnation, generation, report);
        if (!_reports.TryGetValue(nodeId, out var known) || known != next)
        {
            _reports[nodeId] = next;
            Interlocked.Exchange(ref _news, NewSignal()).TrySetResult();
        }
    }

    /// <summary>A target has said whether any of its mountpaths is in service.</summary>
    public void PostMountpaths(string nodeId, string incarnation, bool hasNone)
    {
        var next = (incarnation, hasNone);
        if (!_mountpaths.TryGetValue(nodeId, out var known) || known != next)
        {
            _mountpaths[nodeId] = next;
            Interlocked.Exchange(ref _news, NewSignal()).TrySetResult();
        }
    }

    /// <summary>True when a target has no mountpath in service; null when it has said nothing in this incarnation.</summary>
    public bool? HasNoMountpath(string nodeId, string incarnation) =>
        _mountpaths.TryGetValue(nodeId, out var known) && known.Incarnation == incarnation ? known.HasNone : null;

    /// <summary>The report of a target; null when it has given none in this incarnation and generation.</summary>
    public RebalanceReport? Find(string nodeId, string incarnation, long generation) =>
        _reports.TryGetValue(nodeId, out var known) && known.Incarnation == incarnation && known.Generation == generation
            ? known.Report
            : null;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
