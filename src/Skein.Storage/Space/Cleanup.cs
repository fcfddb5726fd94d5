using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Storage.Moves;
using Skein.Storage.Objects;
using Skein.Storage.Uploads;

namespace Skein.Storage.Space;

/// <summary>
/// Removes what belongs to no object: work files of writes that are over, uploads that nobody goes on with, buckets that
/// exist no more, and what is left in the trash. Never touches a write under way or an object of a bucket that exists.
/// </summary>
public sealed class Cleanup
{
    /// <summary>Younger files and folders are left alone.</summary>
    public static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(10);

    private readonly StoreCore _core;
    private readonly TrashCan _trash;
    private readonly WorkNames _workNames;
    private readonly UploadStore _uploads;
    private readonly TimeProvider _time;

    internal Cleanup(StoreCore core, TrashCan trash, WorkNames workNames, UploadStore uploads, TimeProvider time)
    {
        _core = core;
        _uploads = uploads;
        _trash = trash;
        _workNames = workNames;
        _time = time;
    }

    /// <summary>Runs once over all mountpaths. It can be stopped at any point, and run again.</summary>
    /// <param name="bucketIds">
    /// Id of the bucket of a name as the cluster has it now; null when there is none: then what is left of it is removed.
    /// </param>
    /// <param name="report">Hears what is done.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OperationCanceledException">When it was stopped.</exception>
    public async Task RunAsync(Func<BucketName, ulong?> bucketIds, IMoveReport report, CancellationToken cancel)
    {
        foreach (var unit in StoreCore.Units(_core.Mountpaths.View))
        {
            foreach (var folder in BucketTree.Folders(unit.Mountpath.Path))
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    if (!await TryRemoveBucketAsync(unit, folder, bucketIds, report).ConfigureAwait(false))
                    {
                        RemoveWork(unit, folder, report, cancel);
                        UploadCleanup.Run(unit, folder, _uploads, _time.GetUtcNow(), report, cancel);
                    }
                }
                catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
                {
                    report.Failed(folder.Root, e.Message);
                }
                await Task.Yield();
            }
            _trash.Resume(unit.Mountpath.Path);
        }
    }

    private static bool IsOld(FileSystemInfo entry, DateTimeOffset now) =>
        now - new DateTimeOffset(entry.LastWriteTimeUtc, TimeSpan.Zero) >= LeastAge;

    private async Task<bool> TryRemoveBucketAsync(
        StorageUnit unit, BucketFolder folder, Func<BucketName, ulong?> bucketIds, IMoveReport report)
    {
        // first the mark, then the question: whoever made the folder knew a document not newer than the one asked now
        if (BucketMarker.Read(unit.Disk, folder.Objects) is not { } id || bucketIds(folder.Bucket) == id
            || !IsOld(new DirectoryInfo(folder.Objects), _time.GetUtcNow()))
        {
            return false;
        }
        _core.Buckets.Doom(id);
        await unit.Threads.RunAsync(() => _core.Buckets.Remove(unit, folder.Bucket, id)).ConfigureAwait(false);
        await unit.Index.DoomAsync(id).ConfigureAwait(false);
        report.Done(1, 0);
        return true;
    }

    private void RemoveWork(StorageUnit unit, BucketFolder folder, IMoveReport report, CancellationToken cancel)
    {
        if (!Directory.Exists(folder.Work))
        {
            return;
        }
        foreach (var file in new DirectoryInfo(folder.Work).EnumerateFiles())
        {
            cancel.ThrowIfCancellationRequested();
            if (_workNames.IsLive(file.FullName) || !IsOld(file, _time.GetUtcNow()))
            {
                continue;
            }
            var size = file.Exists ? file.Length : 0;
            if (unit.Disk.RemoveFile(file.FullName) == Disk.Errno.Ok)
            {
                report.Done(1, size);
            }
        }
    }
}
