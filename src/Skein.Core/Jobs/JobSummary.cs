using Skein.Core.Maps;
using Skein.Core.Wire;

namespace Skein.Core.Jobs;

/// <summary>Puts together what the targets say of jobs.</summary>
public static class JobSummary
{
    /// <summary>One status for each job, in the order in which the jobs began.</summary>
    /// <param name="snaps">What each target says, by its id.</param>
    public static IReadOnlyList<JobStatus> Statuses(IReadOnlyDictionary<string, IReadOnlyList<JobSnap>> snaps) =>
    [
        .. snaps
            .SelectMany(target => target.Value.Select(snap => (Node: target.Key, Snap: snap)))
            .GroupBy(entry => (entry.Snap.Kind, entry.Snap.Id))
            .OrderBy(job => job.Min(entry => entry.Snap.StartTime))
            .ThenBy(job => job.Key.Id, StringComparer.Ordinal)
            .Select(job => Status([.. job])),
    ];

    /// <summary>
    /// The same when some targets do not answer: a job that has not been seen to end everywhere runs, except where its kind
    /// ends on all targets together.
    /// </summary>
    public static IReadOnlyList<JobStatus> WithSilentTargets(
        IReadOnlyList<JobStatus> statuses, IReadOnlyDictionary<string, IReadOnlyList<JobSnap>> snaps) =>
    [
        .. statuses.Select(status =>
        {
            var ended = JobKinds.Find(status.Kind) is { EndsTogether: true }
                && snaps.Values.SelectMany(list => list).Any(snap => snap.Id == status.Id && !snap.IsRunning);
            return ended ? status : status with { EndTime = 0 };
        }),
    ];

    /// <summary>
    /// Adds what the control document says of the last rebalance: it may run although no target has begun yet or some have
    /// ended, and it may have ended without any.
    /// </summary>
    public static IReadOnlyList<JobStatus> WithRebalance(IReadOnlyList<JobStatus> statuses, ControlDocument document)
    {
        var (id, run) = (document.Rebalance.Id, document.Rebalance.Run);
        if (id.Length == 0 || run.State == RebalanceState.None)
        {
            return statuses;
        }
        var known = statuses.FirstOrDefault(status => status.Id == id);
        // When it ended is not written down; by the last change of the document it had.
        var over = document.LastChange.Time * (TimeSpan.NanosecondsPerTick * TimeSpan.TicksPerMillisecond);
        var status = known ?? new JobStatus { Kind = JobKinds.Rebalance.Name, Id = id, EndTime = over };
        status = status with
        {
            EndTime = run.IsRunning ? 0 : status.EndTime,
            IsAborted = status.IsAborted || run.State == RebalanceState.Stopped,
            Error = status.Error.Length == 0 ? run.Note : status.Error,
        };
        return known is null ? [.. statuses, status] : [.. statuses.Select(one => one.Id == id ? status : one)];
    }

    /// <summary>Unix nanoseconds; 0 for <see cref="JobSnap.NoTime"/>.</summary>
    public static long Nanoseconds(DateTime time) =>
        time == JobSnap.NoTime ? 0 : (time - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static JobStatus Status(IReadOnlyList<(string Node, JobSnap Snap)> job)
    {
        var problems = job
            .Select(entry => (entry.Node, Text: entry.Snap.Error.Length != 0 ? entry.Snap.Error : entry.Snap.AbortReason))
            .Where(entry => entry.Text.Length != 0)
            .GroupBy(entry => entry.Text)
            .Select(same => $"{string.Join(", ", same.Select(entry => $"t[{entry.Node}]"))}: {same.Key}");
        return new JobStatus
        {
            Kind = job[0].Snap.Kind,
            Id = job[0].Snap.Id,
            Error = string.Join("; ", problems),
            EndTime = job.Any(entry => entry.Snap.IsRunning) ? 0 : job.Max(entry => Nanoseconds(entry.Snap.EndTime)),
            IsAborted = job.Any(entry => entry.Snap.IsAborted),
        };
    }
}
