using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Target.Promotion;

/// <summary>What proxies tell this target of promotions; on the control network only.</summary>
internal sealed class PromoteEndpoints(PromoteService service, PeerCalls calls) : IIntraHandler
{
    /// <summary>Largest order, in bytes.</summary>
    private const int MaxOrder = 64 << 10;

    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded is PromotePaths.Look or PromotePaths.Run;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var cancellation = context.RequestAborted;
        _ = await calls.CallerAsync(context, NodeRole.Proxy).ConfigureAwait(false);
        var order = await PeerCalls
            .ReadAsync(context, WireJsonContext.Default.PromoteOrder, MaxOrder)
            .ConfigureAwait(false);
        if (path.Decoded == PromotePaths.Run)
        {
            await service.RunAsync(order, cancellation).ConfigureAwait(false);
            context.Response.ContentLength = 0;
            return;
        }
        var answer = JsonSerializer.SerializeToUtf8Bytes(
            await Task.Run(() => service.Look(order.Files), cancellation).ConfigureAwait(false),
            WireJsonContext.Output.PromoteSight);
        await PeerCalls.AnswerAsync(context, answer).ConfigureAwait(false);
    }
}
