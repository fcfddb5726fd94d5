using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Objects;

namespace Skein.Storage.Space;

/// <summary>Makes work files with names that this process, and all before it, never used.</summary>
internal sealed class WorkNames(TimeProvider time)
{
    /// <summary>How often the bucket's folders are made anew when they vanish.</summary>
    private const int MaxAttempts = 8;

    private readonly string _prefix = time.GetUtcNow().UtcTicks.ToString("x", CultureInfo.InvariantCulture);
    private long _counter;

    /// <summary>Makes a work file.</summary>
    /// <param name="unit">Where.</param>
    /// <param name="folder">Of which bucket.</param>
    /// <param name="bucketId">The bucket's id.</param>
    /// <param name="makeFolders">Called when the bucket's folders are missing, or were not looked at yet.</param>
    public (SafeFileHandle File, string Path) Create(
        StorageUnit unit, BucketFolder folder, ulong bucketId, Action makeFolders)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var number = Interlocked.Increment(ref _counter);
            var path = string.Create(CultureInfo.InvariantCulture, $"{folder.Work}/{_prefix}-{number:x}");
            if (folder.VerifiedId == bucketId && unit.Disk.CreateNew(path) is { } file)
            {
                return (file, path);
            }
            makeFolders();
        }
        throw new StoreException(
            StoreErrorCode.Busy, $"the folders of bucket \"{folder.Bucket}\" are being removed; try again");
    }
}
