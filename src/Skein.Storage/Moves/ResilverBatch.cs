using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Storage.Space;

namespace Skein.Storage.Moves;

/// <summary>
/// Moves some objects with a few flushes: 1. work files are copied; 2. one flush of each mountpath; 3. each gets its name,
/// under its lock, if it is still the copy that was written last; 4. one more flush; 5. only then the old copies are
/// removed, under the lock again.
/// </summary>
internal sealed class ResilverBatch(StoreCore core, WorkNames workNames)
{
    /// <summary>
    /// Moves the objects; answers how many could not be moved, and how many still lie in the old place because something
    /// newer has been met or they changed: those are for the next pass.
    /// </summary>
    public async Task<(int Failed, int Left)> MoveAsync(
        MountpathView view, List<Misplaced> batch, IMoveReport report, CancellationToken cancel)
    {
        if (batch.Count == 0)
        {
            return (0, 0);
        }
        var copies = new List<Copy>(batch.Count);
        try
        {
            foreach (var misplaced in batch)
            {
                copies.Add(new Copy(misplaced));
                await TryAsync(copies[^1], report, c => CopyAsync(c, cancel)).ConfigureAwait(false);
            }
            await FlushAsync(copies, report).ConfigureAwait(false);
            foreach (var copy in copies.Where(c => !c.HasFailed))
            {
                await TryAsync(copy, report, c => PlaceAsync(view, c)).ConfigureAwait(false);
            }
            await FlushAsync(copies, report).ConfigureAwait(false);
            foreach (var unit in copies.Select(c => c.What.To).Distinct())
            {
                await unit.Index.FlushAsync().ConfigureAwait(false);
            }
            core.CountMove();
            foreach (var copy in copies.Where(c => !c.HasFailed))
            {
                await TryAsync(copy, report, c => RemoveAsync(view, c)).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var copy in copies)
            {
                copy.Dispose();
                workNames.Release(copy.Work?.Path ?? "");
            }
        }
        report.Done(copies.Count(c => c.IsPlaced), copies.Where(c => c.IsPlaced).Sum(c => c.What.Size));
        return (copies.Count(c => c.HasFailed), copies.Count(c => c.IsLeft && !c.HasFailed));
    }

    private static async Task TryAsync(Copy copy, IMoveReport report, Func<Copy, Task> step)
    {
        try
        {
            await step(copy).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            copy.Fail(report, e);
        }
    }

    private async Task CopyAsync(Copy copy, CancellationToken cancel)
    {
        var what = copy.What;
        using var found = core.Finder.Find(what.From.Disk, what.From.FolderOf(what.Bucket.Name), what.Bucket.Id, what.Name);
        if (found is null || found.Header.Attributes.Stamp != what.Stamp)
        {
            copy.IsOver = true;
            return;
        }
        what.To.Space.ThrowIfFull(what.Size);
        ulong? older = null;
        var folder = what.To.FolderOf(what.Bucket.Name);
        copy.Header = found.Header with { Name = null };
        copy.Work = workNames.Create(
            what.To, folder, what.Bucket.Id, () => older = core.Buckets.Make(what.To, what.Bucket) ?? older);
        if (older is not null)
        {
            await what.To.Index.DoomAsync(older.Value).ConfigureAwait(false);
        }
        await FileCopy.RunAsync(what.To.Disk, found.File, copy.Work.Value.File, what.Size, cancel).ConfigureAwait(false);
        var hashed = ObjectPath.Plain(folder, what.Name) is null;
        copy.Bytes = ObjectHeaderCodec.Encode(hashed ? copy.Header with { Name = what.Name } : copy.Header);
        what.To.Disk.WriteMetadata(copy.Work.Value.File, copy.Bytes);
    }

    private static async Task FlushAsync(List<Copy> copies, IMoveReport report)
    {
        foreach (var group in copies.Where(c => !c.HasFailed && !c.IsOver).GroupBy(c => c.What.To))
        {
            try
            {
                var oldest = group.Select(c => c.Work?.File).FirstOrDefault(f => f is not null);
                await group.Key.Threads.RunAsync(() => group.Key.Disk.SyncAll(oldest)).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                foreach (var copy in group)
                {
                    copy.Fail(report, e);
                }
            }
        }
    }

    private async Task PlaceAsync(MountpathView view, Copy copy)
    {
        var what = copy.What;
        if (copy.IsOver)
        {
            return;
        }
        using var held = await core.Locks.AcquireAsync(what.Digest, CancellationToken.None).ConfigureAwait(false);
        var all = core.FindAll(view, what.Bucket, what.Name, what.Digest);
        if (core.Mountpaths.View != view
            || !all.Exists(c => c.Unit == what.From && c.Object.Header.Attributes.Stamp == what.Stamp)
            || all.Exists(c => c.Object.Header.Attributes.Stamp > what.Stamp)
            || all.Exists(c => c.Unit == what.To && c.Object.Header.Attributes.Stamp == what.Stamp))
        {
            return; // changed, gone, older than another, or there already: at most the removal is left to do
        }
        var folder = core.FolderOf(what.To, what.Bucket);
        var present = all.Find(c => c.Unit == what.To);
        var plain = present.Object?.IsHashed == true ? null : ObjectPath.Plain(folder, what.Name);
        var work = copy.Work!.Value;
        await core.ChangeAsync(what.To, what.Bucket, what.Name, async intent =>
        {
            var isPlain = plain is not null && ObjectPlacer.TryRename(what.To, folder, work.Path, plain);
            if (!isPlain)
            {
                await what.To.Threads.RunAsync(() => copy.Bytes = ObjectPlacer.Place(
                    what.To, folder, work, copy.Header!, what.Name, present.Object?.IsHashed == true, durable: true))
                    .ConfigureAwait(false);
            }
            copy.IsPlaced = true;
            await what.To.Index.PutAsync(what.Bucket.Id, what.Name, copy.Bytes, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Removes the old copy, when one that is not older lies where the object belongs.</summary>
    private async Task RemoveAsync(MountpathView view, Copy copy)
    {
        var what = copy.What;
        using var held = await core.Locks.AcquireAsync(what.Digest, CancellationToken.None).ConfigureAwait(false);
        var all = core.FindAll(view, what.Bucket, what.Name, what.Digest);
        var old = all.Find(c => c.Unit == what.From);
        if (old.Object is null)
        {
            return;
        }
        copy.IsLeft = core.Mountpaths.View != view
            || !all.Exists(c => c.Unit == what.To && c.Object.Header.Attributes.Stamp >= old.Object.Header.Attributes.Stamp);
        if (!copy.IsLeft)
        {
            await core.RemoveAsync(what.From, what.Bucket, what.Name, old.Object.Path, durable: false).ConfigureAwait(false);
        }
    }

    private sealed class Copy(Misplaced what) : IDisposable
    {
        public Misplaced What { get; } = what;

        public ObjectHeader? Header { get; set; }

        public (SafeFileHandle File, string Path)? Work { get; set; }

        public byte[] Bytes { get; set; } = [];

        public bool IsOver { get; set; }

        public bool IsPlaced { get; set; }

        public bool IsLeft { get; set; }

        public bool HasFailed { get; private set; }

        public void Fail(IMoveReport report, StoreException e)
        {
            HasFailed = true;
            report.Failed($"{What.Bucket.Name}/{What.Name}", e.Message);
        }

        public void Dispose()
        {
            if (Work is not var (file, path))
            {
                return;
            }
            file.Dispose();
            if (IsPlaced)
            {
                return;
            }
            try
            {
                What.To.Disk.RemoveFile(path);
            }
            catch (StoreException)
            {
                // the cleanup finds it
            }
        }
    }
}
