using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>
/// The objects on this node's mountpaths. Thread-safe. Reads take no lock and see an object as a whole; changes of one
/// name happen one after another.
/// </summary>
public sealed class ObjectStore : IAsyncDisposable
{
    private readonly ObjectStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageUnit[] _units;
    private readonly ObjectFinder _finder;
    private readonly NameLocks _locks = new();
    private readonly BatchCommit _batches;
    private readonly BucketFolders _buckets;
    private readonly TrashCan _trash;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _recoveries = [];
    private readonly WorkNames _workNames;
    private bool _disposed;

    private ObjectStore(MountpathSet mountpaths, ObjectStoreOptions options, TimeProvider time, ILogger logger)
    {
        Mountpaths = mountpaths;
        _options = options;
        _time = time;
        _finder = new ObjectFinder(logger);
        _workNames = new WorkNames(time);
        _batches = new BatchCommit(this);
        var bootId = options.BootId ?? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        _units = [.. mountpaths.All.Select(m => OpenUnit(m, bootId, options, logger))];
        _trash = new TrashCan(time, logger);
        _buckets = new BucketFolders(_units, _trash);
        foreach (var unit in _units)
        {
            BucketFolders.RemoveStaleWork(unit);
            _trash.Resume(unit.Mountpath.Path);
            var recovery = new IndexRecovery(unit, _finder, _locks, options, time, logger);
            _recoveries.Add(Task.Run(() => recovery.RunAsync(_stop.Token)));
        }
    }

    /// <summary>The disks.</summary>
    public MountpathSet Mountpaths { get; }

    /// <summary>Completes when all listing indexes are complete; until then listings wait, all else works.</summary>
    public Task ListingReady => Task.WhenAll(_units.Select(u => u.Index.Ready));

    /// <summary>How often a file was met that is no whole object of this store. It is logged and never served.</summary>
    public long DamagedObjects => _finder.Damaged;

    /// <summary>The mountpaths with what works on them, for tests.</summary>
    internal IReadOnlyList<StorageUnit> Units => _units;

    /// <summary>One change of a name at a time.</summary>
    internal NameLocks Locks => _locks;

    /// <summary>
    /// Opens the store: removes what unfinished writes left, and begins, in the background, to make the listing indexes
    /// complete where they are not.
    /// </summary>
    /// <param name="mountpaths">The disks; stay the caller's to dispose, after the store.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="cancel">Gives up opening.</param>
    /// <exception cref="StoreException">When a disk refuses.</exception>
    public static async ValueTask<ObjectStore> OpenAsync(
        MountpathSet mountpaths, ObjectStoreOptions options, TimeProvider time, ILogger logger,
        CancellationToken cancel = default) =>
        await Task.Run(() => new ObjectStore(mountpaths, options, time, logger), cancel).ConfigureAwait(false);

    /// <summary>Opens an object for reading; null when there is none, or none of this bucket's id.</summary>
    /// <exception cref="StoreException">When the disk fails.</exception>
    public ValueTask<ObjectHandle?> OpenReadAsync(BucketRef bucket, string name, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var (unit, found) = Find(bucket, name, HrwDigest.OfObject(bucket.Uname, name));
        return ValueTask.FromResult(found is null
            ? null : new ObjectHandle(found.Header.Attributes, unit.Mountpath, found.File, found.Path));
    }

    /// <summary>Looks at an object; null when there is none, or none of this bucket's id.</summary>
    /// <exception cref="StoreException">When the disk fails.</exception>
    public ValueTask<ObjectStat?> StatAsync(BucketRef bucket, string name, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var (unit, found) = Find(bucket, name, HrwDigest.OfObject(bucket.Uname, name));
        using (found)
        {
            return ValueTask.FromResult(found is null
                ? null : new ObjectStat(found.Header.Attributes, unit.Mountpath, found.Path));
        }
    }

    /// <summary>Begins a write. Nothing is visible before the writer's commit; dispose the writer in any case.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">A valid name.</param>
    /// <param name="expectedSize">Announced length in bytes, which the commit then insists on; null when unknown.</param>
    /// <param name="declaredChecksumType">
    /// Type of the checksum that the client declares, to be computed beside the bucket's; null for none.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.InvalidObjectName"/>, <see cref="StoreErrorCode.InvalidRequest"/> for an unknown
    /// checksum type, <see cref="StoreErrorCode.OutOfSpace"/>,
    /// <see cref="StoreErrorCode.BucketNotFound"/> for a bucket that was destroyed, or a disk failure.
    /// </exception>
    public async ValueTask<ObjectWriter> BeginWriteAsync(
        BucketRef bucket, string name, long? expectedSize, string? declaredChecksumType,
        CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectName.Validate(name);
        ChecksumCalculator.Validate(bucket.ChecksumType);
        if (declaredChecksumType is not null)
        {
            ChecksumCalculator.Validate(declaredChecksumType);
        }
        var digest = HrwDigest.OfObject(bucket.Uname, name);
        var unit = UnitOf(digest);
        if (expectedSize >= ObjectWriter.SpaceCheckBytes
            && unit.Mountpath.Capacity().AvailableBytes is var available && available < expectedSize)
        {
            throw new StoreException(
                StoreErrorCode.OutOfSpace,
                $"no space left on mountpath {unit.Mountpath}: {expectedSize} bytes are wanted, {available} available");
        }
        ulong? older = null;
        var folder = _buckets.Of(unit, bucket.Name);
        var work = _workNames.Create(unit, folder, bucket.Id, () => older = _buckets.Make(unit, bucket) ?? older);
        if (older is not null)
        {
            await unit.Index.DoomAsync(older.Value).ConfigureAwait(false);
        }
        return new ObjectWriter(this, unit, bucket, name, digest, work, (expectedSize, declaredChecksumType));
    }

    /// <summary>Deletes an object; false when there is none. Durable as the bucket asks when it returns.</summary>
    /// <exception cref="StoreException">When the disk fails.</exception>
    public async ValueTask<bool> DeleteAsync(BucketRef bucket, string name, CancellationToken cancel = default)
    {
        var digest = HrwDigest.OfObject(bucket.Uname, name);
        using var held = await _locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
        var deleted = false;
        while (true)
        {
            var (unit, found) = Find(bucket, name, digest);
            if (found is null)
            {
                return deleted;
            }
            found.Dispose();
            await RemoveAsync(unit, bucket, name, found.Path, IsDurable(bucket)).ConfigureAwait(false);
            deleted = true;
        }
    }

    /// <summary>
    /// Makes many finished writes the objects, as <see cref="ObjectWriter.CommitAsync"/> does and always durable, with a few
    /// flushes for all of them.
    /// </summary>
    /// <param name="batch">The writes; each names another object.</param>
    /// <param name="cancel">Gives up before a mountpath is begun with.</param>
    /// <returns>One result for each, in order: a bad one does not spoil the others.</returns>
    public ValueTask<IReadOnlyList<BatchResult>> CommitBatchAsync(
        IReadOnlyList<BatchWrite> batch, CancellationToken cancel = default) => _batches.RunAsync(batch, cancel);

    /// <summary>
    /// Removes copies of objects, each only where its stamp is the given one; what was changed since is left alone.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="copies">Names and stamps.</param>
    /// <param name="durable">True to return when the removals are on the device.</param>
    /// <param name="cancel">Gives up between two objects.</param>
    /// <returns>Number of copies removed.</returns>
    /// <exception cref="StoreException">When a disk fails.</exception>
    public ValueTask<int> RemoveBatchAsync(
        BucketRef bucket, IReadOnlyList<(string Name, WriteStamp Stamp)> copies, bool durable,
        CancellationToken cancel = default) => _batches.RemoveAsync(bucket, copies, durable, cancel);

    /// <summary>Returns when all that was changed so far is on the devices.</summary>
    /// <exception cref="StoreException">When a disk fails.</exception>
    public async ValueTask FlushAsync(CancellationToken cancel = default)
    {
        foreach (var unit in _units)
        {
            cancel.ThrowIfCancellationRequested();
            await unit.Threads.RunAsync(unit.Disk.SyncAll).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Walks the files themselves, not the index, and yields every whole object whose bucket, bucket id, and name match.
    /// Slow: for proofs, not for listings.
    /// </summary>
    public IAsyncEnumerable<DiskObject> FindOnDisksAsync(
        Func<BucketName, ulong, string, bool> match, CancellationToken cancel = default) =>
        DiskSearch.RunAsync(_units, _finder, match, cancel);

    /// <summary>Changes the custom metadata of an object in one step; the bytes and the version stay.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The object.</param>
    /// <param name="changes">Keys to set.</param>
    /// <param name="replaceAll">True to remove all other keys.</param>
    /// <param name="stamp">Order among writes of the same name.</param>
    /// <param name="cancel">Gives up waiting for the name.</param>
    /// <returns>The attributes as they are now; null when there is no such object.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.InvalidRequest"/> when the metadata is too big for the file system.
    /// </exception>
    public async ValueTask<ObjectAttributes?> UpdateCustomAsync(
        BucketRef bucket, string name, IReadOnlyList<KeyValuePair<string, string>> changes, bool replaceAll,
        WriteStamp stamp, CancellationToken cancel = default)
    {
        var digest = HrwDigest.OfObject(bucket.Uname, name);
        using var held = await _locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
        var (unit, found) = Find(bucket, name, digest);
        if (found is null)
        {
            return null;
        }
        using var opened = found;
        var custom = CustomMetadata.Merge(found.Header.Attributes.Custom, changes, replaceAll);
        var header = found.Header with
        {
            Attributes = found.Header.Attributes with { Custom = custom, Stamp = stamp },
        };
        var bytes = ObjectHeaderCodec.Encode(header);
        var durable = IsDurable(bucket);
        await ChangeAsync(unit, bucket, name, async intent =>
        {
            await unit.RunAsync(durable, () =>
            {
                unit.Disk.WriteMetadata(found.File, bytes);
                if (durable)
                {
                    unit.Disk.SyncFile(found.File);
                }
            }).ConfigureAwait(false);
            await unit.Index.PutAsync(bucket.Id, name, bytes, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return header.Attributes;
    }

    /// <summary>One page of a bucket's names, over all mountpaths.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.NotReady"/> while an index is being rebuilt for longer than
    /// <see cref="ObjectStoreOptions.ListingWait"/>.
    /// </exception>
    public async ValueTask<ListPage> ListAsync(BucketRef bucket, ListQuery query, CancellationToken cancel = default)
    {
        if (query.Limit is < 1 or > ListQuery.MaxLimit)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"page of {query.Limit} entries: 1 to {ListQuery.MaxLimit} are allowed");
        }
        foreach (var unit in _units)
        {
            await unit.Index.CatchUpAsync(_time, cancel).ConfigureAwait(false);
        }
        return ListingMerge.Read(_units, bucket.Id, query, cancel);
    }

    /// <summary>
    /// Makes the bucket's folders on every mountpath, durably, and removes what an older bucket of this name left. Does
    /// nothing where they exist. A write makes what is missing by itself.
    /// </summary>
    /// <exception cref="StoreException">When a disk refuses.</exception>
    public async ValueTask CreateBucketAsync(BucketRef bucket, CancellationToken cancel = default)
    {
        foreach (var unit in _units)
        {
            cancel.ThrowIfCancellationRequested();
            var older = _buckets.Make(unit, bucket);
            await unit.Threads.RunAsync(() => unit.Folders.SyncUp(
                _buckets.Of(unit, bucket.Name).Root, unit.Mountpath.Path)).ConfigureAwait(false);
            if (older is not null)
            {
                await unit.Index.DoomAsync(older.Value).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Removes a bucket with everything in it: invisible, for good, when it returns; the space comes back in the
    /// background. A younger bucket of the same name is left alone.
    /// </summary>
    /// <exception cref="StoreException">When a disk refuses.</exception>
    public async ValueTask DestroyBucketAsync(BucketName name, ulong bucketId, CancellationToken cancel = default)
    {
        _buckets.Doom(bucketId);
        foreach (var unit in _units)
        {
            cancel.ThrowIfCancellationRequested();
            await unit.Threads.RunAsync(() => _buckets.Remove(unit, name, bucketId)).ConfigureAwait(false);
            await unit.Index.DoomAsync(bucketId).ConfigureAwait(false);
        }
    }

    /// <summary>Finishes what is under way and closes the indexes so that the next start need not look at the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        await StopBackgroundAsync().ConfigureAwait(false);
        foreach (var unit in _units)
        {
            unit.Threads.Dispose();
            await unit.Index.DisposeAsync().ConfigureAwait(false);
        }
        _locks.Dispose();
    }

    /// <summary>For tests: stops as a killed process does, as far as a living one can.</summary>
    internal async Task KillAsync()
    {
        _disposed = true;
        foreach (var unit in _units)
        {
            await unit.Index.KillAsync().ConfigureAwait(false);
        }
        await StopBackgroundAsync().ConfigureAwait(false);
        foreach (var unit in _units)
        {
            unit.Threads.Dispose();
        }
    }

    /// <summary>Makes a finished work file the object. Called by its writer.</summary>
    internal async ValueTask<ObjectAttributes> CommitAsync(
        ObjectWriter writer, WriteCommit commit, Checksum checksum, CancellationToken cancel)
    {
        var (bucket, name, unit) = (writer.Bucket, writer.Name, writer.Unit);
        var custom = CustomMetadata.Sort(commit.Custom);
        using var held = await _locks.AcquireAsync(writer.Digest, cancel).ConfigureAwait(false);
        var (previousUnit, previous) = Find(bucket, name, writer.Digest);
        previous?.Dispose();
        var before = previous?.Header.Attributes;
        if (commit.OnlyIfNewer && before is not null && before.Stamp >= commit.Stamp)
        {
            return before;
        }
        var attributes = new ObjectAttributes
        {
            Size = writer.BytesWritten,
            Checksum = checksum,
            Version = ObjectVersion.Next(bucket.Versioning, before?.Version, commit),
            AccessTime = commit.AccessTime ?? (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            Stamp = commit.Stamp,
            Custom = custom,
        };
        var durable = IsDurable(bucket);
        var folder = _buckets.Of(unit, bucket.Name);
        var header = new ObjectHeader(attributes, bucket.Id, null);
        var hashed = previous is not null && previousUnit == unit && previous.IsHashed;
        _buckets.ThrowIfDoomed(bucket);
        await ChangeAsync(unit, bucket, name, async intent =>
        {
            byte[] stored = [];
            await unit.RunAsync(durable, () => stored = ObjectPlacer.Place(
                unit, folder, (writer.File, writer.WorkPath), header, name, hashed, durable)).ConfigureAwait(false);
            writer.IsPlaced = true;
            await unit.Index.PutAsync(bucket.Id, name, stored, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (previous is not null && previousUnit != unit)
        {
            await RemoveAsync(previousUnit, bucket, name, previous.Path, durable).ConfigureAwait(false);
        }
        return attributes;
    }

    private static StorageUnit OpenUnit(
        Mountpath mountpath, string bootId, ObjectStoreOptions options, ILogger logger)
    {
        IDisk disk = new PosixDisk(mountpath.Path);
        disk = options.WrapDisk?.Invoke(disk) ?? disk;
        return new StorageUnit(
            mountpath, disk, new SyncThreads(mountpath.Path, options.SyncThreads),
            new ListingIndex(mountpath.Path, mountpath.Id, bootId, disk, options, logger));
    }

    /// <summary>The bucket's folder on a mountpath, if the bucket still takes writes.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketNotFound"/>.</exception>
    internal BucketFolder FolderOf(StorageUnit unit, BucketRef bucket)
    {
        _buckets.ThrowIfDoomed(bucket);
        return _buckets.Of(unit, bucket.Name);
    }

    private static bool IsDurable(BucketRef bucket) => bucket.Durability != DurabilityPolicy.PageCache;

    private StorageUnit UnitOf(ulong digest) => _units[Mountpaths.Choose(digest).Index];

    /// <summary>Looks where the object belongs; where mountpaths came or went, everywhere.</summary>
    internal (StorageUnit Unit, FoundObject? Found) Find(BucketRef bucket, string name, ulong digest)
    {
        var chosen = UnitOf(digest);
        var found = _finder.Find(chosen.Disk, _buckets.Of(chosen, bucket.Name), bucket.Id, name);
        if (found is not null || Mountpaths.IsSettled)
        {
            return (chosen, found);
        }
        foreach (var other in _units)
        {
            found = other == chosen
                ? null : _finder.Find(other.Disk, _buckets.Of(other, bucket.Name), bucket.Id, name);
            if (found is not null)
            {
                return (other, found);
            }
        }
        return (chosen, null);
    }

    /// <summary>Removes the file at the path. The caller holds the name's lock.</summary>
    internal async Task RemoveAsync(StorageUnit unit, BucketRef bucket, string name, string path, bool durable)
    {
        var folder = _buckets.Of(unit, bucket.Name);
        await ChangeAsync(unit, bucket, name, async intent =>
        {
            await unit.RunAsync(durable, () => ObjectPlacer.Remove(unit, folder, path, durable))
                .ConfigureAwait(false);
            await unit.Index.RemoveAsync(bucket.Id, name, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Notes a change before it happens. When it fails half-way, the index is set by what the disk then shows. The
    /// caller holds the name's lock.
    /// </summary>
    internal async Task ChangeAsync(StorageUnit unit, BucketRef bucket, string name, Func<IndexIntent, Task> change)
    {
        var intent = unit.Index.Begin(bucket.Uname, bucket.Id, name);
        try
        {
            await change(intent).ConfigureAwait(false);
        }
        catch
        {
            await ReindexAsync(unit, bucket, name, intent).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ReindexAsync(StorageUnit unit, BucketRef bucket, string name, IndexIntent intent)
    {
        try
        {
            var folder = _buckets.Of(unit, bucket.Name);
            await IndexRecovery.ReindexAsync(unit, _finder, folder, bucket.Id, name, intent).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            unit.Index.Distrust(e); // nobody knows what the disk has now; the first error is the one to tell
        }
    }

    private async Task StopBackgroundAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_recoveries).ConfigureAwait(false);
        await _trash.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }
}
