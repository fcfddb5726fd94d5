using Microsoft.AspNetCore.Http;
using Skein.Console.Feed;
using Skein.Console.Files;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Console;

/// <summary>
/// The console of a proxy: the files of the page below <c>/console</c>, and <c>/v1/console/events</c>, which pushes how the
/// cluster is. Everything else the page takes from the public API.
/// </summary>
public sealed class ConsoleHandler : IIntraHandler, IAsyncDisposable
{
    private const string Root = "/console";
    private const string Events = "/v1/console/events";

    private readonly ConsoleFiles _files = new();
    private readonly ConsoleFeed _feed;

    /// <summary>Makes the console; nothing runs until somebody looks.</summary>
    /// <param name="services">Services of the proxy; asked when they are needed, since they hold this handler.</param>
    public ConsoleHandler(Func<GatewayServices> services) => _feed = new ConsoleFeed(services);

    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) => method is "GET" or "HEAD"
        && ((path.Decoded.StartsWith(Root, StringComparison.Ordinal)
                && (path.Decoded.Length == Root.Length || path.Decoded[Root.Length] == '/'))
            || (method == "GET" && path.Decoded == Events));

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, RequestPath path) => path.Decoded == Events
        ? _feed.ServeAsync(context)
        : _files.ServeAsync(context, path.Decoded[Root.Length..].Trim('/'));

    /// <summary>Ends the pushing; who looks is told so and looks again later.</summary>
    public ValueTask DisposeAsync() => _feed.DisposeAsync();
}
