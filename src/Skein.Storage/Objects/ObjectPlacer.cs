using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Disk;

namespace Skein.Storage.Objects;

/// <summary>Moves a finished work file to its name, and removes names. The caller holds the name's lock.</summary>
internal static class ObjectPlacer
{
    /// <summary>How often a folder that deletes keep removing is made again.</summary>
    private const int MaxAttempts = 100;

    /// <summary>Gives the work file its header and its name.</summary>
    /// <param name="unit">Where.</param>
    /// <param name="folder">Of which bucket.</param>
    /// <param name="work">The work file, open for writing, and its path.</param>
    /// <param name="header">The header, without a name.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="hashed">True when the object to be replaced lies in the hashed form: it must be replaced there.</param>
    /// <param name="durable">True to flush file and folders.</param>
    /// <returns>The bytes of the header as stored.</returns>
    public static byte[] Place(
        StorageUnit unit, BucketFolder folder, (SafeFileHandle File, string Path) work, ObjectHeader header,
        string name, bool hashed, bool durable)
    {
        var plain = hashed ? null : ObjectPath.Plain(folder, name);
        while (true)
        {
            var bytes = ObjectHeaderCodec.Encode(plain is null ? header with { Name = name } : header);
            unit.Disk.WriteMetadata(work.File, bytes);
            if (durable)
            {
                unit.Disk.SyncFile(work.File);
            }
            var path = plain ?? ObjectPath.Hashed(folder, name);
            if (TryRename(unit, folder, work.Path, path))
            {
                if (durable)
                {
                    unit.Folders.SyncUp(ObjectPath.FolderOf(path), unit.Mountpath.Path);
                }
                return bytes;
            }
            if (plain is null)
            {
                throw new StoreException(
                    StoreErrorCode.Internal, $"cannot store {path}: something that is no object is in the way");
            }
            plain = null; // a folder has this name, a file the name of a folder of this path, or it cannot be a name here
        }
    }

    /// <summary>Removes an object's file and the folders that are empty then.</summary>
    public static void Remove(StorageUnit unit, BucketFolder folder, string path, bool durable)
    {
        unit.Disk.RemoveFile(path);
        var parent = ObjectPath.FolderOf(path);
        if (durable)
        {
            unit.Folders.SyncUp(parent, unit.Mountpath.Path);
        }
        while (parent.Length > folder.Objects.Length && unit.Disk.RemoveFolder(parent) == Errno.Ok)
        {
            parent = ObjectPath.FolderOf(parent);
        }
    }

    /// <summary>Renames; makes missing folders, again when a delete removes them meanwhile.</summary>
    /// <returns>False when a file or folder of the other kind is in the way, or the name is refused.</returns>
    public static bool TryRename(StorageUnit unit, BucketFolder folder, string work, string path)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (unit.Disk.Rename(work, path))
            {
                case Errno.Ok:
                    return true;
                case not Errno.NoEntry:
                    return false;
            }
            switch (unit.Folders.MakeFolders(ObjectPath.FolderOf(path), folder.Objects))
            {
                case Errno.Ok or Errno.Interrupted:
                    break;
                case Errno.NotFolder or Errno.NameTooLong or Errno.BadSequence:
                    return false;
                default:
                    unit.ThrowIfGone();
                    throw new StoreException(
                        StoreErrorCode.BucketNotFound, $"bucket \"{folder.Bucket}\" was removed during the write");
            }
        }
        throw new StoreException(
            StoreErrorCode.Busy, $"the folders of {path} are removed as fast as they are made; try again");
    }
}
