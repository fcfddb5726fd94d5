using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Listing;

namespace Skein.Storage.Objects;

/// <summary>
/// Many writes with few flushes: 1. every work file gets its metadata; 2. one flush of each file system makes them
/// durable; 3. each gets its name, under the lock of that name; 4. one more flush makes the names durable. As with a single
/// write, no name ever stands for bytes that are not on the device.
/// </summary>
internal sealed class BatchCommit(StoreCore store)
{
    /// <summary>With fewer objects each is flushed by itself: the rest of the file system is not waited for.</summary>
    private const int FewObjects = 4;

    public async ValueTask<IReadOnlyList<BatchResult>> RunAsync(
        IReadOnlyList<BatchWrite> batch, CancellationToken cancel)
    {
        var items = new Item?[batch.Count];
        var results = new BatchResult[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            try
            {
                items[i] = Prepare(batch[i]);
            }
            catch (StoreException e)
            {
                results[i] = new BatchResult(null, e);
            }
        }
        cancel.ThrowIfCancellationRequested();
        var groups = Enumerable.Range(0, batch.Count).Where(i => items[i] is not null).GroupBy(i => batch[i].Writer.Unit);
        await Task.WhenAll(groups.Select(group => CommitAsync(group.Key, [.. group], items, results)))
            .ConfigureAwait(false);
        return results;
    }

    /// <summary>
    /// Removes objects, each only while its stamp is the given one. Where it lies on several mountpaths all its copies
    /// are removed, the oldest first: an older one must not come to light.
    /// </summary>
    public async ValueTask<int> RemoveAsync(
        BucketRef bucket, IReadOnlyList<(string Name, WriteStamp Stamp)> copies, bool durable, CancellationToken cancel)
    {
        var removed = 0;
        var changed = new HashSet<StorageUnit>();
        foreach (var (name, stamp) in copies)
        {
            var digest = HrwDigest.OfObject(bucket.Uname, name);
            using var held = await store.Locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
            var found = store.FindAll(store.Mountpaths.View, bucket, name, digest);
            if (found.Count == 0 || found[^1].Object.Header.Attributes.Stamp != stamp)
            {
                continue;
            }
            foreach (var (unit, copy) in found)
            {
                await store.RemoveAsync(unit, bucket, name, copy.Path, durable: false).ConfigureAwait(false);
                changed.Add(unit);
            }
            removed++;
        }
        if (durable)
        {
            await Task.WhenAll(changed.Select(unit => unit.Threads.RunAsync(() => unit.Disk.SyncAll())))
                .ConfigureAwait(false);
        }
        return removed;
    }

    private static Item Prepare(BatchWrite write)
    {
        var (writer, commit) = (write.Writer, write.Commit);
        if (commit.ExactVersion is null)
        {
            throw new ArgumentException("a write of a batch brings its version with it");
        }
        var attributes = new ObjectAttributes
        {
            Checksum = writer.Finish(commit),
            Size = writer.BytesWritten,
            Version = ObjectVersion.Next(writer.Bucket.Versioning, null, commit),
            AccessTime = commit.AccessTime ?? 0,
            Stamp = commit.Stamp,
            Custom = CustomMetadata.Sort(commit.Custom),
        };
        return new Item(write, new ObjectHeader(attributes, writer.Bucket.Id, null));
    }

    private async Task CommitAsync(StorageUnit unit, int[] group, Item?[] items, BatchResult[] results)
    {
        try
        {
            await unit.Threads.RunAsync(() => WriteMetadata(unit, group, items)).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // A disk that refuses; or one of them has metadata that is too big: each for itself, so that it is named.
            foreach (var i in group)
            {
                items[i]!.NeedsOwnWay = true;
            }
        }
        foreach (var i in group)
        {
            try
            {
                results[i] = new BatchResult(await PlaceAsync(unit, items[i]!).ConfigureAwait(false), null);
            }
            catch (StoreException e)
            {
                results[i] = new BatchResult(null, e);
            }
        }
        try
        {
            await unit.Threads.RunAsync(() => FlushNames(unit, group, items)).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            foreach (var i in group.Where(i => results[i].Error is null))
            {
                results[i] = new BatchResult(null, e); // visible, but nobody knows whether it survives
            }
            return;
        }
        foreach (var item in group.Select(i => items[i]!).Where(item => item.Elsewhere.Count != 0))
        {
            await RemoveElsewhereAsync(unit, item).ConfigureAwait(false);
        }
    }

    /// <summary>What an overwritten object left on other mountpaths; when that fails, the resilver finds it.</summary>
    private async Task RemoveElsewhereAsync(StorageUnit unit, Item item)
    {
        var (bucket, name, digest) = (item.Write.Writer.Bucket, item.Write.Writer.Name, item.Write.Writer.Digest);
        using var held = await store.Locks.AcquireAsync(digest, CancellationToken.None).ConfigureAwait(false);
        var copies = store.FindAll(store.Mountpaths.View, bucket, name, digest);
        var older = item.Elsewhere.Where(e => copies.Exists(c => c.Unit == e.Unit && c.Object.Path == e.Path
            && c.Object.Header.Attributes.Stamp == e.Stamp && c.Object != copies[^1].Object));
        try
        {
            await store.RemoveElsewhereAsync(
                unit, bucket, name, [.. older.Select(e => (e.Unit, e.Path))], durable: true).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The disk has been told of; the object itself is stored.
        }
    }

    private static void WriteMetadata(StorageUnit unit, int[] group, Item?[] items)
    {
        foreach (var i in group)
        {
            var item = items[i]!;
            item.Bytes = ObjectHeaderCodec.Encode(item.Header);
            unit.Disk.WriteMetadata(item.Write.Writer.File, item.Bytes);
            if (group.Length <= FewObjects)
            {
                unit.Disk.SyncFile(item.Write.Writer.File);
            }
        }
        if (group.Length > FewObjects)
        {
            unit.Disk.SyncAll(items[group[0]]!.Write.Writer.File);
        }
    }

    private static void FlushNames(StorageUnit unit, int[] group, Item?[] items)
    {
        if (group.Length > FewObjects)
        {
            unit.Disk.SyncAll(items[group[0]]!.Write.Writer.File);
            return;
        }
        foreach (var item in group.Select(i => items[i]!).Where(item => item.Path.Length != 0))
        {
            unit.Folders.SyncUp(ObjectPath.FolderOf(item.Path), unit.Mountpath.Path);
        }
    }

    /// <summary>Gives a work file its name; answers the object that is there then, null when it is not wanted.</summary>
    private async ValueTask<ObjectAttributes?> PlaceAsync(StorageUnit unit, Item item)
    {
        var (writer, commit) = (item.Write.Writer, item.Write.Commit);
        var (bucket, name) = (writer.Bucket, writer.Name);
        using var held = await store.Locks.AcquireAsync(writer.Digest, CancellationToken.None).ConfigureAwait(false);
        var view = store.Mountpaths.View;
        if (view.Choose(writer.Digest).Unit != unit)
        {
            throw new StoreException(
                StoreErrorCode.Busy, $"{bucket.Name}/{name} belongs on another mountpath since a moment; try again");
        }
        var copies = store.FindAll(view, bucket, name, writer.Digest);
        if (commit.OnlyIfNewer && copies.Count != 0 && copies[^1] is var (holder, kept)
            && kept.Header.Attributes.Stamp >= commit.Stamp)
        {
            // It may have got its name a moment ago, by another batch: nobody may rely on it before that is durable.
            if (holder == unit)
            {
                item.Path = kept.Path;
            }
            else
            {
                await holder.Threads.RunAsync(() => holder.Folders.SyncUp(
                    ObjectPath.FolderOf(kept.Path), holder.Mountpath.Path)).ConfigureAwait(false);
            }
            return kept.Header.Attributes;
        }
        if (item.Write.StillWanted is { } isWanted && !isWanted())
        {
            return null;
        }
        var folder = store.FolderOf(unit, bucket);
        var hashed = copies.Exists(c => c.Unit == unit && c.Object.IsHashed);
        var plain = hashed || item.NeedsOwnWay ? null : ObjectPath.Plain(folder, name);
        await store.ChangeAsync(unit, bucket, name, async intent =>
        {
            if (plain is not null && ObjectPlacer.TryRename(unit, folder, writer.WorkPath, plain))
            {
                item.Path = plain;
            }
            else
            {
                await unit.Threads.RunAsync(() => item.Bytes = ObjectPlacer.Place(
                    unit, folder, (writer.File, writer.WorkPath), item.Header, name, hashed, durable: true))
                    .ConfigureAwait(false);
            }
            writer.IsPlaced = true;
            await unit.Index.PutAsync(bucket.Id, name, item.Bytes, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
        item.Elsewhere = [.. copies.Where(c => c.Unit != unit)
            .Select(c => (c.Unit, c.Object.Path, c.Object.Header.Attributes.Stamp))];
        return item.Header.Attributes;
    }

    private sealed class Item(BatchWrite write, ObjectHeader header)
    {
        public BatchWrite Write { get; } = write;

        public ObjectHeader Header { get; } = header;

        public byte[] Bytes { get; set; } = [];

        /// <summary>True when its metadata is not known to be on the device.</summary>
        public bool NeedsOwnWay { get; set; }

        /// <summary>Copies on other mountpaths, to be removed when this one is durable.</summary>
        public IReadOnlyList<(StorageUnit Unit, string Path, WriteStamp Stamp)> Elsewhere { get; set; } = [];

        /// <summary>Where it lies, when its folder is still to be flushed.</summary>
        public string Path { get; set; } = "";
    }
}
