using Microsoft.AspNetCore.Http;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Node.Intra;

/// <summary>Two handlers as one.</summary>
/// <param name="first">Is asked first.</param>
/// <param name="second">Gets the rest.</param>
internal sealed class EitherHandler(IIntraHandler first, IIntraHandler second) : IIntraHandler
{
    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        first.Matches(method, path, network) || second.Matches(method, path, network);

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, RequestPath path)
    {
        var network = context.Features.Get<INetworkFeature>()?.Kind ?? NetworkKind.All;
        return (first.Matches(context.Request.Method, path, network) ? first : second).HandleAsync(context, path);
    }
}
