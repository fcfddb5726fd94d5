using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Node.Intra;

namespace Skein.Node.Links;

/// <summary>
/// One link of another voter: its thread reads a message, gives it to the consensus, waits for the answer and writes it.
/// What comes meanwhile waits in the network, and in the end in the other node's outbox.
/// </summary>
internal sealed class IncomingLink
{
    private readonly Socket _socket;
    private readonly ReceiveMessage _receive;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<IncomingLink> _onEnd;
    private readonly Thread _thread;
    private long _heardAt;
    private volatile bool _isStopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="socket">The connection, with the preamble still to be read; owned.</param>
    /// <param name="receive">Takes the messages.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="onEnd">Called by the thread as its last deed.</param>
    public IncomingLink(
        Socket socket, ReceiveMessage receive, TimeProvider time, ILogger log, Action<IncomingLink> onEnd)
    {
        _socket = socket;
        _receive = receive;
        _time = time;
        _log = log;
        _onEnd = onEnd;
        _heardAt = time.GetTimestamp();
        _thread = ControlThread.Start("link-in", Run);
    }

    /// <summary>When the last message came, as a time stamp of the clock.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>True when the link has been told to end.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Tells the link to end, without waiting for it.</summary>
    public void Stop()
    {
        _isStopping = true;
        LinkStream.Interrupt(_socket);
    }

    /// <summary>Waits for the end of the thread.</summary>
    public void Join() => _thread.Join(LinkLimits.Stop);

    private void Run()
    {
        var from = "";
        try
        {
            from = $"{_socket.RemoteEndPoint}";
            Serve();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or SocketException or ObjectDisposedException)
        {
            LinkLog.Ended(_log, from, e.Message);
        }
        catch (Exception e)
        {
            LinkLog.Failed(_log, e);
        }
        _socket.Dispose();
        _onEnd(this);
    }

    private void Serve()
    {
        _socket.ReceiveTimeout = (int)LinkLimits.IncomingIdle.TotalMilliseconds;
        using var stream = LinkStream.Open(_socket);
        stream.ReadExactly(new byte[LinkPreamble.Bytes.Length]);
        var frames = new LinkFrames(stream, ConsensusTransfer.MaxMessage, _time);
        while (!_isStopping && frames.Read() is { } frame)
        {
            Volatile.Write(ref _heardAt, _time.GetTimestamp());
            var message = ConsensusTransfer.Read(frame);
            if (!TryAnswer(message, out var answer))
            {
                return;
            }
            frames.Write(answer is null ? [] : ConsensusTransfer.Write(answer));
        }
    }

    /// <summary>Asks the consensus; false when it does not come to it in time, or the link is to end.</summary>
    private bool TryAnswer(ConsensusMessage message, out ConsensusMessage? answer)
    {
        var gate = new object();
        var isDone = false;
        ConsensusMessage? found = null;
        _receive(message, reply =>
        {
            lock (gate)
            {
                found = reply;
                isDone = true;
                Monitor.Pulse(gate);
            }
        });
        var started = _time.GetTimestamp();
        lock (gate)
        {
            // Short waits, so that a link that is to end does not wait for a consensus that has ended.
            while (!isDone && !_isStopping && _time.GetElapsedTime(started) < LinkLimits.Answer)
            {
                Monitor.Wait(gate, LinkLimits.AnswerLook);
            }
            answer = found;
            return isDone;
        }
    }
}
