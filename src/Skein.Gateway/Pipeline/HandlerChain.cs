using Microsoft.AspNetCore.Http;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Pipeline;

/// <summary>Several handlers as one: the first that a request matches serves it.</summary>
/// <param name="handlers">In the order in which they are asked.</param>
public sealed class HandlerChain(params IIntraHandler[] handlers) : IIntraHandler
{
    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        Array.Exists(handlers, handler => handler.Matches(method, path, network));

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, RequestPath path)
    {
        var network = context.Features.Get<INetworkFeature>()?.Kind ?? NetworkKind.All;
        return handlers.First(handler => handler.Matches(context.Request.Method, path, network)).HandleAsync(context, path);
    }
}
