using Skein.Storage.Disk;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>A mountpath with all that works on it.</summary>
internal sealed class StorageUnit(Mountpath mountpath, IDisk disk, SyncThreads threads, ListingIndex index)
{
    public Mountpath Mountpath { get; } = mountpath;

    public IDisk Disk { get; } = disk;

    public SyncThreads Threads { get; } = threads;

    public ListingIndex Index { get; } = index;

    public FolderSync Folders { get; } = new(disk);

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
}
