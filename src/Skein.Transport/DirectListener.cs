using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Skein.Transport;

/// <summary>Accepts connections of the direct transport at a bound socket.</summary>
public sealed class DirectListener : IConnectionListener
{
    private readonly Socket _listening;
    private readonly DirectTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Begins to listen.</summary>
    /// <param name="bound">The socket; owned.</param>
    /// <param name="transport">Makes the connections.</param>
    /// <param name="time">Clock of the pause when nothing can be accepted.</param>
    /// <param name="log">Log.</param>
    public DirectListener(Socket bound, DirectTransport transport, TimeProvider time, ILogger log)
    {
        _listening = bound;
        _transport = transport;
        _time = time;
        _log = log;
        EndPoint = bound.LocalEndPoint!;
        bound.Listen(TransportLimits.Backlog);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _listening.AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (_transport.TryCreate(socket) is { } connection)
                {
                    return connection;
                }
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets
                or SocketError.NoBufferSpaceAvailable)
            {
                TransportLog.NotAccepting(_log, e.Message);
                await Task.Delay(TransportLimits.AcceptPause, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // It was gone before it was accepted.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _listening.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
