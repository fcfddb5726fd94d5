using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;
using Skein.Storage.Space;

namespace Skein.Storage.Objects;

/// <summary>Opens and closes what works on a mountpath.</summary>
internal sealed class StorageUnits(
    StoreCore core, (TrashCan Trash, WorkNames WorkNames) files, SpaceWatch watch, ObjectStoreOptions options,
    TimeProvider time, ILogger logger)
{
    private readonly string _bootId =
        options.BootId ?? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Called with each error of a disk; null when nobody watches.</summary>
    public Action<StorageUnit, StoreException>? Failed { get; set; }

    /// <summary>
    /// Opens a mountpath: removes what unfinished writes left, and begins to make its listing index complete.
    /// </summary>
    /// <exception cref="StoreException">When the disk refuses.</exception>
    public StorageUnit Open(Mountpath mountpath)
    {
        IDisk disk = new PosixDisk(mountpath.Path);
        disk = options.WrapDisk?.Invoke(disk) ?? disk;
        var watched = new WatchedDisk(disk);
        var unit = new StorageUnit(
            mountpath, watched, new SyncThreads(mountpath.Path, options.SyncThreads, time),
            new ListingIndex(mountpath.Path, mountpath.Id, _bootId, watched, options, logger))
        {
            Space = new SpaceGauge(mountpath, watch, time),
        };
        watched.Failed = e =>
        {
            if (e.Code == StoreErrorCode.OutOfSpace)
            {
                unit.Space.Forget();
            }
            Failed?.Invoke(unit, e);
        };
        mountpath.Unit = unit;
        BucketFolders.RemoveStaleWork(unit, files.WorkNames);
        files.Trash.Resume(mountpath.Path);
        var recovery = new IndexRecovery(unit, core.Finder, core.Locks, options, time, logger);
        unit.Recovery = Task.Run(() => recovery.RunAsync(unit.Stop.Token));
        return unit;
    }

    /// <summary>
    /// Closes a mountpath that is in no view any more: finishes what is under way, and closes its index so that the next
    /// opening need not look at the files.
    /// </summary>
    public static async Task CloseAsync(StorageUnit unit)
    {
        await unit.Stop.CancelAsync().ConfigureAwait(false);
        await unit.Recovery.ConfigureAwait(false);
        unit.Threads.Dispose();
        await unit.Index.DisposeAsync().ConfigureAwait(false);
        unit.Stop.Dispose();
    }

    /// <summary>For tests: stops as a killed process does, as far as a living one can.</summary>
    public static async Task KillAsync(StorageUnit unit)
    {
        await unit.Index.KillAsync().ConfigureAwait(false);
        await unit.Stop.CancelAsync().ConfigureAwait(false);
        await unit.Recovery.ConfigureAwait(false);
        unit.Threads.Dispose();
    }
}
