using System.Runtime.InteropServices;
using Skein.Core.Errors;

namespace Skein.Storage.Disk;

/// <summary>Turns error numbers into errors for the caller.</summary>
internal static class DiskErrors
{
    /// <summary>With less than this available, a refused attribute means a full disk and not a big attribute.</summary>
    public const long NearlyFullBytes = 1 << 20;

    /// <summary>Makes the error.</summary>
    /// <param name="error">Error number.</param>
    /// <param name="action">What was tried, as a verb phrase that the path completes.</param>
    /// <param name="path">On what.</param>
    /// <param name="mountpath">Where.</param>
    public static StoreException Make(int error, string action, string path, string mountpath)
    {
        var reason = $"cannot {action} {path} on mountpath {mountpath}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error switch
        {
            Errno.NoSpace or Errno.Quota => new StoreException(
                StoreErrorCode.OutOfSpace, $"no space left on mountpath {mountpath}", new IOException(reason, error)),
            Errno.Io => new StoreException(
                StoreErrorCode.Internal, $"{reason}; the disk is failing", new IOException(reason, error)),
            Errno.ReadOnly => new StoreException(
                StoreErrorCode.Internal, $"{reason}; the file system is mounted read-only, often after a disk error",
                new IOException(reason, error)),
            _ => new StoreException(StoreErrorCode.Internal, reason, new IOException(reason, error)),
        };
    }
}
