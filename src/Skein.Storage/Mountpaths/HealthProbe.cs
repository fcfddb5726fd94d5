using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>Finds out whether a disk can be used: writes files durably, reads them again, and removes them.</summary>
internal static class HealthProbe
{
    private const int FileBytes = 64 * 1024;

    /// <summary>Checks a disk; a full one is no bad one.</summary>
    /// <returns>How many of the files failed, and the last reason.</returns>
    public static (int Bad, string Reason) Run(Mountpath mountpath, IDisk disk, int files)
    {
        var (bad, reason) = (0, "");
        var written = new byte[FileBytes];
        var read = new byte[FileBytes];
        for (var i = 0; i < files; i++)
        {
            written.AsSpan().Fill((byte)(i + 1));
            var path = $"{mountpath.Path}/.skein.probe-{i}";
            try
            {
                Try(mountpath, disk, path, written, read);
            }
            catch (StoreException e) when (e.Code != StoreErrorCode.OutOfSpace)
            {
                (bad, reason) = (bad + 1, e.Message);
            }
            catch (IOException e)
            {
                (bad, reason) = (bad + 1, e.Message);
            }
            catch (StoreException)
            {
                Remove(disk, path);
            }
        }
        return (bad, reason);
    }

    private static void Try(Mountpath mountpath, IDisk disk, string path, byte[] written, byte[] read)
    {
        _ = MountpathIdentity.ReadOrCreate(mountpath.Path, mountpath.Identity.NodeId, mountpath.Id, []);
        disk.RemoveFile(path);
        using (var file = disk.CreateNew(path) ?? throw new IOException($"{path} cannot be made: its folder is gone"))
        {
            disk.Write(file, written, 0);
            disk.SyncFile(file);
        }
        using (var file = disk.OpenRead(path) ?? throw new IOException($"{path} is gone right after it was written"))
        {
            var length = RandomAccess.Read(file, read, 0);
            if (length != written.Length || !read.AsSpan().SequenceEqual(written))
            {
                throw new IOException($"{path} does not hold what was written to it");
            }
        }
        disk.RemoveFile(path);
    }

    private static void Remove(IDisk disk, string path)
    {
        try
        {
            disk.RemoveFile(path);
        }
        catch (StoreException)
        {
            // it is removed by the next check
        }
    }
}
