using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Skein.Transport;

/// <summary>What became of a request at the border.</summary>
internal enum QuickStep
{
    /// <summary>It is the HTTP server's.</summary>
    Declined,

    /// <summary>It is to be tried again on a thread that may block.</summary>
    NeedsThread,

    /// <summary>It was answered, or the connection is broken.</summary>
    Sent,

    /// <summary>It is being answered; when that is over, the reader of the connection is told to go on.</summary>
    Sending,
}

/// <summary>Sends the quick answers of one connection, one after another.</summary>
internal sealed class QuickSender(
    DirectConnection connection, SocketWriter output, IQuickResponder responder, ILogger log)
    : IWriteWaiter, IThreadPoolWorkItem
{
    private readonly QuickAnswer _answer = new();
    private IConnectionTimeoutFeature? _timeouts;
    private long _turn;
    private long _stalledAt;
    private int _beats;
    private bool _isParked;
    private bool _isWatched;

    /// <summary>Looks at a request and sends as much of its answer as the socket takes.</summary>
    public QuickStep Begin(ReceiveBuffer received, bool mayBlock)
    {
        if (!output.IsIdle)
        {
            return QuickStep.Declined;
        }
        var outcome = Look(received, mayBlock);
        if (outcome != QuickOutcome.Ready)
        {
            return outcome == QuickOutcome.NeedsThread ? QuickStep.NeedsThread : QuickStep.Declined;
        }
        received.Consume(_answer.RequestBytes);
        _stalledAt = 0;
        return GoOn(mayBlock);
    }

    /// <inheritdoc/>
    public void OnWritable(bool mayBlock)
    {
        if (GoOn(mayBlock) == QuickStep.Sent)
        {
            connection.Resume(mayBlock);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => OnWritable(mayBlock: true);

    /// <summary>Sends until everything is sent, or somebody else is to go on.</summary>
    private QuickStep GoOn(bool mayBlock)
    {
        _turn = mayBlock ? long.MaxValue : TransportLimits.MaxTurn;
        while (true)
        {
            switch (Send(mayBlock, out var failure))
            {
                case SendResult.WouldBlock:
                    WatchStall();
                    if (output.TryPark(this))
                    {
                        return QuickStep.Sending;
                    }
                    break;
                case SendResult.NeedsThread:
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return QuickStep.Sending;
                case SendResult.NeedsTurn:
                    connection.Loop.Again(this);
                    return QuickStep.Sending;
                default:
                    End(failure);
                    return QuickStep.Sent;
            }
        }
    }

    private QuickOutcome Look(ReceiveBuffer received, bool mayBlock)
    {
        try
        {
            var outcome = responder.TryAnswer(received.Span, connection.Features, mayBlock, _answer);
            if (outcome != QuickOutcome.Ready)
            {
                _answer.Clear();
            }
            return outcome;
        }
#pragma warning disable CA1031 // an edge: what cannot be answered here is answered in the ordinary way
        catch (Exception error)
#pragma warning restore CA1031
        {
            TransportLog.Failed(log, error);
            _answer.Clear();
            return QuickOutcome.Declined;
        }
    }

    private void End(Exception? failure)
    {
        Volatile.Write(ref _isParked, false);
        try
        {
            _answer.End(failure);
        }
#pragma warning disable CA1031 // an edge, too: the connection goes on, or is closed below
        catch (Exception error)
#pragma warning restore CA1031
        {
            TransportLog.Failed(log, error);
            failure ??= error;
        }
        if (failure is not null)
        {
            connection.Abort(new ConnectionAbortedException("a quick answer could not be sent to its end", failure));
            return;
        }
        Limit(connection.Owner.KeepAlive);
    }

    /// <summary>The client has its time anew whenever it has taken something.</summary>
    private void WatchStall()
    {
        var left = _answer.Left + _answer.Count - _answer.Sent;
        if (left != _stalledAt)
        {
            _stalledAt = left;
            Volatile.Write(ref _beats, 0);
        }
        if (!_isWatched)
        {
            _isWatched = true;
            connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(
                static self => ((QuickSender)self).Beat(), this);
        }
        Volatile.Write(ref _isParked, true);
    }

    /// <summary>Once a second, on a thread of the HTTP server.</summary>
    private void Beat()
    {
        if (Volatile.Read(ref _isParked) && Interlocked.Increment(ref _beats) > connection.Owner.SendStall.TotalSeconds)
        {
            connection.Abort(new ConnectionAbortedException("the client takes nothing of an answer"));
        }
    }

    /// <summary>
    /// The HTTP server waits for a request all the while, and measures how long: its clock is set anew.
    /// </summary>
    private void Limit(TimeSpan time)
    {
        _timeouts ??= connection.Features.Get<IConnectionTimeoutFeature>();
        _timeouts?.ResetTimeout(time);
    }

    private SendResult Send(bool mayBlock, out Exception? failure)
    {
        failure = null;
        if (connection.IsAborted)
        {
            failure = new ConnectionAbortedException("the connection was aborted");
            return SendResult.Broken;
        }
        if (_answer.Sent < _answer.Count)
        {
            var result = SendQueue.Send(
                connection.Handle, _answer.Bytes.AsSpan(_answer.Sent, _answer.Count - _answer.Sent),
                _answer.Left > 0 ? SystemCalls.More : 0, out var taken);
            _answer.Sent += taken;
            if (result != SendResult.Done)
            {
                failure = result == SendResult.Broken ? Broken() : null;
                return result;
            }
        }
        return SendFile(mayBlock, out failure);
    }

    private unsafe SendResult SendFile(bool mayBlock, out Exception? failure)
    {
        failure = null;
        while (_answer.Left > 0)
        {
            var offset = _answer.Offset;
            var count = Math.Min(_answer.Left, TransportLimits.MaxSendFile);
            if (_turn <= 0)
            {
                return SendResult.NeedsTurn;
            }
            if (!mayBlock && !FileReads.IsInMemory(_answer.File!, offset, count))
            {
                return SendResult.NeedsThread;
            }
            var sent = SystemCalls.SendFile(connection.Handle, _answer.File!, &offset, (nint)count);
            if (sent > 0)
            {
                _answer.Offset += sent;
                _answer.Left -= sent;
                _turn -= sent;
                continue;
            }
            if (sent == 0)
            {
                failure = new EndOfStreamException(
                    $"an object's file ends at {_answer.Offset}, {_answer.Left} bytes too early");
                return SendResult.Broken;
            }
            var error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case SystemCalls.Interrupted:
                    continue;
                case SystemCalls.WouldBlock:
                    return SendResult.WouldBlock;
                default:
                    failure = error is SystemCalls.BrokenPipe or SystemCalls.ConnectionReset
                        ? Broken()
                        : new IOException($"an object's file cannot be sent: {Marshal.GetPInvokeErrorMessage(error)}");
                    return SendResult.Broken;
            }
        }
        return SendResult.Done;
    }

    private static ConnectionResetException Broken() => new("the client has broken the connection");
}
