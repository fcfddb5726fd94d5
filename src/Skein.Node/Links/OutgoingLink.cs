using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Core.Nodes;
using Skein.Node.Intra;

namespace Skein.Node.Links;

/// <summary>
/// The way to one voter: one connection, kept, and one thread, which sends a message, waits for its answer, and takes
/// the next. While it waits, the outbox keeps what is newest. Without anything to carry the link ends by itself.
/// </summary>
internal sealed class OutgoingLink : IDisposable
{
    private readonly NodeInfo _to;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly MessageOutbox _outbox;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private readonly long _start;
    private Socket? _socket;
    private LinkFrames? _frames;
    private bool _hasEnded;
    private bool _isUp;

    /// <summary>Makes the link; it connects when there is something to send.</summary>
    /// <param name="to">The other node.</param>
    /// <param name="patience">Silence after a message that ends the connection; how long a message may wait.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public OutgoingLink(NodeInfo to, TimeSpan patience, TimeProvider time, ILogger log)
    {
        _to = to;
        _patience = patience;
        _outbox = new MessageOutbox((long)patience.TotalMilliseconds);
        _time = time;
        _log = log;
        _start = time.GetTimestamp();
        _thread = ControlThread.Start("link-out", Run);
    }

    /// <summary>True when the link has ended, or is told to.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _hasEnded;
            }
        }
    }

    private long Now => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Leaves a message to be sent; never blocks.</summary>
    /// <returns>False when the link has ended for want of messages: make another.</returns>
    public bool TrySend(ConsensusMessage message, Action<ConsensusMessage> onReply)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return false;
            }
            _outbox.Add(new OutgoingMessage(message, onReply, Now));
        }
        _wake.Set();
        return true;
    }

    /// <summary>Tells the link to end, without waiting for it.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _stop.Set();
            LinkStream.Interrupt(_socket);
        }
        _wake.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_thread.Join(LinkLimits.Stop))
        {
            _wake.Dispose();
            _stop.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            var pause = LinkLimits.FirstPause;
            while (Next() is { } message)
            {
                var wasUp = _frames is not null;
                if (TryExchange(message))
                {
                    pause = LinkLimits.FirstPause;
                    continue;
                }
                lock (_gate)
                {
                    _outbox.PutBack(message);
                }
                // A connection that was there may have ended long ago, with the process at its other end: try a new one.
                if (!wasUp)
                {
                    _stop.WaitOne(pause);
                    pause = pause * 2 < LinkLimits.LongestPause ? pause * 2 : LinkLimits.LongestPause;
                }
            }
        }
        catch (Exception e)
        {
            LinkLog.Failed(_log, e);
        }
        lock (_gate)
        {
            _hasEnded = true;
        }
        Close();
    }

    /// <summary>Waits for a message; null when the link is to end.</summary>
    private OutgoingMessage? Next()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_hasEnded)
                {
                    return null;
                }
                if (_outbox.TryTake(Now, out var message))
                {
                    return message;
                }
            }
            if (_wake.WaitOne(LinkLimits.OutgoingIdle))
            {
                continue;
            }
            lock (_gate)
            {
                _hasEnded = _hasEnded || _outbox.Count == 0;
            }
        }
    }

    private bool TryExchange(OutgoingMessage message)
    {
        try
        {
            _frames ??= Connect();
            _frames.Write(ConsensusTransfer.Write(message.Message));
            var answer = _frames.Read() ?? throw new IOException("the other node has closed it");
            if (answer.Length > 0)
            {
                message.OnReply(ConsensusTransfer.Read(answer));
            }
            if (!_isUp)
            {
                _isUp = true;
                LinkLog.Up(_log, _to.DisplayName, _to.ControlNet.Url);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or ObjectDisposedException
            or FormatException or ArgumentException)
        {
            Close();
            if (_isUp)
            {
                _isUp = false;
                LinkLog.Down(_log, _to.DisplayName, _to.ControlNet.Url, e.Message);
            }
            return false;
        }
    }

    private LinkFrames Connect()
    {
        var host = _to.ControlNet.Host;
        var address = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? literal : Resolve(host);
        var port = int.Parse(_to.ControlNet.Port, NumberStyles.None, CultureInfo.InvariantCulture);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // On a socket that blocks, Linux applies the time limit of sending to connecting, too.
            socket.SendTimeout = (int)LinkLimits.Connect.TotalMilliseconds;
            socket.ReceiveTimeout = (int)_patience.TotalMilliseconds;
            lock (_gate)
            {
                _socket = socket;
                ObjectDisposedException.ThrowIf(_hasEnded, this);
            }
            socket.Connect(new IPEndPoint(address, port));
            var stream = LinkStream.Open(socket);
            stream.Write(LinkPreamble.Bytes);
            return new LinkFrames(stream, ConsensusTransfer.MaxMessage, _time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress Resolve(string host)
    {
        var found = Dns.GetHostAddresses(host);
        return Array.Find(found, address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? found.FirstOrDefault()
            ?? throw new IOException($"host name \"{host}\" has no address");
    }

    private void Close()
    {
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
            _frames = null;
        }
    }
}
