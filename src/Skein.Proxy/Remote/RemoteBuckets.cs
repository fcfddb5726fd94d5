using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Remote;

/// <summary>Buckets whose objects are kept elsewhere. Their homes are asked through targets.</summary>
internal sealed class RemoteBuckets(PeerClient peers, IControlPlane control, IMetadataSource metadata, TimeProvider time)
    : IRemoteBuckets
{
    private readonly BackendCalls _backends = new(peers, time);

    public async Task<BucketProps> FindAsync(
        CallContext call, BucketName bucket, RemoteLookup options, CancellationToken cancellation)
    {
        RequireAttached(call, bucket);
        var home = options.Asks ? await HeadAsync(call, bucket, cancellation).ConfigureAwait(false) : new BackendBucket();
        if (!options.Adds)
        {
            return BucketProps.CreateRemote(call.Metadata.Document.Config, bucket, home.Versioning, 0, 0);
        }
        if (control.IsPrimary)
        {
            await AddAsync(bucket, home, call.Who, cancellation).ConfigureAwait(false);
        }
        else
        {
            await AskPrimaryAsync(call, bucket, home, cancellation).ConfigureAwait(false);
        }
        return metadata.Current.Document.Buckets.Find(bucket)
            ?? throw new StoreException(
                StoreErrorCode.NotReady, $"{bucket} was added to the cluster's buckets, but is not known here yet: try again");
    }

    public async Task<bool> ConfirmAsync(CallContext call, BucketName bucket, CancellationToken cancellation)
    {
        try
        {
            await HeadAsync(call, bucket, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (StoreException error) when (
            error.Code is StoreErrorCode.Unreachable or StoreErrorCode.NotReady or StoreErrorCode.NotFound
                or StoreErrorCode.ObjectNotFound)
        {
            return false;
        }
    }

    public async Task CreateAsync(
        CallContext call, BucketName bucket, JsonElement? props, CancellationToken cancellation)
    {
        RequireAttached(call, bucket);
        await _backends
            .AskAsync(call.Metadata.Document, BackendOperations.Create, bucket, props, cancellation)
            .ConfigureAwait(false);
        if (metadata.Current.Document.Buckets.Find(bucket) is null)
        {
            var home = await HeadAsync(call, bucket, cancellation).ConfigureAwait(false);
            await AddAsync(bucket, home, call.Who, cancellation).ConfigureAwait(false);
        }
    }

    public async Task DestroyAsync(CallContext call, BucketName bucket, CancellationToken cancellation)
    {
        RequireAttached(call, bucket);
        StoreException? missing = null;
        try
        {
            await _backends
                .AskAsync(call.Metadata.Document, BackendOperations.Destroy, bucket, null, cancellation)
                .ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.RemoteBucketNotFound)
        {
            missing = error;
        }
        if (metadata.Current.Document.Buckets.Find(bucket) is not null)
        {
            await control.ProposeAsync(new DestroyBucket(bucket), call.Who, "", cancellation).ConfigureAwait(false);
        }
        else if (missing is not null)
        {
            throw missing;
        }
    }

    public async Task EvictAsync(
        CallContext call, BucketName bucket, bool keepsMetadata, CancellationToken cancellation)
    {
        if (metadata.Current.Document.Buckets.Find(bucket) is null)
        {
            return;
        }
        ControlChange change = keepsMetadata ? new EvictBucketContent(bucket) : new DestroyBucket(bucket);
        await control.ProposeAsync(change, call.Who, "evict", cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<BucketName>> ListAsync(
        CallContext call, string provider, BucketNamespace ns, CancellationToken cancellation)
    {
        var any = new BucketName("", provider, ns);
        RequireAttached(call, any);
        var body = await _backends
            .AskAsync(call.Metadata.Document, BackendOperations.Buckets, any, null, cancellation)
            .ConfigureAwait(false);
        return BackendCalls.Read(body, WireJsonContext.Default.ListWireBucket).ConvertAll(bucket => bucket.ToName());
    }

    /// <summary>One page of a remote bucket as its home lists it.</summary>
    public async Task<ListObjectsResult> ListObjectsAsync(
        CallContext call, BucketName bucket, ListObjectsMessage message, CancellationToken cancellation)
    {
        RequireAttached(call, bucket);
        var value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.ListObjectsMessage);
        var body = await _backends
            .AskAsync(call.Metadata.Document, BackendOperations.Objects, bucket, value, cancellation)
            .ConfigureAwait(false);
        return BackendCalls.Read(body, WireJsonContext.Default.ListObjectsResult);
    }

    /// <summary>Makes a bucket known; for the primary.</summary>
    public async Task AddAsync(BucketName bucket, BackendBucket home, string who, CancellationToken cancellation)
    {
        var created = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var change = new CreateBucket(
            bucket, (config, id) => BucketProps.CreateRemote(config, bucket, home.Versioning, id, created));
        try
        {
            await control.ProposeAsync(change, who, "first use", cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.BucketExists)
        {
            // Somebody else used it first.
        }
    }

    private async Task<BackendBucket> HeadAsync(CallContext call, BucketName bucket, CancellationToken cancellation) =>
        BackendCalls.Read(
            await _backends
                .AskAsync(call.Metadata.Document, BackendOperations.Head, bucket, null, cancellation)
                .ConfigureAwait(false),
            WireJsonContext.Default.BackendBucket);

    private async Task AskPrimaryAsync(
        CallContext call, BucketName bucket, BackendBucket home, CancellationToken cancellation)
    {
        var primary = control.Primary ?? throw new StoreException(
            StoreErrorCode.NotReady, $"{bucket} is not known yet, and there is no primary to add it: try again");
        var request = new BackendRequest
        {
            Operation = BackendOperations.Add,
            Bucket = WireBucket.From(bucket),
            Value = JsonSerializer.SerializeToElement(home, WireJsonContext.Output.BackendBucket),
        };
        try
        {
            await _backends
                .CallAsync(primary, call.Metadata.Document.Config.Client.Timeout, request, cancellation)
                .ConfigureAwait(false);
        }
        catch (NodeSilentException error)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"{bucket} cannot be added: {error.Message}", error);
        }
        if (metadata.Current.Document.Buckets.Find(bucket) is null)
        {
            await control.CatchUpAsync(DocumentStamp.None, cancellation).ConfigureAwait(false);
        }
    }

    private static void RequireAttached(CallContext call, BucketName bucket)
    {
        if (bucket.Provider != Providers.Ais)
        {
            throw new StoreException(
                StoreErrorCode.MissingBackend, $"\"{bucket.Provider}\" backend is missing in the cluster configuration");
        }
        RemoteClusters.Of(call.Metadata.Document.Config).Require(bucket.Namespace.Uuid);
    }
}
