using System.Net;
using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Cli.Playground;

/// <summary>Asks nodes over HTTP whether they are up and whom they see.</summary>
internal sealed class NodeProbe : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes the probe.</summary>
    /// <param name="timeout">How long one question may take.</param>
    public NodeProbe(TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false };
        _http = new HttpClient(handler, disposeHandler: true) { Timeout = timeout };
    }

    /// <summary>Says why the node is not ready; null when it is healthy and its map lists all of the ids.</summary>
    public async Task<string?> WhyNotReadyAsync(
        PlaygroundNode node, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        if (await WhyNotHealthyAsync(node, cancellation) is { } reason)
        {
            return reason;
        }
        try
        {
            var map = await GetMapAsync(node, cancellation);
            if (map.Primary is null)
            {
                return "knows no primary yet";
            }
            var missing = ids.Where(id => !map.Proxies.ContainsKey(id) && !map.Targets.ContainsKey(id)).ToList();
            return missing.Count == 0
                ? null
                : $"its cluster map (version {map.Version}) lacks {string.Join(", ", missing)}";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return "does not show its cluster map: " + e.Message;
        }
    }

    /// <summary>Says why the node is not healthy; null when it is.</summary>
    public async Task<string?> WhyNotHealthyAsync(PlaygroundNode node, CancellationToken cancellation)
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri(node.PublicUrl + "/v1/health"), cancellation);
            return reply.StatusCode == HttpStatusCode.OK ? null : $"answers {(int)reply.StatusCode} to a health check";
        }
        catch (HttpRequestException)
        {
            return "does not answer at " + node.PublicUrl;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"does not answer in time at {node.PublicUrl}";
        }
    }

    /// <summary>The cluster map as the node sees it.</summary>
    /// <exception cref="HttpRequestException">When the node does not answer with one.</exception>
    /// <exception cref="JsonException">When the answer is not a map.</exception>
    public async Task<WireClusterMap> GetMapAsync(PlaygroundNode node, CancellationToken cancellation)
    {
        var bytes = await _http.GetByteArrayAsync(new Uri(node.PublicUrl + "/v1/daemon?what=smap"), cancellation);
        return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.WireClusterMap)
            ?? throw new JsonException("empty cluster map");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
