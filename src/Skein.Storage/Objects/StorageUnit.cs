using System.Collections.Concurrent;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;
using Skein.Storage.Space;

namespace Skein.Storage.Objects;

/// <summary>A mountpath with all that works on it.</summary>
internal sealed class StorageUnit(Mountpath mountpath, IDisk disk, SyncThreads threads, ListingIndex index)
{
    private readonly ConcurrentDictionary<BucketName, BucketFolder> _folders = new();

    public Mountpath Mountpath { get; } = mountpath;

    public IDisk Disk { get; } = disk;

    public SyncThreads Threads { get; } = threads;

    public ListingIndex Index { get; } = index;

    /// <summary>How full it is.</summary>
    public required SpaceGauge Space { get; init; }

    public FolderSync Folders { get; } = new(disk);

    /// <summary>Stops <see cref="Recovery"/>.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Keeps the index true, until stopped.</summary>
    public Task Recovery { get; set; } = Task.CompletedTask;

    /// <summary>Runs disk work: on this thread when it need not wait for the device, else on one of the unit's.</summary>
    public Task RunAsync(bool durable, Action work)
    {
        if (durable)
        {
            return Threads.RunAsync(work);
        }
        work();
        return Task.CompletedTask;
    }

    /// <summary>The bucket's folder, whether it exists or not.</summary>
    public BucketFolder FolderOf(BucketName bucket) => _folders.GetOrAdd(
        bucket, static (name, path) => new BucketFolder(path, name), Mountpath.Path);

    /// <summary>Refuses to go on when the disk is not there any more: a folder in its place must not be taken for it.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/>.</exception>
    public void ThrowIfGone()
    {
        if (!Disk.IsSameRoot())
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"mountpath {Mountpath} is not there any more: its folder is gone, or another file system is in its place");
        }
    }
}
