using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Target.Copies;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Walks;

/// <summary>
/// Copies single objects for a job: from here when this target owns the name, after it has fetched what may be newer
/// elsewhere; else the owner is told to do so.
/// </summary>
internal sealed class SourceCopies(TargetServices services, ObjectCopier copier, ObjectCalls calls, RemoteParts remote)
{
    private readonly FetchObject _fetch = new(services);

    /// <summary>Who owns what.</summary>
    public ObjectCalls Calls => calls;

    /// <summary>Copies an object; null when there is none.</summary>
    /// <param name="source">What is copied.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="latest">True to look first whether its home has a newer one, in a remote bucket.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When it could not be copied.</exception>
    public async Task<CopyResult?> CopyAsync(
        (BucketName Bucket, BucketProps Props, string Name) source,
        (BucketName Bucket, string Name) destination,
        bool latest,
        CancellationToken cancellation)
    {
        var owner = calls.OwnerOf(source.Bucket, source.Name);
        if (owner.Id != services.Facts.Self.Id)
        {
            var size = await calls
                .CopyThereAsync(
                    owner,
                    new CopyOrder(source.Bucket.Uname, source.Name, destination.Bucket.Uname, destination.Name, latest),
                    cancellation)
                .ConfigureAwait(false);
            return size is { } bytes ? new CopyResult(bytes, IsWritten: true, IsLocal: false) : null;
        }
        await FetchNewestAsync(source, cancellation).ConfigureAwait(false);
        if (source.Bucket.IsRemote)
        {
            var request = new HeadObjectRequest
            {
                Object = new(calls.AsClient(), source.Bucket, source.Props, source.Name),
            };
            if (await remote.PrefetchAsync(request, latest, cancellation).ConfigureAwait(false) is null)
            {
                return null;
            }
        }
        return await copier
            .CopyAsync(
                services.Buckets.Of(source.Bucket, source.Props), source.Name, destination.Bucket, destination.Name,
                cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Copies an object that this target is thought to own; its bytes, or null when there is none.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when it is not, or when it could not be copied.
    /// </exception>
    public async Task<long?> ObeyAsync(CopyOrder order, CancellationToken cancellation)
    {
        var bucket = BucketName.ParseUname(order.Bucket);
        var props = services.Metadata.Current.Document.Buckets.Find(bucket)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
        if (!calls.OwnsHere(bucket, order.Name))
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{services.Facts.Self.DisplayName} does not own {bucket}/{order.Name} any more");
        }
        var copied = await CopyAsync(
            (bucket, props, order.Name), (BucketName.ParseUname(order.ToBucket), order.ToName), order.Latest, cancellation)
            .ConfigureAwait(false);
        return copied?.Bytes;
    }

    /// <summary>What would be copied; null when there is no such object.</summary>
    /// <exception cref="StoreException">When that is not known.</exception>
    public async Task<CopyResult?> LookAsync(
        (BucketName Bucket, BucketProps Props, string Name) source, CancellationToken cancellation) =>
        await calls.FindSizeAsync(source, latest: false, cancellation).ConfigureAwait(false) is { } bytes
            ? new CopyResult(bytes, IsWritten: false, IsLocal: true)
            : null;

    /// <summary>While objects may lie where an older map put them: brings a newer copy here first.</summary>
    private async Task FetchNewestAsync(
        (BucketName Bucket, BucketProps Props, string Name) source, CancellationToken cancellation)
    {
        var request = new HeadObjectRequest
        {
            Object = new(calls.AsClient(), source.Bucket, source.Props, source.Name),
        };
        if (!Neighbours.MayHave(request.Call))
        {
            return;
        }
        _ = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Moves.Commits.Enter(services.Metadata.Current.Document.Rebalance.OwnersVersion);
        var here = await services.Store
            .StatAsync(services.Bucket(request), source.Name, cancellation)
            .ConfigureAwait(false);
        var newer = await services.Neighbours
            .FindAsync(request, here?.Attributes.Stamp, toleratesSilence: false, cancellation)
            .ConfigureAwait(false);
        if (newer is not null)
        {
            await _fetch.RunAsync(request, newer, cancellation).ConfigureAwait(false);
        }
    }
}
