using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Target.Copies;

/// <summary>Takes copies from other targets; on the data network only.</summary>
internal sealed class CopyEndpoints(CopyReceiver receiver, PeerCalls calls) : IIntraHandler
{
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Data)
        && path.Decoded is CopyMessages.AskPath or CopyMessages.StorePath;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var cancellation = context.RequestAborted;
        _ = await calls.CallerAsync(context, NodeRole.Target).ConfigureAwait(false);
        var body = context.Request.BodyReader;
        var offer = await ReadOfferAsync(body, cancellation).ConfigureAwait(false);
        var wasThere = path.Decoded == CopyMessages.AskPath
            ? await receiver.HasAsync(offer, cancellation).ConfigureAwait(false)
            : !await receiver.ReceiveAsync(offer, body, cancellation).ConfigureAwait(false);
        var answer = JsonSerializer.SerializeToUtf8Bytes(new CopyAnswer(wasThere), CopyJsonContext.Default.CopyAnswer);
        context.Response.Headers[HeaderNames.Stamp] = StampHeader.Format(calls.Metadata);
        await PeerCalls.AnswerAsync(context, answer).ConfigureAwait(false);
    }

    private static async Task<CopyOffer> ReadOfferAsync(PipeReader body, CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        await ReadExactlyAsync(body, head, cancellation).ConfigureAwait(false);
        var json = new byte[CopyMessages.ReadLength(head)];
        await ReadExactlyAsync(body, json, cancellation).ConfigureAwait(false);
        return CopyMessages.Decode(json);
    }

    private static async Task ReadExactlyAsync(PipeReader body, Memory<byte> into, CancellationToken cancellation)
    {
        while (into.Length > 0)
        {
            var result = await body.ReadAsync(cancellation).ConfigureAwait(false);
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, into.Length));
            var taken = (int)part.Length;
            System.Buffers.BuffersExtensions.CopyTo(part, into.Span);
            body.AdvanceTo(part.End);
            into = into[taken..];
            if (result.IsCompleted && taken == 0 && into.Length > 0)
            {
                throw new StoreException(StoreErrorCode.TruncatedBody, "unexpected EOF: the offer of a copy is cut short");
            }
        }
    }
}
