using System.Globalization;
using System.Text;
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
        return await reply.ReadElementAsync(cancellation);
    }

    /// <summary>How the control plane is: as the primary says, or the endpoint where there is none.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<ControlStatus> GetControlAsync(CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get("/v1/cluster", "what=control"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.ControlStatus, cancellation);
    }

    /// <summary>Who changed what, when and why.</summary>
    /// <param name="range">Which versions.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<TimelineReply> GetHistoryAsync(TimelineRange range, CancellationToken cancellation = default)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture, $"what=history&limit={range.Limit}&from={range.From}&to={range.To}");
        using var reply = await _sender.SendAsync(Get("/v1/cluster", query), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.TimelineReply, cancellation);
    }

    /// <summary>Compares two versions of the control document.</summary>
    /// <param name="from">A version, or a whole stamp.</param>
    /// <param name="to">A version, or a whole stamp.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When one is not kept, or the cluster cannot be reached.</exception>
    public async Task<TimelineDiff> GetHistoryDiffAsync(string from, string to, CancellationToken cancellation = default)
    {
        var query = $"what=history_diff&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}";
        using var reply = await _sender.SendAsync(Get("/v1/cluster", query), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.TimelineDiff, cancellation);
    }

    /// <summary>Makes a proxy the primary.</summary>
    /// <exception cref="SkeinException">When it cannot be, or did not become it in time.</exception>
    public async Task SetPrimaryAsync(string proxyId, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Put, "/v1/cluster/proxy/" + Uri.EscapeDataString(proxyId));
        using var reply = await _sender.SendAsync(spec, cancellation);
    }

    /// <summary>Brings in a node that stands by.</summary>
    /// <param name="controlUrl">URL of its control network.</param>
    /// <param name="role"><c>proxy</c> or <c>target</c>; the cluster asks the node itself.</param>
    /// <param name="nonElectable">True for a proxy that must never become primary.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When nobody answers there, or the node is refused.</exception>
    public async Task<JoinedNodeReply> JoinNodeAsync(
        Uri controlUrl, string role, bool nonElectable = false, CancellationToken cancellation = default)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("daemon_type", role);
            json.WriteStartObject("intra_control_net");
            json.WriteString("node_ip_addr", controlUrl.Host);
            json.WriteString("daemon_port", controlUrl.Port.ToString(CultureInfo.InvariantCulture));
            json.WriteString("direct_url", controlUrl.GetLeftPart(UriPartial.Authority));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        var spec = new RequestSpec(HttpMethod.Post, "/v1/cluster/join-by-admin")
        {
            Query = nonElectable ? "nel=true" : "",
            Json = body.ToArray(),
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.JoinedNodeReply, cancellation);
    }

    /// <summary>Changes nodes that are in the cluster. Not repeated when an answer is lost.</summary>
    /// <returns>The id of the rebalance that this has started; empty for none.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> ChangeNodesAsync(NodeChange change, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Put, "/v1/cluster")
        {
            Json = change.ToJson(dryRun: false),
            IsIdempotent = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    /// <summary>Says what a change of nodes would do; nothing is done.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<LifecyclePlan> PlanNodesAsync(NodeChange change, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Put, "/v1/cluster") { Json = change.ToJson(dryRun: true) };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.LifecyclePlan, cancellation);
    }

    /// <summary>The mountpaths of every target, by its id.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> GetMountpathsAsync(
        CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get("/v1/cluster", "what=mountpaths"), cancellation);
        var answer = await reply.ReadJsonAsync(ClientJsonContext.Default.MountpathsReply, cancellation);
        return answer.Targets.ToDictionary(target => target.Key, target => target.Value.Available ?? []);
    }

    /// <summary>Asks a proxy to become the primary although there is no majority. Not retried.</summary>
    /// <param name="proxyId">The proxy.</param>
    /// <param name="acceptLoss">False to see only what would be lost.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When it cannot, or nothing has to be forced.</exception>
    public async Task<ForcedPrimaryReply> ForcePrimaryAsync(
        string proxyId, bool acceptLoss, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Put, "/v1/reverse/daemon/proxy/" + Uri.EscapeDataString(proxyId))
        {
            Query = "frc=true" + (acceptLoss ? "&accept_loss=true" : ""),
            Headers = [new(HeaderNames.NodeId, proxyId)],
            IsIdempotent = false,
            MayRetry = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.ForcedPrimaryReply, cancellation);
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
