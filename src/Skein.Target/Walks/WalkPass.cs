using System.Collections.Concurrent;
using Skein.Core.Errors;
using Skein.Target.Moves;

namespace Skein.Target.Walks;

/// <summary>
/// Deals with names of a job, some at a time. What fails for now is tried again; a target that fails without a break for as
/// long as <see cref="WalkPatience.Destination"/> says makes its objects errors of the job, each with its own text.
/// </summary>
internal sealed class WalkPass(
    WalkJob job, IWalkWork work, WalkPatience patience, MoveState load, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _failingSince = new(StringComparer.Ordinal);

    /// <summary>Objects at a time.</summary>
    public int Workers { get; } = job.Record.Work.Names.Workers switch
    {
        0 => WalkLimits.DefaultWorkers,
        < 0 => 1,
        var wanted => Math.Min(wanted, WalkLimits.MaxWorkers),
    };

    /// <summary>Deals with all of the names; returns when each is done or given up.</summary>
    /// <param name="names">The names.</param>
    /// <param name="isRepeat">True when they may have been dealt with before.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task RunAsync(IReadOnlyList<string> names, bool isRepeat, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellation },
            async (name, stop) =>
            {
                var started = time.GetTimestamp();
                await HandleAsync(new WalkItem(name, isRepeat), stop).ConfigureAwait(false);
                var pause = MoveLimits.PauseAt(load.LoadHereAndThere);
                if (pause != 0)
                {
                    await Task.Delay(time.GetElapsedTime(started) * pause, time, stop).ConfigureAwait(false);
                }
            });

    private async Task HandleAsync(WalkItem item, CancellationToken cancellation)
    {
        var pause = WalkLimits.ShortestPause;
        while (true)
        {
            var node = work.NodeFor(item.Name);
            var started = time.GetTimestamp();
            try
            {
                await work.HandleAsync(item, cancellation).ConfigureAwait(false);
                _failingSince.TryRemove(node, out _);
                return;
            }
            catch (Exception e) when (e is StoreException or IOException or HttpRequestException)
            {
                if (!IsPassing(e) || IsGivenUp(node, started))
                {
                    job.Progress.AddError($"{job.Bucket}/{item.Name}", e.Message);
                    return;
                }
            }
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < WalkLimits.LongestPause ? pause * 2 : WalkLimits.LongestPause;
        }
    }

    /// <summary>True when the target has failed for too long, whatever object was for it.</summary>
    private bool IsGivenUp(string node, long started) =>
        time.GetElapsedTime(_failingSince.GetOrAdd(node, started)) >= patience.Destination;

    private static bool IsPassing(Exception error) => error is not StoreException known
        || known.Code is StoreErrorCode.NotReady or StoreErrorCode.Unreachable or StoreErrorCode.Busy
            or StoreErrorCode.TruncatedBody;
}
