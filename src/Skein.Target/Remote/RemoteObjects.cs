using System.IO.Pipelines;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>
/// Serves objects of remote buckets: what is stored here from here, everything else from its home. Changes go to the home
/// first; when it refuses, nothing has changed here. Objects of this cluster's buckets, and whatever other nodes ask, are
/// served as ever.
/// </summary>
internal sealed class RemoteObjects(
    TargetServices services, IObjectHandler local, BackendSet backends, ColdFetches fetches, NameQueue names, RemoteStore store)
    : IObjectHandler
{
    /// <summary>How often an object may be evicted between fetching and opening it.</summary>
    private const int MaxAttempts = 3;

    public Task<ObjectContent> GetAsync(GetObjectRequest request, CancellationToken cancellation) =>
        IsLocal(request) ? local.GetAsync(request, cancellation) : GetRemoteAsync(request, cancellation);

    public Task<ObjectDescription> HeadAsync(HeadObjectRequest request, CancellationToken cancellation) =>
        IsLocal(request) ? local.HeadAsync(request, cancellation) : HeadRemoteAsync(request, cancellation);

    public Task<PutObjectResult> PutAsync(PutObjectRequest request, CancellationToken cancellation) =>
        IsLocal(request) ? local.PutAsync(request, cancellation) : PutRemoteAsync(request, cancellation);

    public Task DeleteAsync(DeleteObjectRequest request, CancellationToken cancellation) =>
        IsLocal(request) || request.EvictsOnly
            ? local.DeleteAsync(request, cancellation)
            : DeleteRemoteAsync(request, cancellation);

    public Task PatchAsync(PatchObjectRequest request, CancellationToken cancellation) =>
        local.PatchAsync(request, cancellation);

    private static bool IsLocal(ObjectRequest request) => !request.Bucket.IsRemote || request.Call.IsIntra;

    private async Task<ObjectContent> GetRemoteAsync(GetObjectRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var content = await OpenHereAsync(request, cancellation).ConfigureAwait(false);
            if (content is null)
            {
                await fetches.FetchAsync(request, null, cancellation).ConfigureAwait(false);
            }
            else if (attempt > 1 || !WantsLatest(request, request.LatestVersion)
                || await IsLatestAsync(request, content, cancellation).ConfigureAwait(false))
            {
                return content;
            }
            if (attempt == MaxAttempts)
            {
                throw new StoreException(
                    StoreErrorCode.Busy, $"{request.Shown} is evicted as soon as it is fetched, try again");
            }
        }
    }

    private async Task<ObjectContent?> OpenHereAsync(GetObjectRequest request, CancellationToken cancellation)
    {
        try
        {
            return await local.GetAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Compares with the home. What differs is fetched, and the opened content closed; what is gone there is removed here
    /// where the bucket asks for that.
    /// </summary>
    private async Task<bool> IsLatestAsync(
        GetObjectRequest request, ObjectContent content, CancellationToken cancellation)
    {
        var isUsed = false;
        try
        {
            var home = await backends.Of(request.Bucket)
                .HeadAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false);
            if (home is null)
            {
                await RemovedAtHomeAsync(request, cancellation).ConfigureAwait(false);
                throw new StoreException(
                    StoreErrorCode.ObjectNotFound, $"{services.Facts.Self.DisplayName}: {request.Shown} does not exist");
            }
            isUsed = RemoteStore.AreSame(content.Attributes, home);
            if (!isUsed)
            {
                await fetches.FetchAsync(request, content.Attributes, cancellation).ConfigureAwait(false);
            }
            return isUsed;
        }
        finally
        {
            if (!isUsed)
            {
                await content.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task RemovedAtHomeAsync(ObjectRequest request, CancellationToken cancellation)
    {
        if (request.Props.Versioning.Synchronize)
        {
            await EvictAsync(request, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ObjectDescription> HeadRemoteAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        if (request.Presence is PresenceFilter.Present or PresenceFilter.PresentNoProps or PresenceFilter.PresentInCluster)
        {
            return await local.HeadAsync(request, cancellation).ConfigureAwait(false);
        }
        ObjectDescription? here;
        try
        {
            // With "exists outside" this refuses what is present.
            here = await local.HeadAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            here = null;
        }
        if (here is not null && !WantsLatest(request, request.LatestVersion))
        {
            return here;
        }
        var home = await backends.Of(request.Bucket)
            .HeadAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false);
        if (home is null)
        {
            throw here is null
                ? new StoreException(
                    StoreErrorCode.ObjectNotFound, $"{services.Facts.Self.DisplayName}: {request.Shown} does not exist")
                : new StoreException(StoreErrorCode.Gone, $"{request.Shown} was removed from its remote bucket");
        }
        if (here is null)
        {
            return new ObjectDescription(RemoteStore.Shown(request, home), "", []) { IsPresent = false };
        }
        return RemoteStore.AreSame(here.Attributes, home)
            ? here
            : throw new StoreException(
                StoreErrorCode.Busy,
                $"{request.Shown} has version \"{home.Version}\" at its home and \"{here.Attributes.Version}\" here");
    }

    /// <summary>
    /// 1. the bytes come into a work file and are checked; 2. they go to the home; 3. they become the stored object with
    /// the version that the home gave.
    /// </summary>
    private async Task<PutObjectResult> PutRemoteAsync(PutObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        var backend = backends.Of(request.Bucket);
        var writer = await services.Store
            .BeginWriteAsync(bucket, request.Name, request.Length, request.Declared?.Type, cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await CopyAsync(request.Body, writer, cancellation).ConfigureAwait(false);
            var checksum = writer.Complete(request.Declared);
            using var turn = await names
                .EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
            services.Confirm(request, ownership);
            var upload = new BackendUpload(writer.OpenCompleted, writer.BytesWritten, checksum, request.Custom);
            var home = await backend.PutAsync(request.Bucket, request.Name, upload, cancellation).ConfigureAwait(false);
            try
            {
                // From here on the client's patience does not count: the home has it.
                return new PutObjectResult(await store
                    .CommitAsync(
                        request, writer, home with { Custom = request.Custom }, ownership, CancellationToken.None)
                    .ConfigureAwait(false));
            }
            catch (StoreException)
            {
                await TryEvictAsync(request).ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task DeleteRemoteAsync(DeleteObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        using var turn = await names
            .EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
        services.Confirm(request, ownership);
        var atHome = await backends.Of(request.Bucket)
            .DeleteAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false);
        try
        {
            await local.DeleteAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound && atHome)
        {
            // It was not stored here.
        }
    }

    /// <summary>An older object that is stored here must not outlive what its home has by now.</summary>
    private async Task TryEvictAsync(ObjectRequest request)
    {
        try
        {
            await EvictAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The error of the write is the one to tell; a read with "latest-ver" sees the difference.
        }
    }

    private Task EvictAsync(ObjectRequest request, CancellationToken cancellation) =>
        services.Store.DeleteAsync(services.Bucket(request), request.Name, cancellation).AsTask();

    private static bool WantsLatest(ObjectRequest request, bool asked) =>
        asked || request.Props.Versioning.ValidateWarmGet;

    private static async Task CopyAsync(PipeReader body, ObjectWriter writer, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellation).ConfigureAwait(false);
            await writer.WriteAsync(result.Buffer, cancellation).ConfigureAwait(false);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
