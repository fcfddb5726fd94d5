using Microsoft.AspNetCore.Http;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// Serves the paths that only nodes call (metasync, join, keepalive, vote). It is asked before the dialects; what it
/// throws is answered as any other error.
/// </summary>
public interface IIntraHandler
{
    /// <summary>True when the path is the handler's own for a request on that network.</summary>
    /// <param name="method">HTTP verb in upper case.</param>
    /// <param name="path">The parsed path; <see cref="RequestPath.Resource"/> is the word after <c>/v1/</c>.</param>
    /// <param name="network">Where the request came in.</param>
    bool Matches(string method, RequestPath path, NetworkKind network);

    /// <summary>Serves the request completely.</summary>
    Task HandleAsync(HttpContext context, RequestPath path);
}
