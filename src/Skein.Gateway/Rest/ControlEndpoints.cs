using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>The control plane for operators: its state, its past, who leads, and nodes that are brought in.</summary>
internal sealed class ControlEndpoints(GatewayServices services)
{
    private readonly PrimaryRelay _relay = new(services);

    private IClusterOperations Operations => services.Operations
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node has no operations of the control plane");

    /// <summary>True for a word that <see cref="GetAsync"/> answers.</summary>
    public static bool Answers(string what) => what is "control" or "history" or "history_diff";

    /// <summary><c>GET /v1/cluster?what=…</c>: by the primary, or, where there is none, by this node.</summary>
    public async Task GetAsync(RequestContext request)
    {
        if (await _relay.TryForwardAsync(request).ConfigureAwait(false))
        {
            return;
        }
        switch (request.Query.Get(QueryNames.What))
        {
            case "control":
                await request.JsonAsync(Operations.ReadControl(), WireJsonContext.Output.ControlStatus)
                    .ConfigureAwait(false);
                break;
            case "history":
                var timeline = await Operations.ReadTimelineAsync(Range(request), request.Aborted).ConfigureAwait(false);
                await request.JsonAsync(timeline, WireJsonContext.Output.TimelineReply).ConfigureAwait(false);
                break;
            default:
                var diff = await Operations
                    .CompareAsync(request.Query.Get("from"), request.Query.Get("to"), request.Aborted)
                    .ConfigureAwait(false);
                await request.JsonAsync(diff, WireJsonContext.Output.TimelineDiff).ConfigureAwait(false);
                break;
        }
    }

    /// <summary><c>GET /v1/daemon?what=…</c>: what this node knows itself; null when the word is not known here.</summary>
    public Task? GetOwn(RequestContext request)
    {
        switch (request.Query.Get(QueryNames.What))
        {
            case "control":
                return request.JsonAsync(Operations.ReadControl(), WireJsonContext.Output.ControlStatus);
            case "history":
                return OwnTimelineAsync(request);
            default:
                return null;
        }
    }

    /// <summary><c>PUT /v1/cluster/proxy/ID</c>: hands the lead over.</summary>
    public async Task SetPrimaryAsync(RequestContext request)
    {
        if (request.Path.Count != 4)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "set-primary: the id of a proxy is expected in the path");
        }
        await Operations
            .SetPrimaryAsync(request.Path.Segment(3), request.Call.Who, request.Aborted)
            .ConfigureAwait(false);
        request.StampResponse();
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary><c>POST /v1/cluster/join-by-admin</c>: brings a node in.</summary>
    public async Task BringInAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        var (url, flags) = ReadNode(body);
        var nonElectable = request.Query.Flag("nel")
            || (flags & (ulong)NodeFlags.NonElectable) != 0
            || request.Http.Request.Headers["Ais-Node-Flags"].ToString() == "1";
        var reply = await Operations.BringInAsync(url, nonElectable, request.Aborted).ConfigureAwait(false);
        request.StampResponse();
        await request.JsonAsync(reply, WireJsonContext.Output.JoinedNodeReply).ConfigureAwait(false);
    }

    /// <summary><c>PUT /v1/daemon/proxy/ID?frc=true</c>: this node becomes the primary although there is no majority.</summary>
    public async Task ForceAsync(RequestContext request, int first)
    {
        var self = services.Facts.Self;
        var id = request.Path.Count == first + 3 ? request.Path.Segment(first + 2) : "";
        if (self.Role != NodeRole.Proxy || id != self.Id)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{self.DisplayName}: a forced recovery is asked of the proxy that is to lead, by its own id");
        }
        if (!request.Query.Flag(QueryNames.Force))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{self.DisplayName}: frc=true is expected here; to choose who leads use PUT /v1/cluster/proxy/{id}");
        }
        var reply = await Operations
            .ForcePrimaryAsync(request.Query.Flag("accept_loss"), request.Call.Who, request.Aborted)
            .ConfigureAwait(false);
        await request.JsonAsync(reply, WireJsonContext.Output.ForcedPrimaryReply).ConfigureAwait(false);
    }

    private async Task OwnTimelineAsync(RequestContext request)
    {
        var timeline = await Operations.ReadOwnTimelineAsync(Range(request), request.Aborted).ConfigureAwait(false);
        await request.JsonAsync(timeline, WireJsonContext.Output.TimelineReply).ConfigureAwait(false);
    }

    private static TimelineRange Range(RequestContext request)
    {
        var limit = request.Query.Number("limit") ?? TimelineRange.MaxLimit;
        return limit is >= 1 and <= TimelineRange.MaxLimit
            ? new TimelineRange(request.Query.Number("from"), request.Query.Number("to"), (int)limit)
            : throw new StoreException(
                StoreErrorCode.InvalidRequest, $"limit={limit} is out of range: 1 to {TimelineRange.MaxLimit}");
    }

    /// <summary>Of AIStore's description of a node only the control network and the flags are believed.</summary>
    private static (string Url, ulong Flags) ReadNode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            var root = json.RootElement;
            var flags = root.TryGetProperty("flags", out var bits) && bits.TryGetUInt64(out var value) ? value : 0;
            if (root.TryGetProperty("intra_control_net", out var net) && net.ValueKind == JsonValueKind.Object)
            {
                var host = Text(net, "node_ip_addr");
                var url = Text(net, "direct_url");
                url = url.Length == 0 && host.Length != 0 ? $"{host}:{Text(net, "daemon_port")}" : url;
                if (url.Length != 0)
                {
                    return (url, flags);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var reason = e is JsonException json ? WireJson.Reason(json) : e.Message;
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"the description of the node cannot be read: {reason}", e);
        }
        throw new StoreException(
            StoreErrorCode.InvalidRequest, "invalid Snode: intra_control_net with a direct_url is expected");
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
