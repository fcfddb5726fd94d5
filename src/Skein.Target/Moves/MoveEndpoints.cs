using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;
using Skein.Storage.Objects;
using Skein.Target.Buckets;

namespace Skein.Target.Moves;

/// <summary>What targets ask of each other when objects move; on the data network only.</summary>
internal sealed class MoveEndpoints(
    MoveReceiver receiver, ObjectStore store, BucketReferences buckets, PeerCalls calls) : IIntraHandler
{
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Data)
        && path.Decoded is MoveMessages.OfferPath or MoveMessages.FetchPath;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var caller = await calls.CallerAsync(context, NodeRole.Target).ConfigureAwait(false);
        var batch = await ReadAsync(context).ConfigureAwait(false);
        context.Response.Headers[HeaderNames.Stamp] = StampHeader.Format(calls.Metadata);
        context.Response.ContentType = MoveMessages.MediaType;
        if (path.Decoded == MoveMessages.FetchPath)
        {
            await GiveAsync(batch, context.Response.BodyWriter, context.RequestAborted).ConfigureAwait(false);
            return;
        }
        var answer = MoveMessages.Encode(
            await receiver.TakeAsync(caller, batch, context.RequestAborted).ConfigureAwait(false));
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<MoveBatch> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= MoveLimits.MessageBytes) and var length)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"a batch of {length} bytes");
        }
        var body = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted).ConfigureAwait(false);
        try
        {
            return MoveMessages.DecodeBatch(body);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"the batch cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Sends each object that is still here as it was offered; the others are marked as gone.</summary>
    private async Task GiveAsync(MoveBatch batch, PipeWriter body, CancellationToken cancellation)
    {
        var props = calls.Metadata.Document.Buckets.Find(batch.Bucket);
        var bucket = props is not null && props.BucketId == batch.BucketId ? buckets.Of(batch.Bucket, props) : null;
        foreach (var item in batch.Objects)
        {
            using var handle = bucket is null
                ? null
                : await store.OpenReadAsync(bucket, item.Name, cancellation).ConfigureAwait(false);
            var attributes = handle?.Attributes.Stamp == item.Stamp ? handle.Attributes : null;
            var header = attributes is null ? [] : ObjectAttributesCodec.Encode(attributes, batch.BucketId);
            BinaryPrimitives.WriteInt32LittleEndian(body.GetSpan(sizeof(int)), header.Length);
            body.Advance(sizeof(int));
            header.CopyTo(body.GetSpan(header.Length + 1));
            body.Advance(header.Length);
            if (attributes is not null)
            {
                await SendAsync(handle!, attributes.Size, body, cancellation).ConfigureAwait(false);
            }
            if (body.UnflushedBytes > MoveLimits.ChunkBytes)
            {
                await body.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
        await body.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task SendAsync(ObjectHandle handle, long size, PipeWriter body, CancellationToken cancellation)
    {
        for (var position = 0L; position < size;)
        {
            var wanted = (int)Math.Min(MoveLimits.ChunkBytes, size - position);
            var read = RandomAccess.Read(handle.File, body.GetSpan(wanted)[..wanted], position);
            if (read == 0)
            {
                throw new EndOfStreamException($"an object's file ends at {position}, expected {size}");
            }
            body.Advance(read);
            position += read;
            if (position < size)
            {
                await body.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }
}
