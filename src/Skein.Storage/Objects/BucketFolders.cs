using System.Collections.Concurrent;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Space;

namespace Skein.Storage.Objects;

/// <summary>Makes and removes the folders of buckets.</summary>
internal sealed class BucketFolders(TrashCan trash)
{
    private readonly ConcurrentDictionary<ulong, bool> _doomed = new();
    private readonly Lock _gate = new();

    /// <summary>Called when objects of a bucket are gone, or about to be: nobody may read them from open files.</summary>
    public Action? Gone { get; set; }

    /// <summary>From now on the bucket id takes no writes.</summary>
    public void Doom(ulong bucketId)
    {
        _doomed[bucketId] = true;
        Gone?.Invoke();
    }

    /// <summary>Refuses a bucket that was destroyed.</summary>
    public void ThrowIfDoomed(BucketRef bucket)
    {
        if (!_doomed.IsEmpty && _doomed.ContainsKey(bucket.Id))
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket.Name}\" does not exist");
        }
    }

    /// <summary>
    /// Makes the folders. Those of another bucket id are moved away first, and that id takes no more writes: a bucket
    /// is made anew only after the one before it was destroyed, even if this node was away then.
    /// </summary>
    /// <returns>The other id, when there was one.</returns>
    public ulong? Make(StorageUnit unit, BucketRef bucket)
    {
        lock (_gate)
        {
            ThrowIfDoomed(bucket);
            unit.ThrowIfGone();
            var folder = unit.FolderOf(bucket.Name);
            var existing = BucketMarker.Read(unit.Disk, folder.Objects);
            ulong? older = existing == bucket.Id ? null : existing;
            if (older is not null)
            {
                Doom(older.Value);
                trash.Throw(unit.Disk, unit.Mountpath.Path, folder.Root);
                Gone?.Invoke();
            }
            Make(unit, folder.Objects);
            Make(unit, folder.Work);
            if (existing != bucket.Id)
            {
                BucketMarker.Write(unit.Disk, folder.Objects, bucket.Id);
            }
            folder.VerifiedId = bucket.Id;
            return older;
        }
    }

    /// <summary>Moves the bucket's folders away, if they are of this bucket id or of none.</summary>
    public void Remove(StorageUnit unit, BucketName bucket, ulong bucketId)
    {
        lock (_gate)
        {
            var folder = unit.FolderOf(bucket);
            var id = BucketMarker.Read(unit.Disk, folder.Objects);
            if (id is null || id == bucketId)
            {
                trash.Throw(unit.Disk, unit.Mountpath.Path, folder.Root);
                // The entry itself stays: a write that has taken it in hand must see what is made anew.
                folder.VerifiedId = null;
                Gone?.Invoke();
            }
        }
    }

    /// <summary>Removes what unfinished writes left, but not those of writes under way.</summary>
    public static void RemoveStaleWork(StorageUnit unit, WorkNames workNames)
    {
        foreach (var folder in BucketTree.Folders(unit.Mountpath.Path))
        {
            if (Directory.Exists(folder.Work))
            {
                foreach (var file in Directory.EnumerateFiles(folder.Work).Where(file => !workNames.IsLive(file)))
                {
                    unit.Disk.RemoveFile(file);
                }
            }
        }
    }

    private static void Make(StorageUnit unit, string path)
    {
        var error = unit.Folders.MakeFolders(path, unit.Mountpath.Path);
        if (error != Errno.Ok)
        {
            throw DiskErrors.Make(error, "make the folder", path, unit.Mountpath.Path);
        }
    }
}
