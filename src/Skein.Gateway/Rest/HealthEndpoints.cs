using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/health</c>: every verb is answered as GET.</summary>
internal sealed class HealthEndpoints(GatewayServices services)
{
    public Task HandleAsync(RequestContext request)
    {
        var facts = services.Facts;
        var self = facts.Self;
        var intra = request.Call.IsIntra;
        if (self.Role == NodeRole.Proxy || intra)
        {
            request.Response.Headers[HeaderNames.ClusterUptime] = Nanoseconds(facts.ClusterUptime);
            request.Response.Headers[HeaderNames.NodeUptime] = Nanoseconds(facts.Uptime);
        }
        var fromNode = request.Http.Request.Headers.ContainsKey(HeaderNames.CallerId);
        var prr = request.Query.Flag("prr");
        if (fromNode && !intra && !(prr && self.Role == NodeRole.Proxy))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{self.DisplayName}: expected INTRA-CONTROL request");
        }
        if (prr && self.Role == NodeRole.Proxy)
        {
            return ReadyToRebalanceAsync(request, self);
        }
        if (!facts.IsReady)
        {
            return request.EmptyAsync(StatusCodes.Status503ServiceUnavailable);
        }
        if (request.Query.Flag("cii") && intra)
        {
            var state = NodeStateInfo.From(request.Call.Metadata.Document, facts.StateFlags);
            return request.JsonAsync(
                JsonSerializer.SerializeToUtf8Bytes(state, WireJsonContext.Output.NodeStateInfo));
        }
        if (request.Query.Flag("apr") && intra && self.Role == NodeRole.Proxy)
        {
            return PrimaryAsync(request, self);
        }
        return request.EmptyAsync();
    }

    /// <summary><c>prr</c>: is this the primary, and could it begin a rebalance?</summary>
    private Task ReadyToRebalanceAsync(RequestContext request, NodeInfo self)
    {
        if (!services.Control.IsPrimary)
        {
            throw Misdirected(request, self);
        }
        return services.Facts.IsReady
            ? request.EmptyAsync()
            : throw new StoreException(
                StoreErrorCode.NotReady,
                $"{self.DisplayName} primary: not ready yet (finalizing global rebalancing state)");
    }

    private Task PrimaryAsync(RequestContext request, NodeInfo self) => services.Control.IsPrimary
        ? request.EmptyAsync(services.Facts.IsReady
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable)
        : throw Misdirected(request, self);

    private static StoreException Misdirected(RequestContext request, NodeInfo self)
    {
        var map = request.Call.Metadata.Document.Map;
        var primary = map.Primary?.DisplayName ?? "none";
        return new StoreException(
            StoreErrorCode.InvalidRequest,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{self.DisplayName} (non-primary): misdirected health-of-primary request from {request.Call.CallerName}, "
                    + $"Smap v{map.Version}[{map.Uuid}, {primary}, t={map.Targets.Count}, p={map.Proxies.Count}]"));
    }

    private static string Nanoseconds(TimeSpan span) =>
        (span.Ticks * TimeSpan.NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
