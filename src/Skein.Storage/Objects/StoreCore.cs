using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;
using Skein.Storage.Reads;

namespace Skein.Storage.Objects;

/// <summary>
/// Finds, changes and removes objects on the mountpaths as they are at the moment. What changes a name holds its lock
/// and takes the view of the mountpaths after it has the lock; a change of the mountpaths waits for those that hold one.
/// </summary>
internal sealed class StoreCore : IDisposable
{
    /// <summary>How often a look is repeated while objects move between mountpaths under it.</summary>
    private const int MaxLooks = 64;

    private long _moves;

    public StoreCore(MountpathSet mountpaths, ObjectFinder finder, BucketFolders buckets)
    {
        Mountpaths = mountpaths;
        Finder = finder;
        Buckets = buckets;
        Files = new OpenFiles(this);
        buckets.Gone = Files.ForgetAll;
    }

    public MountpathSet Mountpaths { get; }

    public ObjectFinder Finder { get; }

    public BucketFolders Buckets { get; }

    /// <summary>Files that are kept open between reads.</summary>
    public OpenFiles Files { get; }

    public NameLocks Locks { get; } = new();

    /// <summary>Counts up before copies are removed from where they do not belong: who saw neither copy looks again.</summary>
    public long Moves => Volatile.Read(ref _moves);

    /// <summary>Called when a mountpath was found gone: looks at all of them.</summary>
    public Action? Wake { get; set; }

    /// <summary>The mountpaths' units from which objects are read.</summary>
    public static IEnumerable<StorageUnit> Units(MountpathView view) => view.Readable.Select(m => m.Unit);

    /// <summary>The bucket's folder on a mountpath, if the bucket still takes writes.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketNotFound"/>.</exception>
    public BucketFolder FolderOf(StorageUnit unit, BucketRef bucket)
    {
        Buckets.ThrowIfDoomed(bucket);
        return unit.FolderOf(bucket.Name);
    }

    /// <summary>
    /// Looks where the object belongs; where mountpaths came or went, everywhere, and answers the copy that was written
    /// last; null when there is none on the readable mountpaths.
    /// </summary>
    public (StorageUnit Unit, FoundObject Object)? Find(MountpathView view, BucketRef bucket, string name, ulong digest)
    {
        (StorageUnit Unit, FoundObject Object)? best = null;
        foreach (var unit in Candidates(view, digest))
        {
            var copy = Finder.Find(unit.Disk, unit.FolderOf(bucket.Name), bucket.Id, name);
            if (copy is null)
            {
                continue;
            }
            if (best is { } found && found.Object.Header.Attributes.Stamp >= copy.Header.Attributes.Stamp)
            {
                copy.Dispose();
                continue;
            }
            best?.Object.Dispose();
            best = (unit, copy);
        }
        return best;
    }

    /// <summary>As <see cref="Find"/>, for readers: without a lock, and never null when nobody can know.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when the object is not found and a mountpath that may hold it is out.
    /// </exception>
    public (StorageUnit Unit, FoundObject Object)? Look(BucketRef bucket, string name, ulong digest)
    {
        for (var look = 0; ; look++)
        {
            var view = Mountpaths.View;
            var moves = Moves;
            var found = Find(view, bucket, name, digest);
            var isSame = view == Mountpaths.View && moves == Moves;
            if (isSame || (found is not null && (view.IsSettled || look == MaxLooks)))
            {
                if (found is null)
                {
                    ThrowIfMayExist(view, bucket, name, digest);
                }
                return found;
            }
            found?.Object.Dispose();
            if (look == MaxLooks)
            {
                throw Moving();
            }
        }
    }

    /// <summary>As <see cref="Look"/>, but only if memory holds what is needed; null otherwise.</summary>
    public FoundObject? LookInMemory(
        MountpathView view, BucketRef bucket, string name, ulong digest, Func<SafeFileHandle, bool> isInMemory)
    {
        if (!view.IsSettled || view.Available.Count == 0)
        {
            return null;
        }
        var unit = view.Choose(digest).Unit;
        var found = Finder.FindInMemory(unit.Disk, unit.FolderOf(bucket.Name), bucket.Id, name, isInMemory);
        if (found is not null && view != Mountpaths.View)
        {
            found.Dispose();
            return null;
        }
        return found;
    }

    /// <summary>Refuses to deny an object that may be on a mountpath that cannot be asked.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/>.</exception>
    public void ThrowIfMayExist(MountpathView view, BucketRef bucket, string name, ulong digest)
    {
        if (view.MayHold(digest) is { } missing)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{bucket.Name}/{name} may be on mountpath {missing.Path}, which is out of service: {missing.Reason}");
        }
        if (view.Available.Count == 0 && view.Readable.Count == 0)
        {
            throw view.NoneAvailable();
        }
        foreach (var unit in Candidates(view, digest))
        {
            ThrowIfGone(unit);
        }
    }

    /// <summary>Refuses when the disk is gone, and says so to whoever watches.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/>.</exception>
    public void ThrowIfGone(StorageUnit unit)
    {
        try
        {
            unit.ThrowIfGone();
        }
        catch (StoreException)
        {
            Wake?.Invoke();
            throw;
        }
    }

    /// <summary>All copies of an object, closed, in the order in which they were written.</summary>
    public List<(StorageUnit Unit, FoundObject Object)> FindAll(
        MountpathView view, BucketRef bucket, string name, ulong digest)
    {
        var copies = new List<(StorageUnit Unit, FoundObject Object)>();
        foreach (var unit in Candidates(view, digest))
        {
            if (Finder.Find(unit.Disk, unit.FolderOf(bucket.Name), bucket.Id, name) is { } found)
            {
                found.Dispose();
                copies.Add((unit, found));
            }
        }
        copies.Sort((a, b) => a.Object.Header.Attributes.Stamp.CompareTo(b.Object.Header.Attributes.Stamp));
        return copies;
    }

    /// <summary>
    /// Removes the copies of an object that has been stored on another mountpath: after its row can be listed there, so
    /// that no listing sees neither. The caller holds the name's lock.
    /// </summary>
    public async Task RemoveElsewhereAsync(
        StorageUnit holder, BucketRef bucket, string name, IEnumerable<(StorageUnit Unit, string Path)> copies, bool durable)
    {
        await holder.Index.FlushAsync().ConfigureAwait(false);
        CountMove();
        foreach (var (unit, path) in copies)
        {
            await RemoveAsync(unit, bucket, name, path, durable).ConfigureAwait(false);
        }
    }

    /// <summary>Copies are about to be removed that have others elsewhere.</summary>
    public void CountMove() => Interlocked.Increment(ref _moves);

    /// <summary>Removes the file at the path. The caller holds the name's lock.</summary>
    public async Task RemoveAsync(StorageUnit unit, BucketRef bucket, string name, string path, bool durable)
    {
        var folder = unit.FolderOf(bucket.Name);
        await ChangeAsync(unit, bucket, name, async intent =>
        {
            await unit.RunAsync(durable, () => ObjectPlacer.Remove(unit, folder, path, durable))
                .ConfigureAwait(false);
            await unit.Index.RemoveAsync(bucket.Id, name, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Notes a change before it happens, and forgets the file that readers have open. When it fails half-way, the index is
    /// set by what the disk then shows. The caller holds the name's lock.
    /// </summary>
    public async Task ChangeAsync(StorageUnit unit, BucketRef bucket, string name, Func<IndexIntent, Task> change)
    {
        using var begun = Files.Begin(bucket, name);
        var intent = unit.Index.Begin(bucket.Uname, bucket.Id, name);
        try
        {
            await change(intent).ConfigureAwait(false);
        }
        catch
        {
            await ReindexAsync(unit, bucket, name, intent).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Why a look that was repeated too often has no answer.</summary>
    public static StoreException Moving() => new(
        StoreErrorCode.NotReady, "objects are being moved between the mountpaths of this target; try again");

    /// <summary>Closes what is kept open. To be called when nobody uses the store any more.</summary>
    public void Dispose()
    {
        Files.Dispose();
        Locks.Dispose();
    }

    private static IEnumerable<StorageUnit> Candidates(MountpathView view, ulong digest) =>
        view.IsSettled && view.Available.Count != 0 ? [view.Choose(digest).Unit] : Units(view);

    private async Task ReindexAsync(StorageUnit unit, BucketRef bucket, string name, IndexIntent intent)
    {
        try
        {
            var folder = unit.FolderOf(bucket.Name);
            await IndexRecovery.ReindexAsync(unit, Finder, folder, bucket.Id, name, intent).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            unit.Index.Distrust(e); // nobody knows what the disk has now; the first error is the one to tell
        }
    }
}
