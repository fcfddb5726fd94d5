using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.UnitTests.Storage;

/// <summary>Keeps folders in memory and notes which were flushed; knows no files.</summary>
internal sealed class RecordingDisk : IDisk
{
    private readonly HashSet<string> _folders = ["/m"];

    public List<string> Flushed { get; } = [];

    public int MakeFolder(string path) =>
        !_folders.Contains(path[..path.LastIndexOf('/')]) ? Errno.NoEntry
        : _folders.Add(path) ? Errno.Ok : Errno.Exists;

    public void SyncFolder(string path) => Flushed.Add(path);

    public int RemoveFolder(string path) => _folders.Remove(path) ? Errno.Ok : Errno.NoEntry;

    public SafeFileHandle? OpenRead(string path) => throw new NotSupportedException();

    public SafeFileHandle? CreateNew(string path) => throw new NotSupportedException();

    public long RegularSize(SafeFileHandle file) => throw new NotSupportedException();

    public int ReadMetadata(SafeFileHandle file, Span<byte> buffer) => throw new NotSupportedException();

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

    public void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public void SyncAll(SafeFileHandle? openedBefore = null) => throw new NotSupportedException();

    public void SyncFile(SafeFileHandle file) => throw new NotSupportedException();

    public bool IsSameRoot() => true;

    public int Rename(string from, string to) => throw new NotSupportedException();

    public int RemoveFile(string path) => throw new NotSupportedException();
}
