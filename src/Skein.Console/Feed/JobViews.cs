using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Wire;

namespace Skein.Console.Feed;

/// <summary>Puts together what the targets say of their jobs.</summary>
internal static class JobViews
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The jobs, those that run first, then the newest.</summary>
    /// <param name="snaps">What each target says, by its id.</param>
    /// <param name="document">What it says of the rebalance.</param>
    /// <param name="most">How many are shown.</param>
    public static IReadOnlyList<JobView> From(
        IReadOnlyDictionary<string, IReadOnlyList<JobSnap>> snaps, ControlDocument document, int most)
    {
        var parts = snaps.Values.SelectMany(list => list).ToLookup(snap => (snap.Kind, snap.Id));
        return
        [
            .. JobSummary.WithRebalance(JobSummary.Statuses(snaps), document)
                .Select(status => View(status, [.. parts[(status.Kind, status.Id)]]))
                .OrderBy(job => job.State == "running" ? 0 : 1)
                .ThenByDescending(job => Math.Max(job.Started, job.Ended))
                .Take(most),
        ];
    }

    private static JobView View(JobStatus status, JobSnap[] snaps) => new()
    {
        Id = status.Id,
        Kind = status.Kind,
        Bucket = snaps.Select(snap => snap.Bucket.Name).FirstOrDefault(name => name.Length != 0) ?? "",
        State = status.EndTime == 0 ? "running" : status.IsAborted ? "aborted" : "finished",
        Started = snaps.Length == 0 ? 0 : snaps.Min(snap => JobSummary.Nanoseconds(snap.StartTime)) / NanosecondsPerMillisecond,
        Ended = status.EndTime / NanosecondsPerMillisecond,
        Objects = snaps.Sum(snap => snap.Stats.LocalObjects + snap.Stats.ReceivedObjects),
        Bytes = snaps.Sum(snap => snap.Stats.LocalBytes + snap.Stats.ReceivedBytes),
        Targets = snaps.Length,
        Done = snaps.Count(snap => !snap.IsRunning),
        Error = status.Error,
    };
}
