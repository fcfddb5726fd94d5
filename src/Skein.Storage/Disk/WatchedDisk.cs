using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;

namespace Skein.Storage.Disk;

/// <summary>Tells somebody of each error that the disk below answers with.</summary>
internal sealed class WatchedDisk(IDisk disk) : IDisk
{
    /// <summary>Called with the error before the caller gets it; must be quick.</summary>
    public Action<StoreException>? Failed { get; set; }

    public SafeFileHandle? OpenRead(string path)
    {
        try
        {
            return disk.OpenRead(path);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public SafeFileHandle? OpenInMemory(string path) => disk.OpenInMemory(path);

    public SafeFileHandle? CreateNew(string path)
    {
        try
        {
            return disk.CreateNew(path);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public long RegularSize(SafeFileHandle file)
    {
        try
        {
            return disk.RegularSize(file);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public int ReadMetadata(SafeFileHandle file, Span<byte> buffer)
    {
        try
        {
            return disk.ReadMetadata(file, buffer);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            disk.Write(file, bytes, offset);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            disk.WriteMetadata(file, bytes);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public void SyncFile(SafeFileHandle file) => Watch(() => disk.SyncFile(file));

    public void SyncFolder(string path) => Watch(() => disk.SyncFolder(path));

    public void SyncAll(SafeFileHandle? openedBefore = null) => Watch(() => disk.SyncAll(openedBefore));

    public bool IsSameRoot() => disk.IsSameRoot();

    public int Rename(string from, string to)
    {
        try
        {
            return disk.Rename(from, to);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public int MakeFolder(string path)
    {
        try
        {
            return disk.MakeFolder(path);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public int RemoveFile(string path)
    {
        try
        {
            return disk.RemoveFile(path);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    public int RemoveFolder(string path)
    {
        try
        {
            return disk.RemoveFolder(path);
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    private void Watch(Action work)
    {
        try
        {
            work();
        }
        catch (StoreException e) when (Tell(e))
        {
            throw;
        }
    }

    private bool Tell(StoreException e)
    {
        Failed?.Invoke(e);
        return true;
    }
}
