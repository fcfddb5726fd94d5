using Microsoft.AspNetCore.Http;
using Skein.Cluster.Consensus;
using Skein.Cluster.Metasync;
using Skein.Cluster.Timeline;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Node.Intra;

/// <summary>
/// Gives other nodes documents of the past and the newest that this node has accepted; everything else is handled by
/// the rest of the intra-cluster protocol.
/// </summary>
/// <param name="rest">The rest.</param>
/// <param name="consensus">Knows what is accepted.</param>
/// <param name="timeline">Knows the past.</param>
internal sealed class DocumentEndpoints(IIntraHandler rest, ConsensusDriver consensus, TimelineReader timeline) : IIntraHandler
{
    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        (method == "GET" && network.HasFlag(NetworkKind.Control) && IsOwn(path)) || rest.Matches(method, path, network);

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, RequestPath path) =>
        IsOwn(path) ? GiveAsync(context, path.Decoded[(IntraPaths.Documents.Length + 1)..]) : rest.HandleAsync(context, path);

    private static bool IsOwn(RequestPath path) =>
        path.Decoded.StartsWith(IntraPaths.Documents + "/", StringComparison.Ordinal);

    private async Task GiveAsync(HttpContext context, string which)
    {
        SealedDocument? document = null;
        if (which == IntraPaths.Accepted)
        {
            document = await consensus.ReadAcceptedAsync(context.RequestAborted).ConfigureAwait(false);
        }
        else if (DocumentStamp.TryParse(which, out var stamp))
        {
            document = timeline.ReadDocument(stamp);
        }
        if (document is not { Document.Exists: true })
        {
            throw new StoreException(StoreErrorCode.NotFound, $"this node has no document \"{which}\"");
        }
        var packed = DocumentTransfer.Pack(document);
        context.Response.ContentType = IntraPaths.DocumentType;
        context.Response.ContentLength = packed.Length;
        context.Response.Headers[HeaderNames.Stamp] = DocumentTag.Of(document).ToString();
        await context.Response.Body.WriteAsync(packed, context.RequestAborted).ConfigureAwait(false);
    }
}
