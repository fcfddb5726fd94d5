using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Target.Promotion;

/// <summary>What proxies tell this target of promotions; on the control network only.</summary>
internal sealed class PromoteEndpoints(PromoteService service, IMetadataSource metadata, IControlPlane control) : IIntraHandler
{
    private const int MaxOrder = 64 << 10;

    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(2);

    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded is PromotePaths.Look or PromotePaths.Run;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var cancellation = context.RequestAborted;
        var order = await ReadAsync(context).ConfigureAwait(false);
        var stamp = StampHeader.ReadStamp(context.Request.Headers[HeaderNames.Stamp].ToString());
        if (stamp > metadata.Current.Stamp)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(CatchUpLimit);
            try
            {
                await control.CatchUpAsync(stamp, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // go on with what there is
            }
        }
        if (!metadata.Current.Document.Map.Proxies.ContainsKey(context.Request.Headers[HeaderNames.CallerId].ToString()))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "the caller is no proxy of this cluster");
        }
        if (path.Decoded == PromotePaths.Run)
        {
            await service.RunAsync(order, cancellation).ConfigureAwait(false);
            context.Response.ContentLength = 0;
            return;
        }
        var answer = JsonSerializer.SerializeToUtf8Bytes(
            await Task.Run(() => service.Look(order.Files), cancellation).ConfigureAwait(false),
            WireJsonContext.Output.PromoteSight);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, cancellation).ConfigureAwait(false);
    }

    private static async Task<PromoteOrder> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= MaxOrder))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "a promotion without an order");
        }
        try
        {
            return await JsonSerializer
                .DeserializeAsync(context.Request.Body, WireJsonContext.Default.PromoteOrder, context.RequestAborted)
                .ConfigureAwait(false) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"the order cannot be read: {e.Message}", e);
        }
    }
}
