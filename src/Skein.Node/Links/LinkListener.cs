using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Skein.Node.Links;

/// <summary>
/// Accepts the connections of one socket, on a thread of its own, looks at their first bytes, and parts control links
/// from HTTP connections. A link never waits for the thread pool; a connection that says nothing holds nobody up.
/// </summary>
internal sealed class LinkListener : IConnectionListener
{
    private readonly Socket _listening;
    private readonly Action<Socket> _takeLink;
    private readonly Func<Socket, ConnectionContext?> _connect;
    private readonly IDisposable? _owned;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly PollSet _poll = new();
    private readonly List<Undecided> _undecided = [];
    private readonly Channel<ConnectionContext> _http = Channel.CreateBounded<ConnectionContext>(
        new BoundedChannelOptions(LinkLimits.MaxHandedOver) { SingleWriter = true });
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private bool _isClosed;

    /// <summary>Begins to accept.</summary>
    /// <param name="listening">Listening socket; owned.</param>
    /// <param name="takeLink">Takes a connection that begins with the preamble; must not block.</param>
    /// <param name="connect">
    /// Makes connections of the HTTP server and owns the socket; null when that is not possible and the socket is closed.
    /// </param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="owned">Disposed of with the listener; null for nothing.</param>
    public LinkListener(
        Socket listening, Action<Socket> takeLink, Func<Socket, ConnectionContext?> connect, TimeProvider time,
        ILogger log, IDisposable? owned)
    {
        _listening = listening;
        // A connection may be gone again when it is to be accepted: then accepting must not wait for the next.
        _listening.ReceiveTimeout = (int)LinkLimits.AcceptPause.TotalMilliseconds;
        _takeLink = takeLink;
        _connect = connect;
        _owned = owned;
        _time = time;
        _log = log;
        EndPoint = listening.LocalEndPoint!;
        _thread = Skein.Cluster.Consensus.ControlThread.Start("link-accept", Run);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _http.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_http.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        while (_http.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        _owned?.Dispose();
    }

    private void Close()
    {
        if (_isClosed)
        {
            return;
        }
        _isClosed = true;
        _isStopping = true;
        _poll.Wake();
        _thread.Join(LinkLimits.Stop);
        _listening.Dispose();
        _poll.Dispose();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            try
            {
                Step();
            }
            catch (Exception e)
            {
                LinkLog.Failed(_log, e);
            }
        }
        foreach (var waiting in _undecided)
        {
            waiting.Socket.Dispose();
        }
        _undecided.Clear();
        _http.Writer.TryComplete();
    }

    /// <summary>Waits until something happens, and does what is to be done.</summary>
    private void Step()
    {
        var now = _time.GetTimestamp();
        _poll.Clear();
        var listening = _poll.Add(_listening.SafeHandle, readable: true);
        // A socket of which a part of the preamble has come is ready all the time: it is looked at now and then.
        foreach (var waiting in _undecided)
        {
            _poll.Add(waiting.Socket.SafeHandle, readable: !waiting.HasBegun);
        }
        _poll.Wait(Timeout(now));
        if (_isStopping)
        {
            return;
        }
        now = _time.GetTimestamp();
        var kept = 0;
        for (var i = 0; i < _undecided.Count; i++)
        {
            var waiting = _undecided[i];
            var isReady = waiting.HasBegun || _poll.IsReady(listening + 1 + i);
            var kind = isReady ? Look(ref waiting) : ConnectionKind.Undecided;
            if (kind == ConnectionKind.Undecided && _time.GetElapsedTime(waiting.Since, now) < LinkLimits.Undecided)
            {
                _undecided[kept++] = waiting;
                continue;
            }
            Decide(waiting.Socket, kind);
        }
        _undecided.RemoveRange(kept, _undecided.Count - kept);
        if (_poll.IsReady(listening))
        {
            Accept(now);
        }
    }

    /// <summary>Milliseconds until something is to be looked at, even if nothing happens; -1 for never.</summary>
    private int Timeout(long now)
    {
        if (_undecided.Count == 0)
        {
            return -1;
        }
        var left = LinkLimits.Undecided - _time.GetElapsedTime(_undecided[0].Since, now);
        if (_undecided.Exists(static waiting => waiting.HasBegun) && left > LinkLimits.Recheck)
        {
            left = LinkLimits.Recheck;
        }
        return Math.Max(0, (int)Math.Ceiling(left.TotalMilliseconds));
    }

    private void Accept(long now)
    {
        for (var i = 0; i < LinkLimits.AcceptBatch && (i == 0 || _listening.Poll(0, SelectMode.SelectRead)); i++)
        {
            Socket socket;
            try
            {
                socket = _listening.Accept();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets
                or SocketError.NoBufferSpaceAvailable)
            {
                LinkLog.NotAccepting(_log, e.Message);
                _poll.Clear();
                _poll.Wait((int)LinkLimits.AcceptPause.TotalMilliseconds);
                return;
            }
            catch (SocketException)
            {
                // It was gone before it was accepted.
                continue;
            }
            var waiting = new Undecided(socket, now, false);
            var kind = Look(ref waiting);
            if (kind != ConnectionKind.Undecided)
            {
                Decide(socket, kind);
                continue;
            }
            if (_undecided.Count == LinkLimits.MaxUndecided)
            {
                Decide(_undecided[0].Socket, ConnectionKind.Http);
                _undecided.RemoveAt(0);
            }
            _undecided.Add(waiting);
        }
    }

    private static ConnectionKind Look(ref Undecided waiting)
    {
        Span<byte> first = stackalloc byte[LinkPreamble.Bytes.Length];
        var read = PollSet.Peek(waiting.Socket.SafeHandle, first);
        if (read < 0)
        {
            return ConnectionKind.Undecided;
        }
        waiting = waiting with { HasBegun = true };
        return read == 0 ? ConnectionKind.Http : LinkPreamble.Judge(first[..read]);
    }

    private void Decide(Socket socket, ConnectionKind kind)
    {
        try
        {
            if (kind == ConnectionKind.Link)
            {
                _takeLink(socket);
            }
            else if (_http.Reader.Count < LinkLimits.MaxHandedOver)
            {
                socket.NoDelay = true;
                if (_connect(socket) is { } connection)
                {
                    _http.Writer.TryWrite(connection);
                }
            }
            else
            {
                socket.Dispose();
            }
        }
        catch (SocketException)
        {
            // Reset while it waited.
            socket.Dispose();
        }
        catch (Exception e)
        {
            LinkLog.Failed(_log, e);
            socket.Dispose();
        }
    }

    /// <summary>A connection that has not yet shown what it is.</summary>
    private readonly record struct Undecided(Socket Socket, long Since, bool HasBegun);
}
