using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Proxy.Remote;

/// <summary>What other proxies ask of the primary: to make a remote bucket known. On the control network only.</summary>
internal sealed class RemoteBucketEndpoints(RemoteBuckets buckets, IControlPlane control, IMetadataSource metadata)
    : IIntraHandler
{
    /// <summary>Largest request, in bytes.</summary>
    private const int MaxRequest = 64 << 10;

    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded == BackendOperations.Path;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var caller = context.Request.Headers[HeaderNames.CallerId].ToString();
        if (metadata.Current.Document.Map.Find(caller) is not { } node)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"\"{caller}\" is no node of this cluster");
        }
        if (!control.IsPrimary)
        {
            throw new StoreException(StoreErrorCode.NotReady, "this proxy is not the primary, try again");
        }
        var request = await PeerCalls
            .ReadAsync(context, WireJsonContext.Default.BackendRequest, MaxRequest)
            .ConfigureAwait(false);
        if (request.Operation != BackendOperations.Add)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid operation \"{request.Operation}\"");
        }
        var bucket = request.Bucket.ToName();
        if (!bucket.IsRemote)
        {
            throw new StoreException(StoreErrorCode.NotRemoteBucket, $"expecting remote bucket (have {bucket})");
        }
        BackendBucket home;
        try
        {
            home = request.Value?.Deserialize(WireJsonContext.Default.BackendBucket) ?? new BackendBucket();
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"the request cannot be read: {WireJson.Reason(error)}", error);
        }
        await buckets.AddAsync(bucket, home, node.DisplayName, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers[HeaderNames.Stamp] = StampHeader.Format(metadata.Current);
        context.Response.ContentLength = 0;
    }
}
