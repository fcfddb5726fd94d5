using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.UnitTests.Storage;

/// <summary>Asks before each step whether it should fail: the hook gets the step and throws.</summary>
internal sealed class HookedDisk(IDisk disk, Action<string> hook) : IDisk
{
    public SafeFileHandle? OpenRead(string path)
    {
        hook("open " + path);
        return disk.OpenRead(path);
    }

    public SafeFileHandle? CreateNew(string path)
    {
        hook("create " + path);
        return disk.CreateNew(path);
    }

    public long RegularSize(SafeFileHandle file) => disk.RegularSize(file);

    public int ReadMetadata(SafeFileHandle file, Span<byte> buffer) => disk.ReadMetadata(file, buffer);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        hook("write");
        disk.Write(file, bytes, offset);
    }

    public void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        hook("set metadata");
        disk.WriteMetadata(file, bytes);
    }

    public void SyncFile(SafeFileHandle file)
    {
        hook("flush file");
        disk.SyncFile(file);
    }

    public void SyncFolder(string path)
    {
        hook("flush folder " + path);
        disk.SyncFolder(path);
    }

    public void SyncAll(SafeFileHandle? openedBefore = null)
    {
        hook("flush all");
        disk.SyncAll(openedBefore);
    }

    public bool IsSameRoot() => disk.IsSameRoot();

    public int Rename(string from, string to)
    {
        hook("rename " + to);
        return disk.Rename(from, to);
    }

    public int MakeFolder(string path)
    {
        hook("make folder " + path);
        return disk.MakeFolder(path);
    }

    public int RemoveFile(string path)
    {
        hook("remove file " + path);
        return disk.RemoveFile(path);
    }

    public int RemoveFolder(string path)
    {
        hook("remove folder " + path);
        return disk.RemoveFolder(path);
    }
}
