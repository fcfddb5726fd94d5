using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Wire;

namespace Skein.Client.Cluster;

/// <summary>Configuration, counters and logs, of the cluster and of single nodes. Thread-safe.</summary>
public sealed class OperationsClient
{
    private const string Node = "/v1/reverse/daemon";
    private const string Cluster = "/v1/cluster";

    private readonly RequestSender _sender;

    internal OperationsClient(RequestSender sender) => _sender = sender;

    /// <summary>The configuration of a node: what it has of the cluster and what is its own.</summary>
    /// <exception cref="SkeinException">When there is no such node, or it does not answer.</exception>
    public Task<JsonElement> GetNodeConfigAsync(string nodeId, CancellationToken cancellation = default) =>
        ReadAsync(Ask(nodeId, "config"), cancellation);

    /// <summary>All buckets with their properties, as the cluster keeps them.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<JsonElement> GetBucketMetadataAsync(CancellationToken cancellation = default) =>
        ReadAsync(new RequestSpec(HttpMethod.Get, Cluster) { Query = "what=bmd" }, cancellation);

    /// <summary>Counters and capacity of a node.</summary>
    /// <exception cref="SkeinException">When there is no such node, or it does not answer.</exception>
    public async Task<NodeStatus> GetStatsAsync(string nodeId, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Ask(nodeId, "node_stats"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.NodeStatus, cancellation);
    }

    /// <summary>The kinds of a node's counters by name: <c>counter</c>, <c>size</c>, <c>latency</c>, …</summary>
    /// <exception cref="SkeinException">When there is no such node, or it does not answer.</exception>
    public async Task<SortedDictionary<string, string>> GetMetricKindsAsync(
        string nodeId, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Ask(nodeId, "metrics"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.SortedDictionaryStringString, cancellation);
    }

    /// <summary>Changes the configuration.</summary>
    /// <param name="nodeId">One node; null for the whole cluster.</param>
    /// <param name="settings">Values by dotted key, for example <c>periodic.stats_time</c>.</param>
    /// <param name="transient">True for a change that a restart forgets.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When a key or a value is refused, or the cluster cannot be reached.</exception>
    public Task SetConfigAsync(
        string? nodeId, IReadOnlyCollection<KeyValuePair<string, string>> settings, bool transient = false,
        CancellationToken cancellation = default)
    {
        var pairs = settings.Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}");
        var query = string.Join('&', transient ? pairs.Append("transient=true") : pairs);
        return DoneAsync(Change(nodeId, "/set-config") with { Query = query }, cancellation);
    }

    /// <summary>Takes back what was changed: of one node, or of the cluster when none is named.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task ResetConfigAsync(string? nodeId, CancellationToken cancellation = default) =>
        ActAsync(nodeId, Actions.ResetConfig, null, cancellation);

    /// <summary>Sets counters to zero.</summary>
    /// <param name="nodeId">One node; null for all.</param>
    /// <param name="errorsOnly">True to leave those alone that count no errors.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task ResetStatsAsync(string? nodeId, bool errorsOnly, CancellationToken cancellation = default) =>
        ActAsync(
            nodeId, Actions.ResetStatistics, JsonSerializer.SerializeToElement(errorsOnly, WireJsonContext.Output.Boolean),
            cancellation);

    /// <summary>Begins a new log file: on one node, or on all when none is named.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task RotateLogsAsync(string? nodeId, CancellationToken cancellation = default) =>
        ActAsync(nodeId, Actions.RotateLogs, null, cancellation);

    /// <summary>Writes the log of a node to a stream.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="severity"><c>i</c>, <c>w</c> or <c>e</c>.</param>
    /// <param name="all">True for all files as one compressed archive; false for the newest as text.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the node writes no log files, or does not answer.</exception>
    public async Task ReadLogAsync(
        string nodeId, string severity, bool all, Stream output, CancellationToken cancellation = default)
    {
        var spec = Ask(nodeId, "log&severity=" + Uri.EscapeDataString(severity) + (all ? "&all=true" : ""));
        using var reply = await _sender.SendAsync(spec, cancellation);
        reply.Patience.Pause();
        await using var body = await reply.Response.Content.ReadAsStreamAsync(cancellation);
        await body.CopyToAsync(output, cancellation);
    }

    private static RequestSpec Ask(string nodeId, string what) => new(HttpMethod.Get, Node)
    {
        Query = "what=" + what,
        Headers = [new(HeaderNames.NodeId, nodeId)],
        MayRetry = false,
    };

    private static RequestSpec Change(string? nodeId, string path = "") => nodeId is null
        ? new RequestSpec(HttpMethod.Put, Cluster + path)
        : new RequestSpec(HttpMethod.Put, Node + path) { Headers = [new(HeaderNames.NodeId, nodeId)], MayRetry = false };

    private Task ActAsync(string? nodeId, string action, JsonElement? value, CancellationToken cancellation)
    {
        var message = new ActionMessage { Action = action, Value = value };
        var json = JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage);
        return DoneAsync(Change(nodeId) with { Json = json }, cancellation);
    }

    private async Task DoneAsync(RequestSpec spec, CancellationToken cancellation) =>
        (await _sender.SendAsync(spec, cancellation)).Dispose();

    private async Task<JsonElement> ReadAsync(RequestSpec spec, CancellationToken cancellation)
    {
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadElementAsync(cancellation);
    }
}
