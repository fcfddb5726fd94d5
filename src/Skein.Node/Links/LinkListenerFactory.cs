using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skein.Gateway.Pipeline;
using Skein.Node.Hosting;

namespace Skein.Node.Links;

/// <summary>
/// The HTTP server's way to its connections. Sockets of the control network are listened at by a
/// <see cref="LinkListener"/>, the others as the server always does it: on them there are no links.
/// </summary>
internal sealed class LinkListenerFactory : IConnectionListenerFactory
{
    private const int Backlog = 1024;

    private readonly Dictionary<EndPoint, Listener> _listeners;
    private readonly SocketTransportFactory _ordinary;
    private readonly Action<Socket> _takeLink;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Makes the factory for sockets that are bound.</summary>
    /// <param name="listeners">Bound sockets.</param>
    /// <param name="takeLink">Takes the connections that are control links; must not block.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Loggers.</param>
    public LinkListenerFactory(
        IReadOnlyList<Listener> listeners, Action<Socket> takeLink, TimeProvider time, ILoggerFactory logs)
    {
        _listeners = listeners.ToDictionary(listener => (EndPoint)listener.Address);
        _takeLink = takeLink;
        _time = time;
        _log = logs.CreateLogger<LinkListener>();
        var options = new SocketTransportOptions
        {
            CreateBoundListenSocket = address => _listeners[address].Socket,
            Backlog = Backlog,
        };
        _ordinary = new SocketTransportFactory(Options.Create(options), logs);
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = _listeners[endpoint];
        if (!listener.Networks.HasFlag(NetworkKind.Control))
        {
            return _ordinary.BindAsync(endpoint, cancellationToken);
        }
        listener.Socket.Listen(Backlog);
        var connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), _log);
        return ValueTask.FromResult<IConnectionListener>(
            new LinkListener(listener.Socket, _takeLink, connections, _time, _log));
    }
}
