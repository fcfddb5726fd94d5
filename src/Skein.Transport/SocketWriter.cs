using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Skein.Transport;

/// <summary>
/// The sending side of a connection. What is flushed goes to the kernel at once, on the thread that flushes; a flush that
/// has ended means that the kernel has the bytes, so whatever is sent past this writer afterwards comes after them.
/// Between two answers it holds no memory.
/// </summary>
internal sealed class SocketWriter(DirectConnection connection) : PipeWriter, IValueTaskSource, IThreadPoolWorkItem
{
    private readonly SendQueue _queue = new();
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _writable;
    private Readiness _readiness;
    private IWriteWaiter? _waiter;
    private bool _isFlushing;
    private bool _isCompleted;
    private bool _isBroken;
    private bool _isCancelled;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _queue.Left;

    /// <summary>True when everything that was written is in the kernel.</summary>
    public bool IsIdle => _queue.Left == 0 && !Volatile.Read(ref _isFlushing) && !Volatile.Read(ref _isBroken);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _queue.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _queue.GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _queue.Advance(bytes);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }
        lock (_gate)
        {
            if (_isFlushing)
            {
                throw new InvalidOperationException("a flush is under way");
            }
            if (_isCompleted || TrySend())
            {
                return ValueTask.FromResult(Result(cancelled: TakeCancel()));
            }
            _isFlushing = true;
        }
        return FlushSlowlyAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _isCancelled, true);
        Wake();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_isCompleted)
            {
                return;
            }
            _isCompleted = true;
            if (!_isFlushing)
            {
                if (exception is null)
                {
                    TrySend();
                }
                _queue.Clear();
            }
        }
        Wake();
    }

    /// <summary>Lets somebody go on when the socket may take more. One at a time, and not during a flush.</summary>
    /// <returns>False when it may take more already.</returns>
    public bool TryPark(IWriteWaiter waiter)
    {
        _waiter = waiter;
        if (_readiness.TryAwait() && !(connection.IsAborted && _readiness.TryEnd()))
        {
            return true;
        }
        _waiter = null;
        return false;
    }

    /// <summary>Waits until the socket may take more.</summary>
    private ValueTask WaitAsync()
    {
        _writable.Reset();
        var version = _writable.Version;
        if (!_readiness.TryAwait())
        {
            return ValueTask.CompletedTask;
        }
        if ((connection.IsAborted || Volatile.Read(ref _isCancelled)) && _readiness.TryEnd())
        {
            return ValueTask.CompletedTask;
        }
        return new ValueTask(this, version);
    }

    /// <summary>The socket takes more, or is broken. On the event thread.</summary>
    public void Signal()
    {
        if (!_readiness.Signal())
        {
            return;
        }
        if (Interlocked.Exchange(ref _waiter, null) is { } waiter)
        {
            waiter.OnWritable(mayBlock: false);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Ends a wait: the connection was aborted, or the flush called off.</summary>
    public void Wake()
    {
        if (_readiness.TryEnd())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Exchange(ref _waiter, null) is { } waiter)
        {
            waiter.OnWritable(mayBlock: true);
        }
        else
        {
            _writable.SetResult(true);
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _writable.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writable.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writable.OnCompleted(continuation, state, token, flags);

    private async ValueTask<FlushResult> FlushSlowlyAsync(CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(
            static self => ((SocketWriter)self!).CancelPendingFlush(), this);
        while (true)
        {
            await WaitAsync().ConfigureAwait(false);
            lock (_gate)
            {
                var cancelled = TakeCancel();
                if (!_isCompleted && !cancelled && !TrySend())
                {
                    continue;
                }
                if (_isCompleted)
                {
                    _queue.Clear();
                }
                Volatile.Write(ref _isFlushing, false);
                cancellation.ThrowIfCancellationRequested();
                return Result(cancelled);
            }
        }
    }

    private FlushResult Result(bool cancelled) => new(cancelled, _isBroken || _isCompleted);

    private bool TakeCancel() => Volatile.Read(ref _isCancelled) && Interlocked.Exchange(ref _isCancelled, false);

    /// <summary>Sends what there is.</summary>
    /// <returns>False when the socket takes no more now. True when all was sent, or the connection is broken.</returns>
    private bool TrySend()
    {
        if (!_isBroken && !connection.IsAborted)
        {
            switch (_queue.Send(connection.Handle))
            {
                case SendResult.Done:
                    return true;
                case SendResult.WouldBlock:
                    return false;
            }
        }
        Volatile.Write(ref _isBroken, true);
        _queue.Clear();
        connection.SayClosed();
        return true;
    }
}
