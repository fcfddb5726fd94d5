using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/reverse/…</c>: passes a call on to the node that <c>Ais-Node-Id</c> names.</summary>
internal sealed class ReverseEndpoints(GatewayServices services)
{
    private readonly DaemonEndpoints _daemon = new(services);
    private readonly ErrorResponse _errors = new(() => services.Facts.Self.DisplayName);

    public async Task HandleAsync(RequestContext request)
    {
        if (request.Path.Count < 3)
        {
            throw RestDialect.InvalidUri(request);
        }
        var shownPath = "/v1/" + request.Path.Rest(2);
        try
        {
            await ForwardAsync(request).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            await _errors.WriteAsync(request.Http, shownPath, error).ConfigureAwait(false);
        }
    }

    private async Task ForwardAsync(RequestContext request)
    {
        var self = services.Facts.Self;
        var id = request.Http.Request.Headers[HeaderNames.NodeId].ToString();
        if (id.Length == 0)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"{self.DisplayName}: missing node ID");
        }
        if (request.Http.Request.Headers.ContainsKey(RelayHeaders.ForwardedBy))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "a forwarded request is not forwarded again");
        }
        if (!IsForwarded(request.Path.Segment(2)) || (request.Method == "DELETE" && request.Path.Count == 3))
        {
            throw RestDialect.InvalidUri(request);
        }
        var map = request.Call.Metadata.Document.Map;
        var node = map.Find(id) ?? (id == self.Id ? self : null) ?? throw new StoreException(
            StoreErrorCode.NodeNotFound,
            $"{self.DisplayName}: cannot rproxy to node {Shorten(id)} not present in the Smap v{map.Version}");
        if (AsksForStatus(request) && OutOfServiceStatus(node) is { } status)
        {
            await request.JsonAsync(new NodeStatus { Node = node, Status = status }, WireJsonContext.Output.NodeStatus)
                .ConfigureAwait(false);
            return;
        }
        if (node.Id == self.Id && request.Path.Segment(2) == "daemon")
        {
            await _daemon.HandleAsync(request, 2).ConfigureAwait(false);
            return;
        }
        var query = request.Path.RawQuery.Length == 0 ? "" : "?" + request.Path.RawQuery;
        var outcome = await services.Forwarder!
            .ForwardAsync(request.Http, node, "/v1/" + request.Path.RawRest(2) + query, null, request.Aborted)
            .ConfigureAwait(false);
        if (outcome != ForwardOutcome.Answered)
        {
            await request.EmptyAsync(StatusCodes.Status502BadGateway).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What may be reached on the control network of a node through a proxy's public one: nothing that only nodes call.
    /// </summary>
    private static bool IsForwarded(string resource) => resource is "daemon" or "health";

    private static bool AsksForStatus(RequestContext request) =>
        request.Method == "GET" && request.Path.Segment(2) == "daemon"
        && request.Query.Get(QueryNames.What) == "node_status";

    /// <summary>A node that is in maintenance or leaving is not asked: the map says what it is.</summary>
    private static string? OutOfServiceStatus(NodeInfo node) =>
        (node.Flags & NodeFlags.Decommission) != 0 ? "decommission"
        : (node.Flags & (NodeFlags.Maintenance | NodeFlags.MaintenanceDone)) != 0 ? "maintenance"
        : null;

    private static string Shorten(string text) => text.Length > 64 ? text[..64] : text;
}
