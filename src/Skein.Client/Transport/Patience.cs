namespace Skein.Client.Transport;

/// <summary>A cancellation that fires when nothing has happened for a while, or when the caller cancels.</summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationToken _caller;

    /// <summary>Starts waiting.</summary>
    /// <param name="limit">How long nothing may happen.</param>
    /// <param name="time">Clock.</param>
    /// <param name="caller">The caller's own cancellation.</param>
    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _silence = new CancellationTokenSource(limit, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token);
    }

    /// <summary>Fires on silence and on the caller's wish.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>True when it was silence that fired.</summary>
    public bool RanOut => _silence.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Something has happened: waits anew.</summary>
    public void Renew() => _silence.CancelAfter(_limit);

    /// <summary>Waits for nothing until <see cref="Renew"/>.</summary>
    public void Pause() => _silence.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        _silence.Dispose();
    }
}
