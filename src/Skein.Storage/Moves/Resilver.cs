using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Storage.Space;

namespace Skein.Storage.Moves;

/// <summary>
/// Moves every object to the mountpath on which it belongs, after mountpaths came or went. What is cut off is begun
/// again from the start: what has moved lies where it belongs. When everything does, the mountpaths are settled, and
/// those that waited for it are disabled or detached.
/// </summary>
public sealed partial class Resilver
{
    /// <summary>Passes until it is given up because the mountpaths, or the objects, change all the time.</summary>
    private const int MaxPasses = 16;

    private const int BatchObjects = 256;
    private const long BatchBytes = 64L << 20;

    /// <summary>Files that are looked at before others get a turn.</summary>
    private const int Chunk = 256;

    /// <summary>How often it is looked whether a disk that failed was taken out.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly StoreCore _core;
    private readonly MountpathControl _control;
    private readonly ResilverBatch _mover;
    private readonly TimeSpan _failedDiskWait;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _running;

    internal Resilver(
        StoreCore core, MountpathControl control, WorkNames workNames, ObjectStoreOptions options, TimeProvider time,
        ILogger logger)
    {
        _failedDiskWait = options.FailedDiskWait;
        _time = time;
        _core = core;
        _control = control;
        _mover = new ResilverBatch(core, workNames);
        _logger = logger;
    }

    /// <summary>True while objects are being moved.</summary>
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>
    /// Runs until every object lies where it belongs. It can be stopped at any point, and run again.
    /// </summary>
    /// <param name="buckets">
    /// The bucket of a name as the cluster has it now; null when there is none: what is left of it is not moved.
    /// </param>
    /// <param name="report">Hears what is done.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>True when the mountpaths are settled now; false when objects could not be moved.</returns>
    /// <exception cref="OperationCanceledException">When it was stopped.</exception>
    public async Task<bool> RunAsync(Func<BucketName, BucketRef?> buckets, IMoveReport report, CancellationToken cancel)
    {
        Interlocked.Increment(ref _running);
        try
        {
            for (var pass = 0; pass < MaxPasses; pass++)
            {
                var view = _core.Mountpaths.View;
                if (view.Available.Count == 0)
                {
                    throw view.NoneAvailable();
                }
                // whoever holds a name's lock may still place it by the view before
                await _core.Locks.DrainAsync(cancel).ConfigureAwait(false);
                int failed, left;
                try
                {
                    (failed, left) = await PassAsync(view, buckets, report, cancel).ConfigureAwait(false);
                }
                catch (Exception e) when (e is StoreException or IOException)
                {
                    if (!await IsTakenOutAsync(view, cancel).ConfigureAwait(false))
                    {
                        throw;
                    }
                    continue; // a disk has failed meanwhile: the objects on the others are moved all the same
                }
                if (failed != 0 && view == _core.Mountpaths.View)
                {
                    Log.Failed(_logger, failed);
                    return false;
                }
                if (failed == 0 && left == 0 && await _control.SettleAsync(view, cancel).ConfigureAwait(false))
                {
                    return true;
                }
            }
            Log.NeverEnds(_logger, MaxPasses);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Gives the health checker some time to see what was met here.</summary>
    private async Task<bool> IsTakenOutAsync(MountpathView view, CancellationToken cancel)
    {
        var begun = _time.GetTimestamp();
        while (view == _core.Mountpaths.View && _time.GetElapsedTime(begun) < _failedDiskWait)
        {
            _core.Wake?.Invoke();
            await Task.Delay(LookPause, _time, cancel).ConfigureAwait(false);
        }
        return view != _core.Mountpaths.View;
    }

    /// <summary>Walks all files once; answers as <see cref="ResilverBatch.MoveAsync"/>.</summary>
    private async Task<(int Failed, int Left)> PassAsync(
        MountpathView view, Func<BucketName, BucketRef?> buckets, IMoveReport report, CancellationToken cancel)
    {
        var (failed, left, seen) = (0, 0, 0);
        foreach (var unit in StoreCore.Units(view))
        {
            unit.ThrowIfGone();
            foreach (var folder in BucketTree.Folders(unit.Mountpath.Path))
            {
                if (buckets(folder.Bucket) is not { } bucket)
                {
                    continue;
                }
                var (batch, bytes) = (new List<Misplaced>(), 0L);
                foreach (var file in BucketTree.Files(folder))
                {
                    cancel.ThrowIfCancellationRequested();
                    if (++seen % Chunk == 0)
                    {
                        await Task.Yield();
                    }
                    if (Examine(view, unit, bucket, folder, file) is not { } misplaced)
                    {
                        continue;
                    }
                    batch.Add(misplaced);
                    bytes += misplaced.Size;
                    if (batch.Count == BatchObjects || bytes >= BatchBytes)
                    {
                        await MoveAsync(batch).ConfigureAwait(false);
                        (batch, bytes) = ([], 0);
                    }
                }
                await MoveAsync(batch).ConfigureAwait(false);
            }
            unit.ThrowIfGone();
        }
        return (failed, left);

        async Task MoveAsync(List<Misplaced> batch)
        {
            var result = await _mover.MoveAsync(view, batch, report, cancel).ConfigureAwait(false);
            (failed, left) = (failed + result.Failed, left + result.Left);
        }
    }

    /// <summary>An object of the bucket that does not lie where it belongs.</summary>
    private Misplaced? Examine(MountpathView view, StorageUnit unit, BucketRef bucket, BucketFolder folder, string file)
    {
        using var found = _core.Finder.Open(unit.Disk, file);
        if (found is null || found.Header.BucketId != bucket.Id)
        {
            return null;
        }
        var name = found.Header.Name ?? file[(folder.Objects.Length + 1)..];
        if ((found.Header.Name is null ? ObjectPath.Plain(folder, name) : ObjectPath.Hashed(folder, name)) != file)
        {
            return null; // in a place in which nobody looks for it
        }
        var digest = HrwDigest.OfObject(bucket.Uname, name);
        var target = view.Choose(digest).Unit;
        return target == unit ? null : new Misplaced(
            unit, target, bucket, name, digest, found.Header.Attributes.Stamp, found.Header.Attributes.Size);
    }

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Error,
            "{Failed} objects could not be moved to the mountpath on which they belong; the resilver must be run again")]
        public static partial void Failed(ILogger logger, int failed);

        [LoggerMessage(2402, LogLevel.Error,
            "After {Passes} passes objects still do not lie where they belong; the resilver must be run again")]
        public static partial void NeverEnds(ILogger logger, int passes);
    }
}
