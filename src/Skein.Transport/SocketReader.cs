using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Skein.Transport;

/// <summary>
/// The receiving side of a connection. It receives when it is asked and not before, so that what nobody reads stays with
/// the client. While a read waits at the border between two requests, quick answers are given from here, and the HTTP
/// server goes on waiting.
/// </summary>
/// <remarks>
/// One at a time works on the reader: the HTTP server between its reads; while a read waits, whoever the readiness of the
/// socket wakes. <see cref="CancelPendingRead"/> and the end of the connection only set a flag and wake.
/// </remarks>
internal sealed class SocketReader(DirectConnection connection, QuickSender? quick)
    : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem
{
    private readonly ReceiveBuffer _buffer = new();
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private Readiness _readiness;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isCancelled;
    private bool _isAtBorder = quick is not null;
    private bool _isReady;
    private bool _hasEnded;
    private bool _isBroken;
    private bool _isCompleted;

    private enum Step
    {
        /// <summary>There is something for the HTTP server.</summary>
        Ready,

        /// <summary>Somebody else goes on later.</summary>
        Parked,

        /// <summary>It is to go on here, on a thread that may block.</summary>
        NeedsThread,
    }

    /// <summary>The request before is done, its body consumed: the next byte begins a new one.</summary>
    public void StandAtBorder() => _isAtBorder = quick is not null;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }
        _read.Reset();
        var version = _read.Version;
        if (cancellationToken.CanBeCanceled)
        {
            _token = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static self => ((SocketReader)self!).Wake(), this);
        }
        switch (Pump(mayBlock: true))
        {
            case Step.Ready:
                Unregister();
                return ValueTask.FromResult(Take());
            default:
                return new ValueTask<ReadResult>(this, version);
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        if (!_buffer.HasNew && !_hasEnded && !Volatile.Read(ref _isCancelled))
        {
            result = default;
            return false;
        }
        result = Take();
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _buffer.Advance(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _buffer.Advance(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        Volatile.Write(ref _isCancelled, true);
        Wake();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _buffer.Release();
        }
    }

    /// <summary>The socket has something, or is broken. On the event thread.</summary>
    public void Signal()
    {
        if (!_readiness.Signal())
        {
            return;
        }
        if (_isAtBorder)
        {
            Resume(mayBlock: false);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Goes on with a read that waits, after an answer was sent or bytes have come.</summary>
    public void Resume(bool mayBlock)
    {
        var step = Pump(mayBlock);
        if (step == Step.Parked)
        {
            return; // it may be somebody else's already
        }
        if (mayBlock)
        {
            Finish();
            return;
        }
        _isReady = step == Step.Ready;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Ends a wait: a token, a cancel, or the end of the connection.</summary>
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
        if (_isReady)
        {
            Finish();
        }
        else
        {
            Resume(mayBlock: true);
        }
    }

    /// <inheritdoc/>
    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Goes on until there is something for the HTTP server, or nothing to be done now.</summary>
    private Step Pump(bool mayBlock)
    {
        for (var row = 0; ;)
        {
            if (Volatile.Read(ref _isCancelled) || _hasEnded || _token.IsCancellationRequested)
            {
                return Step.Ready;
            }
            if (_buffer.HasNew)
            {
                if (!_isAtBorder)
                {
                    return Step.Ready;
                }
                if (!mayBlock && ++row > TransportLimits.QuickInARow)
                {
                    return Step.NeedsThread;
                }
                switch (Answer(mayBlock))
                {
                    case QuickStep.Sent:
                        continue;
                    case QuickStep.Sending:
                        return Step.Parked;
                    case QuickStep.NeedsThread:
                        return Step.NeedsThread;
                    default:
                        return Step.Ready;
                }
            }
            if (!Receive())
            {
                return Step.Parked;
            }
        }
    }

    /// <summary>Receives what there is, or begins to wait.</summary>
    /// <returns>False when it waits; somebody else may already have gone on then.</returns>
    private bool Receive()
    {
        // Less than there was room for was all that there was; what comes later is told.
        var isDrained = _buffer.IsDrained && !connection.HasPeerClosed;
        switch (connection.IsAborted ? -2 : isDrained ? -1 : _buffer.Receive(connection.Handle))
        {
            case > 0:
                return true;
            case 0 when !connection.IsReset:
                _hasEnded = true;
                connection.SayClosed();
                return true;
            case 0 or -2:
                _hasEnded = true;
                _isBroken = true;
                connection.SayClosed();
                return true;
        }
        _buffer.IsDrained = false;
        _buffer.ReleaseIfEmpty();
        if (!_readiness.TryAwait())
        {
            return true;
        }
        var wakes = Volatile.Read(ref _isCancelled) || connection.IsAborted || _token.IsCancellationRequested;
        return wakes && _readiness.TryEnd();
    }

    /// <summary>Tries to answer past the HTTP server.</summary>
    private QuickStep Answer(bool mayBlock)
    {
        var step = quick!.Begin(_buffer, mayBlock);
        if (step == QuickStep.Declined)
        {
            _isAtBorder = false;
        }
        return step;
    }

    /// <summary>Completes the read that waits.</summary>
    private void Finish()
    {
        _isReady = false;
        Unregister();
        try
        {
            _read.SetResult(Take());
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            _read.SetException(error);
        }
    }

    private void Unregister()
    {
        if (_token.CanBeCanceled)
        {
            _registration.Unregister();
        }
    }

    /// <exception cref="ConnectionResetException">When the connection is broken.</exception>
    /// <exception cref="ConnectionAbortedException">When it was aborted here.</exception>
    /// <exception cref="OperationCanceledException">When the token of the read is cancelled.</exception>
    private ReadResult Take()
    {
        var token = _token;
        _token = default;
        token.ThrowIfCancellationRequested();
        if (_isBroken)
        {
            throw connection.Reason is { } reason
                ? new ConnectionAbortedException(reason.Message, reason)
                : new ConnectionResetException("the client has broken the connection");
        }
        var cancelled = Interlocked.Exchange(ref _isCancelled, false);
        if (_buffer.Length != 0 || _hasEnded)
        {
            _isAtBorder = false;
        }
        return new ReadResult(_buffer.Sequence(), cancelled, _hasEnded);
    }
}
