using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Skein.Gateway.Peers;

/// <summary>How nodes speak HTTP to each other.</summary>
public static class PeerHttp
{
    /// <summary>Connections that one node keeps to another at most.</summary>
    public const int MaxConnectionsPerNode = 512;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>A handler for calls between nodes: no proxy, no cookies, no redirects, UTF-8 headers.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = IdleTimeout,
        MaxConnectionsPerServer = MaxConnectionsPerNode,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
    };

    /// <summary>A URI whose path and query go over the wire exactly as given.</summary>
    /// <param name="baseUrl">Scheme, host and port.</param>
    /// <param name="pathAndQuery">Encoded, beginning with a slash.</param>
    public static Uri ExactUri(string baseUrl, string pathAndQuery) => new(
        baseUrl.TrimEnd('/') + pathAndQuery,
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    internal static void Set(HttpRequestHeaders headers, string name, string value)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, value);
    }
}
