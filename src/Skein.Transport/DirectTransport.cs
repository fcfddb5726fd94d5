using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Skein.Transport;

/// <summary>
/// Makes connections of the HTTP server that receive in large pieces, send without a detour, and give quick answers.
/// Thread-safe.
/// </summary>
public sealed class DirectTransport : IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly IQuickResponder? _responder;
    private readonly ILogger _log;
    private int _count;
    private uint _turn;
    private int _isRefusing;

    /// <summary>Starts the event threads.</summary>
    /// <param name="responder">Answers plain requests past the HTTP server; null for nobody.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="Win32Exception">When the system has no descriptor left.</exception>
    public DirectTransport(IQuickResponder? responder, ILogger log)
    {
        _responder = responder;
        _log = log;
        var threads = Math.Clamp(Environment.ProcessorCount / 2, 1, TransportLimits.MaxEventThreads);
        _loops = new EventLoop[threads];
        for (var i = 0; i < threads; i++)
        {
            _loops[i] = new EventLoop(i, log);
        }
    }

    /// <summary>Most connections at a time. Default <see cref="TransportLimits.MaxConnections"/>.</summary>
    public int MaxConnections { get; init; } = TransportLimits.MaxConnections;

    /// <summary>Silence after a quick answer that ends a connection. Default <see cref="TransportLimits.KeepAlive"/>.</summary>
    public TimeSpan KeepAlive { get; init; } = TransportLimits.KeepAlive;

    /// <summary>
    /// Time in which a client has to take some of a quick answer. Default <see cref="TransportLimits.SendStall"/>.
    /// </summary>
    public TimeSpan SendStall { get; init; } = TransportLimits.SendStall;

    /// <summary>Connections that are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Makes a connection and owns the socket.</summary>
    /// <returns>Null when there are too many, or the client is gone; the socket is closed then.</returns>
    public ConnectionContext? TryCreate(Socket socket)
    {
        var count = Interlocked.Increment(ref _count);
        try
        {
            if (count <= MaxConnections)
            {
                Volatile.Write(ref _isRefusing, 0);
                var number = Interlocked.Increment(ref _turn);
                return new DirectConnection(socket, number, this, _loops[number % (uint)_loops.Length], _responder, _log);
            }
            if (Interlocked.Exchange(ref _isRefusing, 1) == 0)
            {
                TransportLog.Refused(_log, count - 1);
            }
        }
        catch (Exception error) when (error is SocketException or Win32Exception or ObjectDisposedException)
        {
            // Reset while it waited, or nothing left to watch it with.
        }
        Interlocked.Decrement(ref _count);
        socket.Dispose();
        return null;
    }

    /// <summary>Ends the event threads. To be called when the connections are closed.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }

    /// <summary>A connection is closed.</summary>
    internal void Forget()
    {
        Interlocked.Decrement(ref _count);
    }
}
