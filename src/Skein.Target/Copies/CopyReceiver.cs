using System.IO.Pipelines;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Copies;

/// <summary>
/// Stores copies whose destination this target owns. To the destination a copy is an ordinary write: it passes the gate,
/// gets a stamp of its own, and continues the version of what it replaces; in a remote bucket it goes to its home.
/// </summary>
internal sealed class CopyReceiver(TargetServices services, IObjectHandler objects)
{

    /// <summary>True when the destination has the same bytes and custom metadata already, by size and checksum.</summary>
    /// <exception cref="StoreException">When this target may not say so, or the bucket does not exist.</exception>
    public async Task<bool> HasAsync(CopyOffer offer, CancellationToken cancellation)
    {
        var request = Request(offer, EmptyBody());
        if (offer.OnlyIfMissing)
        {
            return await ExistsAsync(request, cancellation).ConfigureAwait(false);
        }
        if (request.Declared is null)
        {
            return false;
        }
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        if (request.Bucket.IsRemote)
        {
            return await HomeHasAsync(request, cancellation).ConfigureAwait(false);
        }
        var stat = await services.Store.StatAsync(services.Bucket(request), request.Name, cancellation).ConfigureAwait(false);
        if (stat is null || !PutObject.IsSame(request, PutObject.Canonical(request), stat.Attributes)
            || Neighbours.MayHave(request.Call))
        {
            return false;
        }
        services.Confirm(request, ownership);
        return true;
    }

    /// <summary>Stores a copy; durable as its bucket asks when it returns.</summary>
    /// <returns>False when it was there already.</returns>
    /// <exception cref="StoreException">
    /// When it was not stored: <see cref="StoreErrorCode.NotReady"/> when the name is not this target's,
    /// <see cref="StoreErrorCode.BadChecksum"/> when other bytes came, or as every write.
    /// </exception>
    public async Task<bool> StoreAsync(CopyOffer offer, PipeReader body, CancellationToken cancellation)
    {
        if (offer.OnlyIfMissing && await HasAsync(offer, cancellation).ConfigureAwait(false))
        {
            return false;
        }
        var stored = await objects.PutAsync(Request(offer, body), cancellation).ConfigureAwait(false);
        return stored.Attributes is not null;
    }

    /// <summary>As <see cref="StoreAsync"/>, for bytes that come from another target.</summary>
    public async Task<bool> ReceiveAsync(CopyOffer offer, PipeReader body, CancellationToken cancellation)
    {
        var isStored = await StoreAsync(offer, body, cancellation).ConfigureAwait(false);
        if (isStored)
        {
            services.Counters.Increment(NodeCounter.StreamIn);
            services.Counters.Add(NodeCounter.StreamInBytes, offer.Size);
        }
        return isStored;
    }

    private async Task<bool> HomeHasAsync(PutObjectRequest request, CancellationToken cancellation)
    {
        try
        {
            var head = new HeadObjectRequest { Object = request.Object, LatestVersion = true };
            var home = (await objects.HeadAsync(head, cancellation).ConfigureAwait(false)).Attributes;
            var declared = PutObject.Canonical(request);
            return (home.Checksum == declared || home.Checksum == request.Declared) && home.Size == request.Length
                && RemoteStore.WithoutSource(request, home.Custom)
                    .SequenceEqual(RemoteStore.WithoutSource(request, request.Custom));
        }
        catch (StoreException e) when (e.Code is StoreErrorCode.ObjectNotFound or StoreErrorCode.Gone or StoreErrorCode.Busy)
        {
            return false;
        }
    }

    private async Task<bool> ExistsAsync(PutObjectRequest request, CancellationToken cancellation)
    {
        await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        try
        {
            await objects.HeadAsync(new HeadObjectRequest { Object = request.Object }, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.ObjectNotFound)
        {
            return false;
        }
    }

    private static PipeReader EmptyBody() => PipeReader.Create(Stream.Null);

    private PutObjectRequest Request(CopyOffer offer, PipeReader body)
    {
        var document = services.Metadata.Current;
        var bucket = BucketName.ParseUname(offer.Bucket);
        ObjectName.Validate(offer.Name);
        if (document.Document.Buckets.Find(bucket) is not { } props || props.BucketId != offer.BucketId)
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
        }
        return new PutObjectRequest
        {
            // a copy that comes from another node is judged as a client's write: this target must own the name
            Object = new(
                new CallContext { Metadata = document, Network = NetworkKind.Data, IsRedirected = true }, bucket, props,
                offer.Name),
            Body = body,
            Length = offer.Size,
            Declared = Declared(offer),
            Custom = offer.Custom,
            ComparesCustom = true,
        };
    }

    private static Checksum? Declared(CopyOffer offer) => offer.ChecksumType switch
    {
        ChecksumTypes.None => null,
        ChecksumTypes.XxHash2 => new Checksum(ChecksumTypes.XxHash, offer.ChecksumValue),
        var type when ChecksumTypes.IsKnown(type) => new Checksum(type, offer.ChecksumValue),
        var type => throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid checksum type \"{type}\""),
    };
}
