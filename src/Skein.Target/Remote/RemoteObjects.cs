using System.IO.Pipelines;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Objects;
using Skein.Target.Transfers;

namespace Skein.Target.Remote;

/// <summary>
/// Serves objects of remote buckets: what is stored here from here, everything else from its home. Changes go to the home
/// first; when it refuses, nothing has changed here. Objects of this cluster's buckets, and whatever other nodes ask, are
/// served as ever.
/// </summary>
internal sealed class RemoteObjects(
    TargetServices services, IObjectHandler local, BackendSet backends, ColdFetches fetches, RemoteWrites writes,
    RemoteStore store)
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
            : writes.DeleteAsync(request, () => local.DeleteAsync(request, CancellationToken.None), cancellation);

    public Task PatchAsync(PatchObjectRequest request, CancellationToken cancellation) =>
        IsLocal(request)
            ? local.PatchAsync(request, cancellation)
            : writes.PatchAsync(request, patch => local.PatchAsync(patch, cancellation), cancellation);

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
            else if (attempt < MaxAttempts
                && await SettlesAsync(request, content, cancellation).ConfigureAwait(false))
            {
                await content.DisposeAsync().ConfigureAwait(false);
            }
            else if (attempt > 1 || !WantsLatest(request, request.LatestVersion)
                || await IsLatestAsync(request, content, cancellation).ConfigureAwait(false))
            {
                if (content is FileContent here)
                {
                    AccessTimes.Note(request.Bucket, request.Props, here.File, services.Time);
                }
                return content;
            }
            if (attempt == MaxAttempts)
            {
                throw new StoreException(
                    StoreErrorCode.Busy, $"{request.Shown} is evicted as soon as it is fetched, try again");
            }
        }
    }

    private async Task<bool> SettlesAsync(
        GetObjectRequest request, ObjectContent content, CancellationToken cancellation)
    {
        try
        {
            return await writes.SettleAsync(request, content.Attributes, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
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
            await store.RemoveAsync(request, cancellation).ConfigureAwait(false);
            services.Counters.Increment(NodeCounter.GoneAtHome);
        }
    }

    private async Task<ObjectDescription> HeadRemoteAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        if (request.Presence is PresenceFilter.Present or PresenceFilter.PresentNoProps or PresenceFilter.PresentInCluster)
        {
            return await local.HeadAsync(request, cancellation).ConfigureAwait(false);
        }
        var here = await LookHereAsync(request, cancellation).ConfigureAwait(false);
        if (here is not null && await writes.SettleAsync(request, here.Attributes, cancellation).ConfigureAwait(false))
        {
            here = await LookHereAsync(request, cancellation).ConfigureAwait(false);
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
        var writer = await services.Store
            .BeginWriteAsync(bucket, request.Name, request.Length, request.Declared?.Type, cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await CopyAsync(request.Body, writer, cancellation).ConfigureAwait(false);
            return new PutObjectResult(await writes
                .PutAsync(request, writer, new RemoteWrite(request.Custom, request.Declared), ownership, cancellation)
                .ConfigureAwait(false));
        }
    }

    /// <summary>What is stored here; null for nothing. With "exists outside" this refuses what is present.</summary>
    private async Task<ObjectDescription?> LookHereAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        try
        {
            return await local.HeadAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
    }

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
