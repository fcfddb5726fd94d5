using System.Text;
using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Listing;

namespace Skein.Storage.Objects;

/// <summary>
/// Keeps one mountpath's index true: completes it after a start and rebuilds it after a failure, while objects are read
/// and written. For each name it holds the name's lock while it looks at the file and queues the row, so that the rows
/// of one name are queued in the order of its changes.
/// </summary>
internal sealed partial class IndexRecovery(
    StorageUnit unit, ObjectFinder finder, NameLocks locks, ObjectStoreOptions options, TimeProvider time,
    ILogger logger)
{
    private string Path => unit.Mountpath.Path;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var condition = unit.Index.Condition;
        if (!unit.Index.IsOpen)
        {
            await WaitAndStartOverAsync(cancel).ConfigureAwait(false);
        }
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await RecoverAsync(condition, cancel).ConfigureAwait(false);
                var failed = await unit.Index.Failed.WaitAsync(cancel).ConfigureAwait(false);
                Log.Retry(logger, Path, options.IndexRetryDelay.TotalSeconds, failed.Message);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // a job loop: whatever it was, the next round begins from nothing
            {
                Log.Failed(logger, Path, options.IndexRetryDelay.TotalSeconds, e);
            }
            condition = await WaitAndStartOverAsync(cancel).ConfigureAwait(false)
                ? IndexCondition.Lost : IndexCondition.Killed;
        }
    }

    private async Task RecoverAsync(IndexCondition condition, CancellationToken cancel)
    {
        switch (condition)
        {
            case IndexCondition.Clean:
                unit.Index.MarkReady();
                break;
            case IndexCondition.Killed:
                await LookAgainAsync(cancel).ConfigureAwait(false);
                unit.Index.MarkReady();
                break;
            case IndexCondition.Lost:
                await RebuildAsync(cancel).ConfigureAwait(false);
                await unit.Index.MarkCompleteAsync().ConfigureAwait(false);
                break;
        }
    }

    private async Task<bool> WaitAndStartOverAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.IndexRetryDelay, time, cancel).ConfigureAwait(false);
                await unit.Index.StartOverAsync().ConfigureAwait(false);
                // whoever noted a change in the old log has finished it after this
                await locks.DrainAsync(cancel).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception e) when (e is IndexFailure or IOException or UnauthorizedAccessException or StoreException)
            {
                Log.Failed(logger, Path, options.IndexRetryDelay.TotalSeconds, e);
            }
        }
        return false;
    }

    /// <summary>After a kill: the names that were about to change.</summary>
    private async Task LookAgainAsync(CancellationToken cancel)
    {
        var names = unit.Index.Unsettled();
        foreach (var (uname, bucketId, name) in names)
        {
            var bucket = BucketName.ParseUname(uname);
            var folder = new BucketFolder(Path, bucket);
            using var held = await locks.AcquireAsync(HrwDigest.OfObject(uname, name), cancel).ConfigureAwait(false);
            await ReindexAsync(unit, finder, folder, bucketId, name, default).ConfigureAwait(false);
        }
        await unit.Index.SettleAsync().ConfigureAwait(false);
        Log.LookedAgain(logger, Path, names.Count);
    }

    /// <summary>Queues the row that the file of a name asks for. The caller holds the name's lock.</summary>
    public static async ValueTask ReindexAsync(
        StorageUnit unit, ObjectFinder finder, BucketFolder folder, ulong bucketId, string name, IndexIntent intent)
    {
        using var found = finder.Find(unit.Disk, folder, bucketId, name);
        if (found is null)
        {
            await unit.Index.RemoveAsync(bucketId, name, intent).ConfigureAwait(false);
            return;
        }
        var header = ObjectHeaderCodec.Encode(found.Header);
        await unit.Index.PutAsync(bucketId, name, header, intent).ConfigureAwait(false);
    }

    private async Task RebuildAsync(CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        var count = 0L;
        foreach (var folder in BucketTree.Folders(Path))
        {
            foreach (var file in BucketTree.Files(folder))
            {
                cancel.ThrowIfCancellationRequested();
                count += await IndexFileAsync(folder, file, cancel).ConfigureAwait(false) ? 1 : 0;
            }
        }
        Log.Rebuilt(logger, Path, count, time.GetElapsedTime(begun).TotalSeconds);
    }

    private async ValueTask<bool> IndexFileAsync(BucketFolder folder, string file, CancellationToken cancel)
    {
        var relative = file[(folder.Objects.Length + 1)..];
        var name = relative;
        if (relative.StartsWith(ObjectPath.HashFolder + "/", StringComparison.Ordinal))
        {
            using var hashed = finder.Open(unit.Disk, file);
            if (hashed?.Header.Name is null || ObjectPath.Hashed(folder, hashed.Header.Name) != file)
            {
                return false;
            }
            name = hashed.Header.Name;
        }
        var digest = HrwDigest.OfObject(folder.Bucket.Uname, name);
        using var held = await locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
        using var found = finder.Open(unit.Disk, file);
        if (found is null || (found.Header.Name ?? relative) != name)
        {
            return false;
        }
        await unit.Index.PutAsync(
            found.Header.BucketId, name, ObjectHeaderCodec.Encode(found.Header), default).ConfigureAwait(false);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(2110, LogLevel.Information,
            "Listing index of mountpath {Mountpath}: {Count} names looked at again after a kill")]
        public static partial void LookedAgain(ILogger logger, string mountpath, int count);

        [LoggerMessage(2111, LogLevel.Information,
            "Listing index of mountpath {Mountpath} rebuilt from {Count} objects in {Seconds:F1} s")]
        public static partial void Rebuilt(ILogger logger, string mountpath, long count, double seconds);

        [LoggerMessage(2112, LogLevel.Warning,
            "Listing index of mountpath {Mountpath} is rebuilt in {Seconds} s: {Reason}")]
        public static partial void Retry(ILogger logger, string mountpath, double seconds, string reason);

        [LoggerMessage(2113, LogLevel.Error,
            "Listing index of mountpath {Mountpath} could not be rebuilt; tried again in {Seconds} s")]
        public static partial void Failed(ILogger logger, string mountpath, double seconds, Exception e);
    }
}
