using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;
using Skein.Target.Backends;

namespace Skein.Target.Remote;

/// <summary>What proxies ask of the backends of this target; on the control network only.</summary>
internal sealed class BackendEndpoints(BackendSet backends, IMetadataSource metadata, IControlPlane control) : IIntraHandler
{
    /// <summary>Largest request, in bytes.</summary>
    private const int MaxRequest = 1 << 20;

    /// <summary>How long a request waits for the document that it was made under.</summary>
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(2);

    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded == BackendOperations.Path;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var stamp = StampHeader.ReadStamp(context.Request.Headers[HeaderNames.Stamp].ToString());
        if (stamp > metadata.Current.Stamp)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            limit.CancelAfter(CatchUpLimit);
            await control.CatchUpAsync(stamp, limit.Token).ConfigureAwait(false);
        }
        var caller = context.Request.Headers[HeaderNames.CallerId].ToString();
        if (metadata.Current.Document.Map.Find(caller) is null)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"\"{caller}\" is no node of this cluster");
        }
        var answer = await ServeAsync(await ReadAsync(context).ConfigureAwait(false), context.RequestAborted)
            .ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<byte[]> ServeAsync(BackendRequest request, CancellationToken cancellation)
    {
        if (request.Operation == BackendOperations.Buckets)
        {
            var any = new Core.Buckets.BucketName(
                "", request.Bucket.Provider,
                new Core.Buckets.BucketNamespace(request.Bucket.Namespace?.Uuid ?? "", request.Bucket.Namespace?.Name ?? ""));
            var listed = await backends.Of(any).ListBucketsAsync(any.Namespace, cancellation).ConfigureAwait(false);
            return JsonSerializer.SerializeToUtf8Bytes(
                listed.Select(WireBucket.From).ToList(), WireJsonContext.Output.ListWireBucket);
        }
        var bucket = request.Bucket.ToName();
        var backend = backends.Of(bucket);
        switch (request.Operation)
        {
            case BackendOperations.Head:
                var home = await backend.HeadBucketAsync(bucket, cancellation).ConfigureAwait(false);
                return JsonSerializer.SerializeToUtf8Bytes(home, WireJsonContext.Output.BackendBucket);
            case BackendOperations.Create:
                var props = request.Value is { ValueKind: JsonValueKind.Object } value ? value.GetRawText() : null;
                await backend.CreateBucketAsync(bucket, props, cancellation).ConfigureAwait(false);
                return [];
            case BackendOperations.Destroy:
                await backend.DestroyBucketAsync(bucket, cancellation).ConfigureAwait(false);
                return [];
            case BackendOperations.Objects:
                var message = request.Value?.Deserialize(WireJsonContext.Default.ListObjectsMessage)
                    ?? new ListObjectsMessage();
                var page = await backend.ListAsync(bucket, message, cancellation).ConfigureAwait(false);
                return JsonSerializer.SerializeToUtf8Bytes(page, WireJsonContext.Output.ListObjectsResult);
            default:
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"invalid operation \"{request.Operation}\"");
        }
    }

    private static async Task<BackendRequest> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= MaxRequest) and var length)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"a request of {length} bytes");
        }
        try
        {
            return await JsonSerializer
                .DeserializeAsync(context.Request.Body, WireJsonContext.Default.BackendRequest, context.RequestAborted)
                .ConfigureAwait(false)
                ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"the request cannot be read: {error.Message}", error);
        }
    }
}
