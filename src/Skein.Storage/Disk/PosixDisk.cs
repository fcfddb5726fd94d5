using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Disk;

/// <summary>The real disk. Thread-safe; every call blocks until the kernel is done.</summary>
/// <param name="mountpath">Named in errors.</param>
internal sealed class PosixDisk(string mountpath) : IDisk
{
    /// <summary>Extended attribute that holds an object's metadata.</summary>
    public const string MetadataAttribute = "user.skein";

    private const int FileMode = 0x1A4; // 0644
    private const int FolderMode = 0x1ED; // 0755

    private static volatile bool _opensFromMemory = true;

    private readonly (ulong Inode, uint Major, uint Minor)? _root = Root(mountpath);

    /// <summary>Space of the file system that holds the path.</summary>
    public static MountpathCapacity Capacity(string path)
    {
        if (LibC.FileSystemSpace(path, out var space) != 0)
        {
            throw DiskErrors.Make(Marshal.GetLastPInvokeError(), "ask for the free space", path, path);
        }
        var unit = (long)space.FragmentSize;
        return new MountpathCapacity(
            unit * (long)space.Blocks,
            unit * (long)(space.Blocks - space.FreeBlocks),
            unit * (long)space.AvailableBlocks);
    }

    /// <inheritdoc/>
    public SafeFileHandle? OpenRead(string path)
    {
        var file = Open(path, LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec, out var error);
        return file is not null ? file : error switch
        {
            Errno.NoEntry or Errno.NotFolder or Errno.NameTooLong or Errno.BadSequence or Errno.Loop => null,
            _ => throw Error(error, "open", path),
        };
    }

    /// <inheritdoc/>
    public unsafe SafeFileHandle? OpenInMemory(string path)
    {
        if (!_opensFromMemory)
        {
            return null;
        }
        var how = new LibC.OpenHowBuffer
        {
            Flags = LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec,
            Resolve = LibC.ResolveCached,
        };
        var descriptor = LibC.OpenHow(
            (nint)LibC.CallOpen, LibC.CurrentFolder, path, &how, sizeof(LibC.OpenHowBuffer));
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }
        if (Marshal.GetLastPInvokeError() is Errno.NotImplemented or Errno.NotPermitted)
        {
            _opensFromMemory = false; // an old kernel, or a container that is not allowed to
        }
        return null;
    }

    /// <inheritdoc/>
    public SafeFileHandle? CreateNew(string path)
    {
        var flags = LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.CloseOnExec;
        var file = Open(path, flags, out var error);
        return file is not null ? file : error == Errno.NoEntry ? null : throw Error(error, "create", path);
    }

    /// <inheritdoc/>
    public unsafe long RegularSize(SafeFileHandle file)
    {
        LibC.StatxBuffer buffer;
        byte empty = 0;
        if (LibC.Statx(file, &empty, LibC.AtEmptyPath, LibC.StatxTypeAndSize, &buffer) != 0)
        {
            throw Error(Marshal.GetLastPInvokeError(), "look at", "an open file");
        }
        return (buffer.Mode & LibC.FileTypeMask) == LibC.RegularFile ? (long)buffer.Size : -1;
    }

    /// <inheritdoc/>
    public unsafe int ReadMetadata(SafeFileHandle file, Span<byte> buffer)
    {
        fixed (byte* name = "user.skein\0"u8)
        fixed (byte* value = buffer)
        {
            var length = LibC.GetAttribute(file, name, value, buffer.Length);
            if (length >= 0)
            {
                return (int)length;
            }
        }
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.NoData or Errno.NotSupported => -1,
            Errno.Range or Errno.TooBig => -2,
            var error => throw Error(error, "read the metadata of", "an open file"),
        };
    }

    /// <inheritdoc/>
    public unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            nint done;
            fixed (byte* start = bytes)
            {
                done = LibC.WriteAt(file, start, bytes.Length, offset);
            }
            if (done < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Errno.Interrupted)
                {
                    continue;
                }
                throw Error(error, "write to", "a work file");
            }
            bytes = bytes[(int)done..];
            offset += done;
        }
    }

    /// <inheritdoc/>
    public unsafe void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        int error;
        fixed (byte* value = bytes)
        {
            error = LibC.SetAttribute(file, MetadataAttribute, value, bytes.Length, 0) == 0
                ? Errno.Ok : Marshal.GetLastPInvokeError();
        }
        if (error == Errno.Ok)
        {
            return;
        }
        var tooBig = error is Errno.TooBig or Errno.Range
            || (error == Errno.NoSpace && Capacity(mountpath).AvailableBytes > DiskErrors.NearlyFullBytes);
        throw tooBig
            ? new StoreException(
                StoreErrorCode.InvalidRequest,
                $"the object's metadata of {bytes.Length} bytes does not fit: the file system of {mountpath} "
                    + "keeps at most about 4000 bytes per file; use less custom metadata")
            : Error(error, "set the metadata of", "a file");
    }

    /// <inheritdoc/>
    public void SyncFile(SafeFileHandle file)
    {
        while (LibC.Sync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted)
            {
                throw Error(error, "flush", "a file");
            }
        }
    }

    /// <inheritdoc/>
    public void SyncFolder(string path)
    {
        using var folder = OpenRead(path);
        if (folder is not null)
        {
            SyncFile(folder);
        }
    }

    /// <inheritdoc/>
    public void SyncAll(SafeFileHandle? openedBefore = null)
    {
        using var root = openedBefore is not null ? null
            : OpenRead(mountpath) ?? throw Error(Errno.NoEntry, "flush the file system of", mountpath);
        while (LibC.SyncFileSystem(openedBefore ?? root!) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted)
            {
                throw Error(error, "flush the file system of", mountpath);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsSameRoot() => Root(mountpath) is { } root && root == _root;

    /// <inheritdoc/>
    public int Rename(string from, string to) => LibC.Rename(from, to) == 0 ? Errno.Ok : Expected(
        Marshal.GetLastPInvokeError(), "rename a file to", to,
        Errno.NoEntry, Errno.NotFolder, Errno.IsFolder, Errno.NotEmpty, Errno.Exists, Errno.NameTooLong,
        Errno.BadSequence);

    /// <inheritdoc/>
    public int MakeFolder(string path) => LibC.MakeFolder(path, FolderMode) == 0 ? Errno.Ok : Expected(
        Marshal.GetLastPInvokeError(), "make the folder", path,
        Errno.Exists, Errno.NoEntry, Errno.NotFolder, Errno.NameTooLong, Errno.BadSequence);

    /// <inheritdoc/>
    public int RemoveFile(string path) => LibC.Unlink(path) == 0 ? Errno.Ok : Expected(
        Marshal.GetLastPInvokeError(), "remove", path, Errno.NoEntry, Errno.NotFolder, Errno.IsFolder);

    /// <inheritdoc/>
    public int RemoveFolder(string path) => LibC.RemoveFolder(path) == 0 ? Errno.Ok : Expected(
        Marshal.GetLastPInvokeError(), "remove the folder", path,
        Errno.NoEntry, Errno.NotFolder, Errno.NotEmpty, Errno.Exists);

    private static SafeFileHandle? Open(string path, int flags, out int error)
    {
        while (true)
        {
            var descriptor = LibC.Open(path, flags, FileMode);
            if (descriptor >= 0)
            {
                error = Errno.Ok;
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }
            error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted)
            {
                return null;
            }
        }
    }

    private static unsafe (ulong Inode, uint Major, uint Minor)? Root(string path)
    {
        LibC.StatxBuffer buffer;
        return LibC.StatxPath(LibC.CurrentFolder, path, 0, LibC.StatxInode, &buffer) == 0
            ? (buffer.Inode, buffer.DeviceMajor, buffer.DeviceMinor) : null;
    }

    private int Expected(int error, string action, string path, params ReadOnlySpan<int> expected) =>
        expected.Contains(error) ? error : throw Error(error, action, path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StoreException Error(int error, string action, string path) =>
        DiskErrors.Make(error, action, path, mountpath);
}
