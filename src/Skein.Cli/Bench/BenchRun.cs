namespace Skein.Cli.Bench;

/// <summary>
/// Lets workers do operations and measures them. Without a rate each worker begins the next operation when the last is
/// answered, and what is measured is the time of each request. With a rate every operation is due at a certain moment, and
/// what is measured begins there: when the cluster stalls, the operations that had to wait count with their wait
/// (coordinated omission).
/// </summary>
/// <param name="plan">What to do.</param>
/// <param name="target">To what.</param>
/// <param name="time">The clock.</param>
/// <param name="done">Told the bytes of each operation.</param>
internal sealed class BenchRun(BenchPlan plan, IBenchTarget target, TimeProvider time, Action<long> done)
{
    private readonly Dictionary<BenchOperation, LatencyRecorder> _recorders =
        plan.Mix.Operations.ToDictionary(operation => operation, operation => new LatencyRecorder(operation));

    private long _next;
    private long _finished;

    /// <summary>Runs until the time is over, the count is reached, or nothing is left to do.</summary>
    /// <returns>What was measured, and in which time.</returns>
    public async Task<(IReadOnlyList<BenchResult> Results, TimeSpan Time)> RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, plan.Workers).Select(number => Task.Run(
            () => WorkAsync(number, started, cancellation), cancellation)));
        var counted = TimeSpan.FromTicks(Math.Max(Volatile.Read(ref _finished), 0));
        return ([.. _recorders.Values.Select(recorder => recorder.Result(counted))], counted);
    }

    private async Task WorkAsync(int number, long started, CancellationToken cancellation)
    {
        var random = new Random(HashCode.Combine(plan.Seed, plan.Part, number));
        var end = plan.Duration + plan.WarmUp;
        while (true)
        {
            var index = Interlocked.Increment(ref _next) - 1;
            if (plan.Count <= index)
            {
                return;
            }
            var due = plan.Rate is { } rate ? TimeSpan.FromSeconds(index / rate) : time.GetElapsedTime(started);
            if (due >= end)
            {
                return;
            }
            if (due - time.GetElapsedTime(started) is { } wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellation);
            }
            if (time.GetElapsedTime(started) >= end)
            {
                return;
            }
            var operation = plan.Mix.Next(random);
            if (!await OneAsync(operation, due, started, random, cancellation))
            {
                return;
            }
        }
    }

    private async Task<bool> OneAsync(
        BenchOperation operation, TimeSpan due, long started, Random random, CancellationToken cancellation)
    {
        try
        {
            if (await target.DoAsync(operation, random, cancellation) is not { } one)
            {
                return false;
            }
            var now = time.GetElapsedTime(started);
            done(one.Bytes);
            if (due >= plan.WarmUp)
            {
                _recorders[one.Operation].Succeeded(now - due, one.Bytes);
                NoteEnd(now - plan.WarmUp);
            }
        }
        catch (Exception e) when (e is Client.SkeinException or IOException or HttpRequestException)
        {
            _recorders[operation].Failed(e.Message);
            NoteEnd(time.GetElapsedTime(started) - plan.WarmUp);
        }
        return true;
    }

    private void NoteEnd(TimeSpan at)
    {
        var seen = Volatile.Read(ref _finished);
        while (at.Ticks > seen)
        {
            var before = Interlocked.CompareExchange(ref _finished, at.Ticks, seen);
            if (before == seen)
            {
                return;
            }
            seen = before;
        }
    }
}
