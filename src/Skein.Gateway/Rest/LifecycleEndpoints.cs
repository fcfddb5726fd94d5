using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>Nodes that leave service and come back: what administrators ask, and what the primary tells a node.</summary>
internal sealed class LifecycleEndpoints(GatewayServices services)
{
    private readonly PrimaryRelay _relay = new(services);

    private INodeLifecycle Lifecycle => services.Lifecycle
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node has no operations of the control plane");

    /// <summary><c>PUT /v1/cluster</c> on the primary.</summary>
    /// <returns>False when the action is not one of these.</returns>
    public async Task<bool> TryHandleAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        if (Actions.IsOfCluster(message.Action))
        {
            await Lifecycle
                .EndClusterAsync(message.Action, ReadValue(request, message), request.Call.Who, request.Aborted)
                .ConfigureAwait(false);
            await request.EmptyAsync().ConfigureAwait(false);
            return true;
        }
        if (!Actions.IsOfNodes(message.Action))
        {
            return false;
        }
        var value = ReadValue(request, message);
        if (value.DryRun)
        {
            var plan = await Lifecycle.PlanAsync(message.Action, value, request.Aborted).ConfigureAwait(false);
            await request.JsonAsync(plan, WireJsonContext.Output.LifecyclePlan).ConfigureAwait(false);
            return true;
        }
        var rebalance = await Lifecycle
            .ChangeAsync(message.Action, value, request.Call.Who, request.Aborted)
            .ConfigureAwait(false);
        if (rebalance is null)
        {
            await GoOnAsync(request, body).ConfigureAwait(false);
            return true;
        }
        request.StampResponse();
        await (rebalance.Length == 0 ? request.EmptyAsync() : request.TextAsync(rebalance)).ConfigureAwait(false);
        return true;
    }

    /// <summary><c>PUT /v1/daemon</c>: from the primary only.</summary>
    /// <param name="request">The request.</param>
    /// <param name="message">Its message.</param>
    /// <param name="isDirect">False when it came through a proxy's reverse path.</param>
    public async Task ObeyAsync(RequestContext request, ActionMessage message, bool isDirect)
    {
        var self = services.Facts.Self;
        if (!Actions.IsOfCluster(message.Action) && !Actions.IsOfNodes(message.Action))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid action \"{(message.Action.Length > 64 ? message.Action[..64] : message.Action)}\"");
        }
        var fromNode = isDirect && request.Call.IsIntra && request.Call.Network.HasFlag(NetworkKind.Control)
            && !request.Http.Request.Headers.ContainsKey(RelayHeaders.ForwardedBy);
        if (!fromNode)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                message.Action == Actions.Shutdown && services.Control.IsPrimary
                    ? $"cannot shutdown primary {self.DisplayName} (consider frc=true option)"
                    : $"{self.DisplayName}: expected INTRA-CONTROL request");
        }
        await request.CatchUpWithCallerAsync().ConfigureAwait(false);
        await Lifecycle
            .ObeyAsync(
                message.Action, ReadValue(request, message), request.Call.CallerId, request.Call.CallerStamp, request.Aborted)
            .ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>This node was named itself and leads no more: the next primary does it.</summary>
    private async Task GoOnAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        if (!await _relay.RelayAsync(request, body).ConfigureAwait(false))
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{services.Facts.Self.DisplayName} handed the lead over and leads again: nothing was changed, try again");
        }
    }

    private static RemoveNodeMessage ReadValue(RequestContext request, ActionMessage message) =>
        WireJson.Read(message.Value, WireJsonContext.Default.RemoveNodeMessage, "*apc.ActValRmNode", request.Method)
        ?? new RemoveNodeMessage();
}
