using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>
/// Changes objects of remote buckets, at their home first and then here. What is stored here is marked before the change is
/// sent (<see cref="RemoteStore.IsUnsure"/>), durably, and the mark goes with the change or its refusal. So after a crash, or
/// when the home's answer got lost, the next read compares with the home and does not give the old bytes for ever.
/// </summary>
/// <param name="services">This target's objects.</param>
/// <param name="backends">The homes.</param>
/// <param name="names">One change of a name at a time.</param>
/// <param name="store">What is stored here.</param>
internal sealed class RemoteWrites(TargetServices services, BackendSet backends, NameQueue names, RemoteStore store)
{
    private readonly FetchNewest _newest = new(services);

    /// <summary>Makes a write whose bytes are all there the object.</summary>
    /// <param name="request">The object.</param>
    /// <param name="writer">The bytes; not yet completed.</param>
    /// <param name="what">What goes with them.</param>
    /// <param name="ownership">From <see cref="TargetServices.EnterAsync"/>.</param>
    /// <param name="cancellation">Gives up; the home may have the object by then.</param>
    /// <returns>What is stored here.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Busy"/> when <see cref="RemoteWrite.Replaces"/> is another object by now, with what the
    /// home answers, or as every write.
    /// </exception>
    public async Task<ObjectAttributes> PutAsync(
        ObjectRequest request, ObjectWriter writer, RemoteWrite what, long ownership, CancellationToken cancellation)
    {
        var checksum = writer.Complete(what.Declared);
        using var turn = await names.EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
        services.Confirm(request, ownership);
        var before = await FindHereAsync(request, cancellation).ConfigureAwait(false);
        if (what.Replaces is { } expected && expected.Stamp != before?.Stamp)
        {
            throw new StoreException(StoreErrorCode.Busy, $"{request.Shown} was written by somebody else meanwhile");
        }
        await MarkAsync(request, before, ownership, cancellation).ConfigureAwait(false);
        var custom = RemoteStore.WithoutSource(request, what.Custom);
        var upload = new BackendUpload(writer.OpenCompleted, writer.BytesWritten, checksum, custom);
        var home = await RefusableAsync(
            request, before, ownership,
            backends.Of(request.Bucket).PutAsync(request.Bucket, request.Name, upload, cancellation)).ConfigureAwait(false);
        // From here on the client's patience does not count: the home has it.
        return await store
            .CommitAsync(request, writer, home with { Custom = custom }, ownership, CancellationToken.None)
            .ConfigureAwait(false);
    }

    /// <summary>Deletes an object.</summary>
    /// <param name="request">The object.</param>
    /// <param name="deleteHere">Deletes what is stored here.</param>
    /// <param name="cancellation">Gives up; it may be deleted by then.</param>
    /// <exception cref="StoreException">When it is nowhere, and what the home answers.</exception>
    public async Task DeleteAsync(DeleteObjectRequest request, Func<Task> deleteHere, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        using var turn = await names.EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
        services.Confirm(request, ownership);
        var before = await FindHereAsync(request, cancellation).ConfigureAwait(false);
        await MarkAsync(request, before, ownership, cancellation).ConfigureAwait(false);
        var atHome = await RefusableAsync(
            request, before, ownership,
            backends.Of(request.Bucket).DeleteAsync(request.Bucket, request.Name, cancellation)).ConfigureAwait(false);
        try
        {
            await deleteHere().ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound && atHome)
        {
            // It was not stored here.
        }
    }

    /// <summary>
    /// Changes custom metadata of what is stored here. What is unsure stays so: replacing all metadata must not make older
    /// bytes pass for those of the home.
    /// </summary>
    /// <param name="request">The object and its new metadata.</param>
    /// <param name="patchHere">Changes what is stored here.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task PatchAsync(
        PatchObjectRequest request, Func<PatchObjectRequest, Task> patchHere, CancellationToken cancellation)
    {
        using var turn = await names.EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
        var here = await FindHereAsync(request, cancellation).ConfigureAwait(false);
        await patchHere(here is not null && RemoteStore.IsUnsure(here) && request.Custom is { } custom
            ? request with { Custom = RemoteStore.WithMark(custom) }
            : request).ConfigureAwait(false);
    }

    /// <summary>
    /// Finds out whether what is stored here is what its home has, when a change was sent there and nobody knows what became
    /// of it. What differs is removed here.
    /// </summary>
    /// <param name="request">The object.</param>
    /// <param name="here">What is stored here.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>
    /// True when the object is to be looked for anew; false when there was nothing to find out, or the home does not answer.
    /// </returns>
    public async Task<bool> SettleAsync(ObjectRequest request, ObjectAttributes here, CancellationToken cancellation)
    {
        if (!RemoteStore.IsUnsure(here) || names.IsHeld(request.Props.BucketId, request.Name))
        {
            return false;
        }
        using var turn = await names.EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false);
        try
        {
            var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
            var now = await FindHereAsync(request, cancellation).ConfigureAwait(false);
            if (now is null || !RemoteStore.IsUnsure(now))
            {
                return true;
            }
            var home = await backends.Of(request.Bucket)
                .HeadAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false);
            if (home is not null && RemoteStore.AreSame(now, home))
            {
                await store.UnmarkAsync(request, now, ownership, cancellation).ConfigureAwait(false);
            }
            else
            {
                await store.RemoveAsync(request, cancellation).ConfigureAwait(false);
            }
            return true;
        }
        catch (StoreException error) when (error.Code is StoreErrorCode.Unreachable or StoreErrorCode.NotReady)
        {
            return false; // it is found out later
        }
    }

    /// <summary>What is stored here, the newest of what may be on other targets included.</summary>
    private async Task<ObjectAttributes?> FindHereAsync(ObjectRequest request, CancellationToken cancellation)
    {
        await _newest.GuardedAsync(request, cancellation).ConfigureAwait(false);
        return await store.FindAsync(request, cancellation).ConfigureAwait(false);
    }

    private async Task MarkAsync(
        ObjectRequest request, ObjectAttributes? before, long ownership, CancellationToken cancellation)
    {
        if (before is not null && !RemoteStore.IsUnsure(before))
        {
            await store.MarkAsync(request, before, ownership, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the home's answer. When it refuses, nothing has changed there, and the mark is taken back.</summary>
    private async Task<T> RefusableAsync<T>(ObjectRequest request, ObjectAttributes? before, long ownership, Task<T> change)
    {
        try
        {
            return await change.ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code != StoreErrorCode.Unreachable)
        {
            if (before is not null && !RemoteStore.IsUnsure(before))
            {
                await store.UnmarkAsync(request, before, ownership, CancellationToken.None).ConfigureAwait(false);
            }
            throw;
        }
    }
}

/// <summary>What goes with the bytes of a write to a remote bucket.</summary>
/// <param name="Custom">Custom metadata.</param>
/// <param name="Declared">The checksum that the client declared; null for none.</param>
/// <param name="Replaces">The object here that the bytes were made from; null not to look.</param>
internal sealed record RemoteWrite(
    IReadOnlyList<KeyValuePair<string, string>> Custom, Checksum? Declared = null, ReplacedObject? Replaces = null);
