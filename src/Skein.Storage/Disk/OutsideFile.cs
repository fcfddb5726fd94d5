using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;

namespace Skein.Storage.Disk;

/// <summary>A file or folder of this machine that is none of the store's own, open for reading.</summary>
public sealed class OutsideFile : IDisposable
{
    private static readonly PosixDisk Machine = new("/");

    private OutsideFile(SafeFileHandle handle, string realPath, long size) =>
        (Handle, RealPath, Size) = (handle, realPath, size);

    /// <summary>For reads at an offset.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Where it lies, without symbolic links: what was opened, whatever the path stands for by now.</summary>
    public string RealPath { get; }

    /// <summary>Bytes when it was opened; -1 when it is no regular file.</summary>
    public long Size { get; }

    /// <summary>Opens it without waiting, whatever it is; null when there is nothing.</summary>
    /// <exception cref="StoreException">When it may not be read.</exception>
    public static OutsideFile? Open(string path)
    {
        var handle = Machine.OpenRead(path);
        if (handle is null)
        {
            return null;
        }
        try
        {
            var link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");
            var real = new FileInfo(link).LinkTarget ?? throw new StoreException(
                StoreErrorCode.Internal, $"{path}: the kernel does not say what it is");
            var opened = new OutsideFile(handle, real, Machine.RegularSize(handle));
            handle = null;
            return opened;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => Handle.Dispose();
}
