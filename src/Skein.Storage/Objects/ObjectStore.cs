using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>The objects on this node's mountpaths.</summary>
public sealed class ObjectStore : IAsyncDisposable
{
    private ObjectStore(MountpathSet mountpaths) => Mountpaths = mountpaths;

    /// <summary>The disks.</summary>
    public MountpathSet Mountpaths { get; }

    /// <summary>Completes when the listing indexes are complete; until then listings wait, all else works.</summary>
    public Task ListingReady => Task.CompletedTask;

    /// <summary>Opens the store.</summary>
    public static ValueTask<ObjectStore> OpenAsync(
        MountpathSet mountpaths, ObjectStoreOptions options, TimeProvider time, ILogger logger,
        CancellationToken cancel = default) => ValueTask.FromResult(new ObjectStore(mountpaths));

    /// <summary>Opens an object for reading.</summary>
    public ValueTask<ObjectHandle?> OpenReadAsync(BucketRef bucket, string name, CancellationToken cancel = default) =>
        throw Missing();

    /// <summary>Looks at an object.</summary>
    public ValueTask<ObjectStat?> StatAsync(BucketRef bucket, string name, CancellationToken cancel = default) =>
        throw Missing();

    /// <summary>Begins a write; nothing is visible before the commit.</summary>
    public ValueTask<ObjectWriter> BeginWriteAsync(
        BucketRef bucket, string name, long? expectedSize, string? declaredChecksumType,
        CancellationToken cancel = default) => throw Missing();

    /// <summary>Deletes an object; false when there is none.</summary>
    public ValueTask<bool> DeleteAsync(BucketRef bucket, string name, CancellationToken cancel = default) =>
        throw Missing();

    /// <summary>Changes the custom metadata; null when there is no such object.</summary>
    public ValueTask<ObjectAttributes?> UpdateCustomAsync(
        BucketRef bucket, string name, IReadOnlyList<KeyValuePair<string, string>> changes, bool replaceAll,
        WriteStamp stamp, CancellationToken cancel = default) => throw Missing();

    /// <summary>One page of a bucket's names.</summary>
    public ValueTask<ListPage> ListAsync(BucketRef bucket, ListQuery query, CancellationToken cancel = default) =>
        throw Missing();

    /// <summary>Makes the bucket's folders; removes what an older bucket of this name left.</summary>
    public ValueTask CreateBucketAsync(BucketRef bucket, CancellationToken cancel = default) => throw Missing();

    /// <summary>Removes a bucket with everything in it.</summary>
    public ValueTask DestroyBucketAsync(BucketName name, ulong bucketId, CancellationToken cancel = default) =>
        throw Missing();

    /// <summary>Finishes what is under way and closes the indexes.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static StoreException Missing() => new(StoreErrorCode.NotImplemented, "being built");
}
