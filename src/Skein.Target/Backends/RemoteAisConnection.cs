using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Remote;
using Skein.Gateway.Peers;
using Skein.Gateway.Remote;

namespace Skein.Target.Backends;

/// <summary>One request to a remote cluster.</summary>
internal sealed record RemoteRequest(HttpMethod Method, string PathAndQuery)
{
    /// <summary>Makes the body anew for every attempt; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Adds headers.</summary>
    public Action<HttpRequestMessage>? Prepare { get; init; }

    /// <summary>Longest wait for the headers of the answer.</summary>
    public required TimeSpan Limit { get; init; }
}

/// <summary>
/// Sends requests to remote clusters through any of their proxies, and follows redirects to their targets. Which proxies a
/// cluster has is asked at the configured URLs once in a while; one that does not accept connections is passed over.
/// </summary>
internal sealed class RemoteAisConnection(HttpMessageInvoker invoker, TimeProvider time)
{
    private readonly RemoteClusterProbe _probe = new(invoker, time);
    private readonly ConcurrentDictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>Sends a request; the answer may have any status but a redirect.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Unreachable"/>.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        RemoteCluster cluster, RemoteRequest request, CancellationToken cancellation)
    {
        var route = await RouteAsync(cluster, cancellation).ConfigureAwait(false);
        var problems = new List<string>();
        var attempts = Math.Min(RemoteLimits.MaxAttempts, route.Urls.Count);
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var url = route.Urls[(route.First + attempt) % route.Urls.Count];
            try
            {
                var answer = await FollowAsync(url, request, cancellation).ConfigureAwait(false);
                route.First = (route.First + attempt) % route.Urls.Count;
                return answer;
            }
            catch (HttpRequestException error) when (IsUnsent(error))
            {
                problems.Add($"{url}: {error.Message}");
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                throw Unreachable(cluster, $"{url}: {error.Message}", error);
            }
            catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
            {
                throw Unreachable(cluster, $"{url}: no answer within {GoDuration.Format(request.Limit)}", error);
            }
        }
        _routes.TryRemove(cluster.Uuid, out _);
        throw Unreachable(cluster, string.Join("; ", problems), null);
    }

    /// <summary>No connection came about: the request was certainly not seen.</summary>
    private static bool IsUnsent(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private async Task<HttpResponseMessage> FollowAsync(
        string url, RemoteRequest what, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(what.Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var next = PeerHttp.ExactUri(url, what.PathAndQuery);
        for (var redirects = 0; ; redirects++)
        {
            var request = new HttpRequestMessage(what.Method, next) { Content = what.Content?.Invoke() };
            what.Prepare?.Invoke(request);
            HttpResponseMessage answer;
            try
            {
                answer = await invoker.SendAsync(request, both.Token).ConfigureAwait(false);
            }
            finally
            {
                request.Dispose();
            }
            if (answer.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.Found or HttpStatusCode.PermanentRedirect))
            {
                return answer;
            }
            var location = answer.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
            answer.Dispose();
            if (redirects == RemoteLimits.MaxRedirects || location.Length == 0)
            {
                throw new HttpRequestException($"redirected {redirects + 1} times, last to \"{location}\"");
            }
            next = Target(location);
        }
    }

    /// <summary>Where a redirect points: some servers leave blanks and other bytes as they are.</summary>
    private static Uri Target(string location)
    {
        var scheme = location.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme < 0 ? -1 : location.IndexOf('/', scheme + 3);
        if (slash < 0)
        {
            throw new HttpRequestException($"redirected to \"{location}\", which is no URL");
        }
        var path = new StringBuilder(location.Length - slash + 16);
        foreach (var value in Encoding.UTF8.GetBytes(location[slash..]))
        {
            _ = value is > 0x20 and < 0x7f and not (byte)'"'
                ? path.Append((char)value)
                : path.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{value:X2}");
        }
        return PeerHttp.ExactUri(location[..slash], path.ToString());
    }

    private async Task<Route> RouteAsync(RemoteCluster cluster, CancellationToken cancellation)
    {
        var known = _routes.GetValueOrDefault(cluster.Uuid);
        known = known?.Configured.SequenceEqual(cluster.Urls) == true ? known : null;
        if (known is not null && time.GetElapsedTime(known.At) < RemoteLimits.MapLifetime)
        {
            return known;
        }
        var problems = new List<string>();
        foreach (var url in cluster.Urls)
        {
            try
            {
                var map = await _probe.AskAsync(url, cancellation).ConfigureAwait(false);
                if (map.Uuid != cluster.Uuid)
                {
                    problems.Add($"{url} is another cluster by now ({map.Uuid})");
                    continue;
                }
                var others = map.Proxies.Values.Select(proxy => proxy.PublicNet.Url).Where(other => other != url);
                return _routes[cluster.Uuid] = new Route(cluster.Urls, [url, .. others], time.GetTimestamp());
            }
            catch (StoreException error)
            {
                problems.Add(error.Message);
            }
        }
        if (known is not null)
        {
            // The configured nodes are gone; the other proxies may still be there.
            return known;
        }
        throw Unreachable(cluster, string.Join("; ", problems), null);
    }

    private static StoreException Unreachable(RemoteCluster cluster, string reason, Exception? inner) =>
        new(StoreErrorCode.Unreachable, $"{cluster.Shown} does not answer: {reason}", inner);

    private sealed class Route(IReadOnlyList<string> configured, IReadOnlyList<string> urls, long at)
    {
        public IReadOnlyList<string> Configured => configured;

        public IReadOnlyList<string> Urls => urls;

        public long At => at;

        /// <summary>Which proxy answered last.</summary>
        public int First { get; set; }
    }
}
