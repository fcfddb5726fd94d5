using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skein.Gateway.Pipeline;
using Skein.Node.Links;
using Skein.Transport;

namespace Skein.Node.Hosting;

/// <summary>
/// The HTTP server of a node: Kestrel on the sockets that were bound before, and one handler for everything. There is no
/// host around it: routing, authorization and services would cost megabytes, and nobody asks them anything.
/// </summary>
internal sealed class WebServer : IAsyncDisposable
{
    /// <summary>
    /// How long a node that is told to stop waits for the requests under way; what is not done by then is cut off, and
    /// leaves nothing.
    /// </summary>
    public static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    private readonly KestrelServer _server;
    private readonly Application _application;
    private readonly TimeProvider _time;

    /// <summary>Makes the server; nothing is accepted yet.</summary>
    /// <param name="listeners">Bound sockets.</param>
    /// <param name="handler">Serves every request; never throws.</param>
    /// <param name="takeLink">Takes the connections that are control links; must not block.</param>
    /// <param name="direct">Transport for bytes of objects, stays the caller's; null for the server's own sockets.</param>
    /// <param name="time">Clock of the patience.</param>
    /// <param name="logs">Loggers.</param>
    public WebServer(
        IReadOnlyList<Listener> listeners, RequestDelegate handler, Action<Socket> takeLink, DirectTransport? direct,
        TimeProvider time, ILoggerFactory logs)
    {
        var options = new KestrelServerOptions();
        KestrelSettings.Apply(options);
        foreach (var listener in listeners)
        {
            options.Listen(listener.Address, listen => listen.UseNetwork(listener.Networks));
        }
        _server = new KestrelServer(
            Options.Create(options), new LinkListenerFactory(listeners, takeLink, direct, time, logs), logs);
        _application = new Application(handler);
        _time = time;
    }

    /// <summary>Begins to accept connections.</summary>
    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(_application, cancellation);

    /// <summary>Accepts no more and waits, up to the patience, until the requests under way are done.</summary>
    public async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(ShutdownPatience, _time);
        await _server.StopAsync(patience.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives each request a context, and each connection keeps its own for the next one.</summary>
    private sealed class Application(RequestDelegate handler) : IHttpApplication<DefaultHttpContext>
    {
        public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
        {
            if (contextFeatures is not IHostContextContainer<DefaultHttpContext> connection)
            {
                return new DefaultHttpContext(contextFeatures);
            }
            if (connection.HostContext is { } used)
            {
                used.Initialize(contextFeatures);
                return used;
            }
            return connection.HostContext = new DefaultHttpContext(contextFeatures);
        }

        public Task ProcessRequestAsync(DefaultHttpContext context) => handler(context);

        public void DisposeContext(DefaultHttpContext context, Exception? exception)
        {
            if (exception is null && context.Features.Get<IRequestBorder>() is { } border && HadNoBody(context))
            {
                border.Reached();
            }
            context.Uninitialize();
        }

        /// <summary>True when nothing of the request can be left to be read.</summary>
        private static bool HadNoBody(DefaultHttpContext context) =>
            context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true };
    }
}
