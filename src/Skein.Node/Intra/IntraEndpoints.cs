using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Node.Intra;

/// <summary>The receiver's half of the intra-cluster protocol; the sender's is <see cref="HttpPeerTransport"/>.</summary>
/// <param name="self">This node.</param>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="receiver">Takes documents.</param>
/// <param name="primary">Admits nodes; null on a target.</param>
/// <param name="liveness">Who is alive: keepalives and probes.</param>
internal sealed class IntraEndpoints(
    NodeInfo self,
    MetadataOwner owner,
    MetasyncReceiver receiver,
    PrimaryService? primary,
    KeepAliveEndpoints liveness) : IIntraHandler
{
    private const int MaxJoinBody = 64 << 10;

    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) => path.Decoded switch
    {
        IntraPaths.Join => method == "POST",
        IntraPaths.Identity => method == "GET",
        IntraPaths.Metasync => network.HasFlag(NetworkKind.Control) && method is "GET" or "PUT",
        var other => network.HasFlag(NetworkKind.Control) && method switch
        {
            "POST" => other.StartsWith(IntraPaths.KeepAlive + "/", StringComparison.Ordinal),
            "GET" => other.StartsWith(IntraPaths.Probe + "/", StringComparison.Ordinal),
            _ => false,
        },
    };

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, RequestPath path)
    {
        context.Response.Headers[HeaderNames.Stamp] = DocumentTag.Of(owner.Current).ToString();
        return path.Decoded switch
        {
            IntraPaths.Join => JoinAsync(context),
            IntraPaths.Identity => JsonAsync(context, 200, self, IntraJsonContext.Default.NodeInfo),
            IntraPaths.Metasync when context.Request.Method == "PUT" => TakeAsync(context),
            IntraPaths.Metasync => GiveAsync(context),
            _ => liveness.HandleAsync(context, path.Decoded),
        };
    }

    private async Task TakeAsync(HttpContext context)
    {
        SealedDocument document;
        try
        {
            document = await DocumentTransfer.UnpackAsync(context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"control document cannot be read: {e.Message}", e);
        }
        var reply = await receiver.ReceiveAsync(document, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers[HeaderNames.Stamp] = reply.Tag.ToString();
        await JsonAsync(
            context, 200, new IntraPushReply { Reason = reply.Reason }, IntraJsonContext.Default.IntraPushReply)
            .ConfigureAwait(false);
    }

    private async Task GiveAsync(HttpContext context)
    {
        var document = owner.Current;
        if (!document.Document.Exists)
        {
            throw new StoreException(StoreErrorCode.NotFound, "this node belongs to no cluster yet");
        }
        await SendDocumentAsync(context, document).ConfigureAwait(false);
    }

    private async Task JoinAsync(HttpContext context)
    {
        var request = await ReadJoinAsync(context).ConfigureAwait(false);
        JoinReply reply;
        if (primary is not null)
        {
            reply = await primary.AdmitAsync(request, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            reply = PrimaryService.Redirect(owner, self.Id);
        }
        switch (reply)
        {
            case JoinReply.Admitted admitted:
                liveness.Joined(request.Node.Id);
                await SendDocumentAsync(context, admitted.Document).ConfigureAwait(false);
                break;
            case JoinReply.NotPrimary other:
                await ReplyAsync(context, 421, new IntraJoinReply { PrimaryUrls = other.PrimaryUrls }).ConfigureAwait(false);
                break;
            case JoinReply.Refused refused:
                await ReplyAsync(context, 409, new IntraJoinReply { Reason = refused.Reason }).ConfigureAwait(false);
                break;
            case JoinReply.NotReady wait:
                context.Response.Headers.RetryAfter = ErrorResponse.RetryAfter;
                await ReplyAsync(context, 503, new IntraJoinReply { Reason = wait.Reason }).ConfigureAwait(false);
                break;
            default:
                await ReplyAsync(context, 500, new IntraJoinReply()).ConfigureAwait(false);
                break;
        }
    }

    private static async Task<JoinRequest> ReadJoinAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= MaxJoinBody))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "invalid Snode: nil");
        }
        IntraJoinRequest? body;
        try
        {
            body = await JsonSerializer
                .DeserializeAsync(context.Request.Body, IntraJsonContext.Default.IntraJoinRequest, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"request to join cannot be read: {WireJson.Reason(e)}", e);
        }
        if (body?.Node is null || body.Node.PublicNet is null || body.Node.ControlNet is null || body.Node.DataNet is null)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "invalid Snode: nil");
        }
        return new JoinRequest(
            body.Node,
            body.ClusterUuid,
            DocumentStamp.TryParse(body.Stamp, out var stamp) ? stamp : DocumentStamp.None,
            body.Protocol,
            body.ByAdministrator)
        {
            IsNewborn = body.IsNewborn,
        };
    }

    private static async Task SendDocumentAsync(HttpContext context, SealedDocument document)
    {
        var packed = DocumentTransfer.Pack(document);
        context.Response.StatusCode = 200;
        context.Response.ContentType = IntraPaths.DocumentType;
        context.Response.ContentLength = packed.Length;
        context.Response.Headers[HeaderNames.Stamp] = DocumentTag.Of(document).ToString();
        await context.Response.Body.WriteAsync(packed, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task ReplyAsync(HttpContext context, int status, IntraJoinReply reply) =>
        JsonAsync(context, status, reply, IntraJsonContext.Default.IntraJoinReply);

    internal static async Task JsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
