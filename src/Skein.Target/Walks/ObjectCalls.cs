using System.Globalization;
using System.Net;
using System.Text.Json;
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
using Skein.Target.Copies;
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

    /// <summary>Id of this target.</summary>
    public string Self => facts.Self.Id;

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
        var what = new RequestedObject(AsClient(), bucket, props, name);
        try
        {
            var found = await objects
                .HeadAsync(new HeadObjectRequest { Object = what }, cancellation)
                .ConfigureAwait(false);
            if (IsLater(found.Attributes.Stamp, writtenBefore))
            {
                return null;
            }
            await objects
                .DeleteAsync(new DeleteObjectRequest { Object = what }, cancellation)
                .ConfigureAwait(false);
            return found.Attributes.Size;
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
    }

    /// <summary>A call as a redirected client would make it.</summary>
    public CallContext AsClient() => new()
    {
        Metadata = metadata.Current,
        Network = NetworkKind.Data,
        IsRedirected = true,
        Who = facts.Self.DisplayName,
    };

    /// <summary>Bytes of an object, wherever it is; null when there is none.</summary>
    /// <exception cref="StoreException">When that is not known.</exception>
    /// <param name="what">The object.</param>
    /// <param name="latest">True to ask the home of a remote bucket; else what is stored in this cluster counts.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<long?> FindSizeAsync(
        (BucketName Bucket, BucketProps Props, string Name) what, bool latest, CancellationToken cancellation)
    {
        var (bucket, props, name) = what;
        var owner = OwnerOf(bucket, name);
        if (owner.Id != facts.Self.Id)
        {
            return (await FindThereAsync(owner, bucket, name, (AtHome: true, latest), cancellation).ConfigureAwait(false))?.Size;
        }
        try
        {
            var request = new HeadObjectRequest
            {
                Object = new(AsClient(), bucket, props, name),
                LatestVersion = latest,
            };
            return (await objects.HeadAsync(request, cancellation).ConfigureAwait(false)).Attributes.Size;
        }
        catch (StoreException e) when (e.Code is StoreErrorCode.ObjectNotFound or StoreErrorCode.Gone)
        {
            return null;
        }
        catch (StoreException e) when (latest && e.Code == StoreErrorCode.Busy)
        {
            return 0; // another version than here: it is there
        }
    }

    /// <summary>
    /// Tells the owner of an object to copy it. A client could not: neither bucket takes writes while it is renamed.
    /// </summary>
    /// <returns>Its bytes; null when there is none.</returns>
    /// <exception cref="StoreException">When it was not copied.</exception>
    public async Task<long?> CopyThereAsync(NodeInfo owner, CopyOrder order, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(order, WalkJsonContext.Default.CopyOrder));
        using var answer = await SendAsync(
            owner, new PeerRequest(HttpMethod.Post, CopyOrder.Path, content), cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        }
        try
        {
            await answer.Content.LoadIntoBufferAsync(CopyMessages.MaxAnswer, cancellation).ConfigureAwait(false);
            var json = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, WalkJsonContext.Default.CopyOrderAnswer)?.Bytes;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{owner.DisplayName}: {e.Message}", e);
        }
    }

    /// <summary>True when this target owns a name now.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when nobody does.</exception>
    public bool OwnsHere(BucketName bucket, string name) => OwnerOf(bucket, name).Id == facts.Self.Id;

    /// <summary>Has the owner read, and thereby fetch, an object of a remote bucket; a missing one is no error.</summary>
    /// <exception cref="StoreException">When it could not be read.</exception>
    public async Task ReadThereAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        var owner = OwnerOf(bucket, name);
        using var answer = await SendAsync(
            owner,
            new PeerRequest(HttpMethod.Get, PathOf(bucket, name) + Marks(), Range: (0, 1)) { IsForClient = true },
            cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode
            && answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable))
        {
            throw await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Has the owner remove what is stored there of an object of a remote bucket; nothing is no error.</summary>
    /// <exception cref="StoreException">When it could not be removed.</exception>
    public async Task EvictThereAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        var owner = OwnerOf(bucket, name);
        using var message = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new ActionMessage { Action = Actions.EvictNames }, WireJsonContext.Output.ActionMessage));
        using var answer = await SendAsync(
            owner,
            new PeerRequest(HttpMethod.Delete, PathOf(bucket, name) + Marks(), message) { IsForClient = true },
            cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NotFound)
        {
            throw await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsLater(WriteStamp stamp, long? writtenBefore) =>
        writtenBefore is { } limit && stamp.WrittenMilliseconds > limit;

    private async Task<long?> DeleteThereAsync(
        NodeInfo owner, BucketName bucket, string name, long? writtenBefore, CancellationToken cancellation)
    {
        var found = await FindThereAsync(owner, bucket, name, (AtHome: false, Latest: false), cancellation).ConfigureAwait(false);
        if (found is not null && IsLater(found.Stamp, writtenBefore))
        {
            return null;
        }
        using var answer = await SendAsync(
            owner,
            new PeerRequest(HttpMethod.Delete, PathOf(bucket, name) + Marks()) { IsForClient = true },
            cancellation).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return found?.Size ?? 0;
        }
        var error = await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        return error.Code is StoreErrorCode.ObjectNotFound or StoreErrorCode.NotFound ? null : throw error;
    }

    /// <summary>What another target has; null for nothing.</summary>
    /// <param name="owner">The target.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The object.</param>
    /// <param name="where">
    /// Of a remote bucket: whether it has the home asked for what it does not have, and for what is newer there.
    /// </param>
    /// <param name="cancellation">Gives up.</param>
    private async Task<ObjectAttributes?> FindThereAsync(
        NodeInfo owner, BucketName bucket, string name, (bool AtHome, bool Latest) where, CancellationToken cancellation)
    {
        var isLatest = where.Latest && bucket.IsRemote;
        var request = new PeerRequest(
            HttpMethod.Head, PathOf(bucket, name) + (isLatest ? $"&{QueryNames.LatestVersion}=true" : ""))
        {
            IsForClient = where.AtHome && bucket.IsRemote,
        };
        using var answer = await SendAsync(owner, request, cancellation).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => NeighbourAnswer.Attributes(answer),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => null,
            HttpStatusCode.Conflict when isLatest => new ObjectAttributes { Size = 0, Checksum = Checksum.None },
            _ => throw await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false),
        };
    }

    private static string PathOf(BucketName bucket, string name) =>
        $"/v1/objects/{bucket.Name}/{PercentEncoding.EncodePath(name)}?" + BucketPath(bucket).Split('?', 2)[1];

    /// <summary>What a redirect adds to a query.</summary>
    private string Marks() => string.Create(
        CultureInfo.InvariantCulture,
        $"&{QueryNames.ProxyId}={facts.Self.Id}&{QueryNames.RedirectTime}={time.GetUtcNow().ToUnixTimeMilliseconds()}000000"
            + $"&{QueryNames.Stamp}={Uri.EscapeDataString(metadata.Current.Stamp.ToString())}");

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
