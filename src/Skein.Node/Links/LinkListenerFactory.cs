using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skein.Gateway.Pipeline;
using Skein.Node.Hosting;
using Skein.Transport;

namespace Skein.Node.Links;

/// <summary>
/// The HTTP server's way to its connections. Sockets of the control network are listened at by a
/// <see cref="LinkListener"/>, the others directly: on them there are no links. What carries bytes of objects is given to
/// the direct transport where there is one; everything else are ordinary sockets of the server.
/// </summary>
internal sealed class LinkListenerFactory : IConnectionListenerFactory
{
    private readonly Dictionary<EndPoint, Listener> _listeners;
    private readonly SocketTransportFactory _ordinary;
    private readonly Action<Socket> _takeLink;
    private readonly DirectTransport? _direct;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Makes the factory for sockets that are bound.</summary>
    /// <param name="listeners">Bound sockets.</param>
    /// <param name="takeLink">Takes the connections that are control links; must not block.</param>
    /// <param name="direct">Transport for the public and the data network; null for none.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Loggers.</param>
    public LinkListenerFactory(
        IReadOnlyList<Listener> listeners, Action<Socket> takeLink, DirectTransport? direct, TimeProvider time,
        ILoggerFactory logs)
    {
        _listeners = listeners.ToDictionary(listener => (EndPoint)listener.Address);
        _takeLink = takeLink;
        _direct = direct;
        _time = time;
        _log = logs.CreateLogger<LinkListener>();
        var options = new SocketTransportOptions
        {
            CreateBoundListenSocket = address => _listeners[address].Socket,
            Backlog = TransportLimits.Backlog,
        };
        _ordinary = new SocketTransportFactory(Options.Create(options), logs);
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = _listeners[endpoint];
        var direct = (listener.Networks & (NetworkKind.Public | NetworkKind.Data)) != 0 ? _direct : null;
        if (!listener.Networks.HasFlag(NetworkKind.Control))
        {
            return direct is null
                ? _ordinary.BindAsync(endpoint, cancellationToken)
                : ValueTask.FromResult<IConnectionListener>(new DirectListener(listener.Socket, direct, _time, _log));
        }
        listener.Socket.Listen(TransportLimits.Backlog);
        return ValueTask.FromResult<IConnectionListener>(Links(listener.Socket, direct));
    }

    private LinkListener Links(Socket listening, DirectTransport? direct)
    {
        if (direct is not null)
        {
            return new LinkListener(listening, _takeLink, direct.TryCreate, _time, _log, null);
        }
        var connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), _log);
        return new LinkListener(listening, _takeLink, connections.Create, _time, _log, connections);
    }
}
