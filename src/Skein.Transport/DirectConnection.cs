using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Skein.Transport;

/// <summary>One connection of the HTTP server, straight on its socket.</summary>
internal sealed class DirectConnection : ConnectionContext, IEventTarget, IDuplexPipe, IMemoryPoolFeature,
    IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IConnectionLifetimeFeature,
    IConnectionEndPointFeature, IConnectionSocketFeature, IRequestBorder
{
    private readonly ILogger _log;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private readonly CancellationTokenSource _closed = new();
    private readonly ulong _id;
    private ConnectionAbortedException? _reason;
    private IDictionary<object, object?>? _items;
    private int _isAborted;
    private int _isSaidClosed;
    private int _isDisposed;
    private bool _hasPeerClosed;
    private bool _isReset;

    /// <summary>Makes the connection of an accepted socket, and owns it.</summary>
    /// <exception cref="SocketException">When it is gone already; the socket is the caller's to close then.</exception>
    public DirectConnection(
        Socket socket, uint number, DirectTransport transport, EventLoop loop, IQuickResponder? responder, ILogger log)
    {
        socket.Blocking = false;
        socket.NoDelay = true;
        Socket = socket;
        Handle = socket.SafeHandle;
        Owner = transport;
        Loop = loop;
        _log = log;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        _writer = new SocketWriter(this);
        _reader = new SocketReader(this, responder is null ? null : new QuickSender(this, _writer, responder, log));
        Transport = this;
        Features = MakeFeatures();
        _id = loop.Add(Handle, this);
        ConnectionId = string.Create(CultureInfo.InvariantCulture, $"direct-{number:x}");
    }

    /// <inheritdoc cref="BaseConnectionContext.ConnectionId"/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.Features"/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc cref="BaseConnectionContext.Items"/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc cref="ConnectionContext.Transport"/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.ConnectionClosed"/>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.LocalEndPoint"/>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.RemoteEndPoint"/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    PipeReader IDuplexPipe.Input => _reader;

    /// <inheritdoc/>
    PipeWriter IDuplexPipe.Output => _writer;

    /// <summary>The socket, for the calls of the system.</summary>
    public SafeHandle Handle { get; }

    /// <summary>The transport, with its limits.</summary>
    public DirectTransport Owner { get; }

    /// <summary>Whose thread watches the socket.</summary>
    public EventLoop Loop { get; }

    /// <summary>True once the connection was aborted here.</summary>
    public bool IsAborted => Volatile.Read(ref _isAborted) != 0;

    /// <summary>True once the client has closed its direction, or broken the connection: the end comes without a word.</summary>
    public bool HasPeerClosed => Volatile.Read(ref _hasPeerClosed);

    /// <summary>True once the client has broken the connection.</summary>
    public bool IsReset => Volatile.Read(ref _isReset);

    /// <summary>Why it was aborted here; null when it was not.</summary>
    public ConnectionAbortedException? Reason => Volatile.Read(ref _reason);

    /// <inheritdoc/>
    public void OnEvents(bool readable, bool writable, bool hungUp)
    {
        if (hungUp)
        {
            Volatile.Write(ref _hasPeerClosed, true);
            LookForEnd();
        }
        if (writable)
        {
            _writer.Signal();
        }
        if (readable)
        {
            _reader.Signal();
        }
    }

    /// <inheritdoc/>
    public void Reached() => _reader.StandAtBorder();

    /// <summary>A quick answer is over: goes on with the read that waits.</summary>
    public void Resume(bool mayBlock) => _reader.Resume(mayBlock);

    /// <summary>Tells the HTTP server, once, that the client is gone.</summary>
    public void SayClosed()
    {
        if (Interlocked.Exchange(ref _isSaidClosed, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.Close(), this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        Interlocked.CompareExchange(ref _reason, abortReason, null);
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
        {
            return;
        }
        TransportLog.Aborted(_log, abortReason.Message);
        Shutdown();
        _writer.Wake();
        _reader.Wake();
        SayClosed();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _writer.Complete();
            _reader.Complete();
            Loop.Remove(_id);
            if (!IsAborted)
            {
                Discard();
            }
            Shutdown();
            Socket.Dispose();
            Interlocked.Exchange(ref _isAborted, 1);
            SayClosed();
            Owner.Forget();
        }
        return base.DisposeAsync();
    }

    /// <summary>
    /// The client has closed its direction. When nothing of what it has sent is left, it is time to say so, whether somebody
    /// reads or not; otherwise whoever reads on finds the end.
    /// </summary>
    private unsafe void LookForEnd()
    {
        try
        {
            byte one;
            var count = SystemCalls.Receive(Handle, &one, 1, SystemCalls.Peek | SystemCalls.DontWait);
            var isBroken = count < 0
                && Marshal.GetLastPInvokeError() is not (SystemCalls.WouldBlock or SystemCalls.Interrupted);
            if (isBroken)
            {
                Volatile.Write(ref _isReset, true); // the kernel tells it once only
            }
            if (isBroken || count == 0)
            {
                SayClosed();
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed here meanwhile.
        }
    }

    /// <summary>
    /// Takes what the client has sent and nobody read: closing with unread bytes would make the kernel break the connection,
    /// and the client might lose the end of its last answer.
    /// </summary>
    private unsafe void Discard()
    {
        const int Piece = 4096;
        var bytes = stackalloc byte[Piece];
        for (var taken = 0L; taken < TransportLimits.MaxDiscarded;)
        {
            var count = SystemCalls.Receive(Handle, bytes, Piece, SystemCalls.DontWait);
            if (count <= 0)
            {
                return;
            }
            taken += count;
        }
    }

    private void Close()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException error)
        {
            TransportLog.Failed(_log, error);
        }
    }

    private void Shutdown()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client was quicker.
        }
    }

    private FeatureCollection MakeFeatures()
    {
        var features = new FeatureCollection(16);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IConnectionSocketFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        features.Set<IRequestBorder>(this);
        return features;
    }
}
