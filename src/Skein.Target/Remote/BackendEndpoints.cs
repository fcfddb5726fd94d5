using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;
using Skein.Target.Backends;

namespace Skein.Target.Remote;

/// <summary>What proxies ask of the backends of this target; on the control network only.</summary>
internal sealed class BackendEndpoints(BackendSet backends, PeerCalls calls) : IIntraHandler
{
    /// <summary>Largest request, in bytes.</summary>
    private const int MaxRequest = 1 << 20;

    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded == BackendOperations.Path;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        _ = await calls.CallerAsync(context, role: null).ConfigureAwait(false);
        var request = await PeerCalls
            .ReadAsync(context, WireJsonContext.Default.BackendRequest, MaxRequest)
            .ConfigureAwait(false);
        await PeerCalls
            .AnswerAsync(context, await ServeAsync(request, context.RequestAborted).ConfigureAwait(false))
            .ConfigureAwait(false);
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
}
