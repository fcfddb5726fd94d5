using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Wire;

namespace Skein.Client.Cluster;

/// <summary>The cluster itself: who is in it and how the nodes are. Thread-safe.</summary>
public sealed class ClusterClient
{
    private const long NanosecondsPerTick = 100;

    private readonly RequestSender _sender;

    internal ClusterClient(RequestSender sender) => _sender = sender;

    /// <summary>The cluster map as the endpoint sees it.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<WireClusterMap> GetMapAsync(CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get("/v1/daemon", "what=smap"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.WireClusterMap, cancellation);
    }

    /// <summary>What a node says of itself; asked through the endpoint, which forwards the question. Not retried.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When there is no such node, or it does not answer.</exception>
    public async Task<NodeStatus> GetNodeStatusAsync(string nodeId, CancellationToken cancellation = default)
    {
        var spec = Get("/v1/reverse/daemon", "what=node_status") with
        {
            Headers = [new(HeaderNames.NodeId, nodeId)],
            MayRetry = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.NodeStatus, cancellation);
    }

    /// <summary>The cluster's configuration.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<JsonElement> GetConfigAsync(CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get("/v1/cluster", "what=cluster_config"), cancellation);
        var bytes = await reply.ReadAllAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw new SkeinException("the answer is not JSON: " + e.Message, e) { Request = reply.Request };
        }
    }

    /// <summary>Asks the endpoint whether it is up.</summary>
    /// <returns>How long node and cluster have been up.</returns>
    /// <exception cref="SkeinException">When it is not, or cannot be reached.</exception>
    public async Task<HealthInfo> GetHealthAsync(CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get("/v1/health", "") with { MayRetry = false }, cancellation);
        return new HealthInfo(
            TimeSpan.FromTicks(reply.Number(HeaderNames.NodeUptime) / NanosecondsPerTick),
            TimeSpan.FromTicks(reply.Number(HeaderNames.ClusterUptime) / NanosecondsPerTick));
    }

    private static RequestSpec Get(string path, string query) => new(HttpMethod.Get, path) { Query = query };
}

/// <summary>How long node and cluster have been up.</summary>
/// <param name="NodeUptime">Since the node started; zero when it does not say.</param>
/// <param name="ClusterUptime">Since the cluster started; zero when the node does not say.</param>
public sealed record HealthInfo(TimeSpan NodeUptime, TimeSpan ClusterUptime);
