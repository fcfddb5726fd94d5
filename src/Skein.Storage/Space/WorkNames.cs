using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, bool> _live = new(StringComparer.Ordinal);
    private long _counter;

    /// <summary>True while somebody writes the file.</summary>
    public bool IsLive(string path) => _live.ContainsKey(path);

    /// <summary>Nobody writes the file any more.</summary>
    public void Release(string path) => _live.TryRemove(path, out _);

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
            _live[path] = true;
            try
            {
                if (folder.VerifiedId == bucketId && unit.Disk.CreateNew(path) is { } file)
                {
                    return (file, path);
                }
            }
            catch
            {
                Release(path);
                throw;
            }
            Release(path);
            makeFolders();
        }
        throw new StoreException(
            StoreErrorCode.Busy, $"the folders of bucket \"{folder.Bucket}\" are being removed; try again");
    }
}
