using System.Globalization;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>
/// Asks other targets again and again how far they are with a sort, from its beginning to its end: so it ends soon when one of
/// them fails or is lost, whatever this target does at that moment.
/// </summary>
/// <param name="services">What sorts work with.</param>
/// <param name="id">Id of the sort.</param>
/// <param name="targets">Ids of the targets; may be none.</param>
internal sealed class SortWatch(SortServices services, string id, IReadOnlyList<string> targets)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _heard = new(StringComparer.Ordinal);
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _waiter;
    private string _wanted = "";

    /// <summary>Does something while the others are watched.</summary>
    /// <exception cref="StoreException">When one of them has failed, or is gone; the work is cancelled then.</exception>
    public async Task DuringAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(stop.Token);
        var watching = targets.Count == 0
            ? Task.Delay(Timeout.InfiniteTimeSpan, services.Time, stop.Token)
            : LoopAsync(stop.Token);
        var first = await Task.WhenAny(working, watching).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(working, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    /// <summary>Waits until all of them have come as far as a phase. One may wait at a time.</summary>
    public Task ReachedAsync(string phase, CancellationToken cancellation)
    {
        if (targets.Count == 0)
        {
            return Task.CompletedTask;
        }
        lock (_lock)
        {
            _wanted = phase;
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wake.TrySetResult();
            return _waiter.Task.WaitAsync(cancellation);
        }
    }

    private async Task LoopAsync(CancellationToken cancellation)
    {
        var started = services.Time.GetTimestamp();
        foreach (var target in targets)
        {
            _heard[target] = started;
        }
        var pause = SortLimits.ShortestPause;
        while (true)
        {
            Task woken;
            lock (_lock)
            {
                woken = _wake.Task;
            }
            var states = await services.Standing.AskAllAsync(targets, id, cancellation).ConfigureAwait(false);
            foreach (var (target, state) in states)
            {
                Check(target, state, started);
            }
            Tell(states.Values);
            await Task.WhenAny(woken, Task.Delay(pause, services.Time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            pause = woken.IsCompleted ? SortLimits.ShortestPause : SortServices.Longer(pause);
            Rearm(woken);
        }
    }

    private void Tell(IReadOnlyCollection<BucketWorkState?> states)
    {
        lock (_lock)
        {
            if (_waiter is not null
                && states.All(state => state is not null && SortPhases.HasReached(state.Phase, _wanted)))
            {
                _waiter.TrySetResult();
                _waiter = null;
            }
        }
    }

    private void Rearm(Task woken)
    {
        lock (_lock)
        {
            if (woken.IsCompleted && _wake.Task == woken)
            {
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Check(string target, BucketWorkState? state, long started)
    {
        if (state is null)
        {
            CheckSilence(target);
            return;
        }
        _heard[target] = services.Time.GetTimestamp();
        if (state.Phase == BucketWorkState.Aborted)
        {
            throw new StoreException(StoreErrorCode.Gone, SortPhases.Named(target, state.Reason));
        }
        if (state.Phase.Length != 0)
        {
            _known.Add(target);
        }
        else if (_known.Contains(target) || services.Time.GetElapsedTime(started) > WalkLimits.StartGrace)
        {
            throw new StoreException(StoreErrorCode.Gone, $"t[{target}] knows nothing of the sort any more");
        }
    }

    private void CheckSilence(string target)
    {
        var node = SortCalls.Find(services, target);
        if ((node.Flags & NodeFlags.Down) != 0)
        {
            throw new StoreException(StoreErrorCode.Gone, $"t[{target}] went down while it took part in the sort");
        }
        if (services.Time.GetElapsedTime(_heard[target]) > services.Patience.Participant)
        {
            throw new StoreException(StoreErrorCode.Gone, string.Create(
                CultureInfo.InvariantCulture,
                $"t[{target}] takes part in the sort and has not answered for {services.Patience.Participant.TotalSeconds:0} s"));
        }
    }
}

/// <summary>How far a target is with a sort, in words that targets tell each other.</summary>
internal static class SortPhases
{
    /// <summary>It reads its shards.</summary>
    public const string Extracting = "extracting";

    /// <summary>It has read them all.</summary>
    public const string Extracted = "extracted";

    /// <summary>It has sorted all records and cut them into shards.</summary>
    public const string Sorted = "sorted";

    /// <summary>It has written its shards.</summary>
    public const string Created = "created";

    /// <summary>All have.</summary>
    public const string Finished = "finished";

    private static readonly string[] Order = [Extracting, Extracted, Sorted, Created, Finished];

    /// <summary>True when a phase is another one or a later one; false for a word that is none.</summary>
    public static bool HasReached(string phase, string wanted) =>
        Array.IndexOf(Order, phase) is var index && index >= 0 && index >= Array.IndexOf(Order, wanted);

    /// <summary>Why a sort ended, with the target that it ended on; what names one already stays as it is.</summary>
    public static string Named(string target, string reason) =>
        reason.StartsWith("t[", StringComparison.Ordinal) ? reason : $"t[{target}]: {reason}";
}
