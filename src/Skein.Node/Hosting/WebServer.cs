using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Skein.Gateway.Pipeline;

namespace Skein.Node.Hosting;

/// <summary>The HTTP server of a node: Kestrel on the sockets that were bound before, and one handler for everything.</summary>
internal static class WebServer
{
    /// <summary>
    /// How long a node that is told to stop waits for the requests under way; what is not done by then is cut off, and
    /// leaves nothing.
    /// </summary>
    public static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    /// <summary>Makes the server.</summary>
    public static WebApplication Create(
        IReadOnlyList<Listener> listeners, string contentRoot, RequestDelegate handler, ILoggerFactory logs)
    {
        // The content root is watched by nobody and holds little: a large working folder would cost a slow start.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = contentRoot });
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => Configure(options, listeners));
        var sockets = listeners.ToDictionary(listener => (EndPoint)listener.Address, listener => listener.Socket);
        builder.Services.Configure<SocketTransportOptions>(options =>
        {
            options.CreateBoundListenSocket = address => sockets[address];
            options.Backlog = 1024;
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options =>
            options.ShutdownTimeout = ShutdownPatience);
        var app = builder.Build();
        app.Run(handler);
        return app;
    }

    private static void Configure(KestrelServerOptions options, IReadOnlyList<Listener> listeners)
    {
        KestrelSettings.Apply(options);
        foreach (var listener in listeners)
        {
            options.Listen(listener.Address, listen => listen.UseNetwork(listener.Networks));
        }
    }
}
