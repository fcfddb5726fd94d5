using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Skein.Gateway.Pipeline;

/// <summary>What the gateway needs of the web server. Every listener of a node is set up with this.</summary>
public static class KestrelSettings
{
    /// <summary>Longest request line, in bytes: long object names get a precise answer, not a parse error.</summary>
    public const int MaxRequestLine = 1 << 20;

    /// <summary>Largest header block, in bytes.</summary>
    public const int MaxHeaders = 1 << 20;

    /// <summary>Most headers of one request.</summary>
    public const int MaxHeaderCount = 4096;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Sets limits and encodings.</summary>
    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8;
        options.RequestHeaderEncodingSelector = static _ => Encoding.UTF8;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestLineSize = MaxRequestLine;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
        options.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        options.Limits.MaxRequestBufferSize = MaxRequestLine + MaxHeaders;
        options.Limits.RequestHeadersTimeout = HeadersTimeout;
    }

    /// <summary>Marks every connection of a listener with the networks that it serves.</summary>
    public static void UseNetwork(this ListenOptions listener, NetworkKind kind)
    {
        var feature = new NetworkFeature(kind);
        listener.Protocols = HttpProtocols.Http1;
        listener.Use(next => connection =>
        {
            connection.Features.Set<INetworkFeature>(feature);
            return HalfOpenConnection.ServeAsync(connection, next);
        });
    }
}
