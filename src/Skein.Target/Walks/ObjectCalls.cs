using System.Globalization;
using System.Net;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;
using Skein.Target.Objects;

namespace Skein.Target.Walks;

/// <summary>
/// Changes single objects for a job, wherever they belong: here by the same code that serves clients, elsewhere by the
/// request that a redirected client would send to the owner.
/// </summary>
internal sealed class ObjectCalls(
    IObjectHandler objects, PeerClient peers, IMetadataSource metadata, INodeFacts facts, TimeProvider time)
{
    /// <summary>Path and query of a bucket.</summary>
    public static string BucketPath(BucketName bucket)
    {
        var path = $"/v1/buckets/{bucket.Name}?{QueryNames.Provider}={bucket.Provider}";
        return bucket.Namespace.IsGlobal
            ? path
            : $"{path}&{QueryNames.Namespace}={Uri.EscapeDataString(bucket.Namespace.ToString())}";
    }

    /// <summary>The target that owns a name now; null when there is none.</summary>
    public NodeInfo? FindOwner(BucketName bucket, string name) =>
        metadata.Current.Document.Map.Owner(HrwDigest.OfObject(bucket.Uname, name));

    /// <summary>The target that owns a name now.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when there is none.</exception>
    public NodeInfo OwnerOf(BucketName bucket, string name) =>
        FindOwner(bucket, name)
            ?? throw new StoreException(StoreErrorCode.NotReady, $"no target owns {bucket}/{name} at the moment");

    /// <summary>Deletes an object.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="props">Its properties.</param>
    /// <param name="name">The object.</param>
    /// <param name="writtenBefore">
    /// Unix milliseconds: an object that was written later stays; null to delete whatever there is.
    /// </param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Bytes of the object; null when there was nothing to delete.</returns>
    /// <exception cref="StoreException">When it could not be deleted.</exception>
    public async Task<long?> DeleteAsync(
        BucketName bucket, BucketProps props, string name, long? writtenBefore, CancellationToken cancellation)
    {
        var owner = OwnerOf(bucket, name);
        if (owner.Id != facts.Self.Id)
        {
            return await DeleteThereAsync(owner, bucket, name, writtenBefore, cancellation).ConfigureAwait(false);
        }
        var call = new CallContext
        {
            Metadata = metadata.Current,
            Network = NetworkKind.Data,
            IsRedirected = true,
            Who = facts.Self.DisplayName,
        };
        try
        {
            var found = await objects
                .HeadAsync(
                    new HeadObjectRequest { Call = call, Bucket = bucket, Props = props, Name = name }, cancellation)
                .ConfigureAwait(false);
            if (IsLater(found.Attributes.Stamp, writtenBefore))
            {
                return null;
            }
            await objects
                .DeleteAsync(
                    new DeleteObjectRequest { Call = call, Bucket = bucket, Props = props, Name = name }, cancellation)
                .ConfigureAwait(false);
            return found.Attributes.Size;
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
    }

    private static bool IsLater(WriteStamp stamp, long? writtenBefore) =>
        writtenBefore is { } limit && stamp.Clock >> 16 > limit;

    private async Task<long?> DeleteThereAsync(
        NodeInfo owner, BucketName bucket, string name, long? writtenBefore, CancellationToken cancellation)
    {
        var path = $"/v1/objects/{bucket.Name}/{PercentEncoding.EncodePath(name)}?" + BucketPath(bucket).Split('?', 2)[1];
        var size = 0L;
        using (var found = await SendAsync(owner, new PeerRequest(HttpMethod.Head, path), cancellation).ConfigureAwait(false))
        {
            if (found.StatusCode == HttpStatusCode.OK)
            {
                var attributes = NeighbourAnswer.Attributes(found);
                if (IsLater(attributes.Stamp, writtenBefore))
                {
                    return null;
                }
                size = attributes.Size;
            }
            else if (found.StatusCode != HttpStatusCode.NotFound)
            {
                throw await PeerErrors.ReadAsync(owner, found, cancellation).ConfigureAwait(false);
            }
        }
        var marks = string.Create(
            CultureInfo.InvariantCulture,
            $"&{QueryNames.RedirectTime}={time.GetUtcNow().ToUnixTimeMilliseconds()}000000"
                + $"&{QueryNames.Stamp}={Uri.EscapeDataString(metadata.Current.Stamp.ToString())}");
        using var answer = await SendAsync(
            owner, new PeerRequest(HttpMethod.Delete, path + marks) { IsForClient = true }, cancellation).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return size;
        }
        var error = await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        return error.Code is StoreErrorCode.ObjectNotFound or StoreErrorCode.NotFound ? null : throw error;
    }

    private async Task<HttpResponseMessage> SendAsync(
        NodeInfo node, PeerRequest request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(metadata.Current.Document.Config.Client.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await peers.SendAsync(node, NetworkKind.Data, request, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{node.DisplayName} did not answer in time", error);
        }
    }
}
