using System.Net;
using System.Text;
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
    /// <summary>Longest request line, in bytes: long object names get a precise answer, not a parse error.</summary>
    public const int MaxRequestLine = 1 << 20;

    /// <summary>Largest header block, in bytes.</summary>
    public const int MaxHeaders = 1 << 20;

    /// <summary>Most headers of a request.</summary>
    public const int MaxHeaderCount = 4096;

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
            options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        var app = builder.Build();
        app.Run(handler);
        return app;
    }

    private static void Configure(KestrelServerOptions options, IReadOnlyList<Listener> listeners)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        options.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
        options.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestLineSize = MaxRequestLine;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
        options.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        options.Limits.MaxRequestBufferSize = MaxRequestLine + MaxHeaders;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        foreach (var listener in listeners)
        {
            var feature = new NetworkFeature(listener.Networks);
            options.Listen(listener.Address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    connection.Features.Set<INetworkFeature>(feature);
                    return next(connection);
                });
            });
        }
    }
}
