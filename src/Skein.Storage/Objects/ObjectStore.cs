using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;
using Skein.Storage.Moves;
using Skein.Storage.Space;
using Skein.Storage.Uploads;

namespace Skein.Storage.Objects;

/// <summary>
/// The objects on this node's mountpaths. Thread-safe. Reads take no lock and see an object as a whole; changes of one
/// name happen one after another.
/// </summary>
public sealed class ObjectStore : IAsyncDisposable
{
    /// <summary>How often a page of a listing is read anew while objects move between mountpaths.</summary>
    private const int MaxListings = 64;

    /// <summary>Entries of a page while objects move.</summary>
    private const int ShortPage = 1000;

    /// <summary>How often a finished write follows its name to another mountpath.</summary>
    private const int MaxMoves = 8;

    private readonly TimeProvider _time;
    private readonly StoreCore _core;
    private readonly StorageUnits _opening;
    private readonly BatchCommit _batches;
    private readonly TrashCan _trash;
    private readonly WorkNames _workNames;
    private bool _disposed;

    private ObjectStore(MountpathSet mountpaths, ObjectStoreOptions options, TimeProvider time, ILogger logger)
    {
        _time = time;
        _workNames = new WorkNames(time);
        _trash = new TrashCan(time, logger);
        _core = new StoreCore(mountpaths, new ObjectFinder(logger), new BucketFolders(_trash));
        _batches = new BatchCommit(_core);
        Space = new SpaceWatch(mountpaths, time);
        _opening = new StorageUnits(_core, (_trash, _workNames), Space, options, time, logger);
        foreach (var mountpath in mountpaths.View.Readable)
        {
            _opening.Open(mountpath);
        }
        Control = new MountpathControl(_core, _opening, logger);
        Resilver = new Resilver(_core, Control, _workNames, options, time, logger);
        Uploads = new UploadStore(_core, time);
        Cleanup = new Cleanup(_core, _trash, _workNames, Uploads, time);
        Health = new MountpathHealth(_core, _opening, Control, time, logger) { Look = Space.Look };
    }

    /// <summary>The disks.</summary>
    public MountpathSet Mountpaths => _core.Mountpaths;

    /// <summary>Attaches, detaches, enables and disables mountpaths.</summary>
    public MountpathControl Control { get; }

    /// <summary>Moves objects to the mountpaths on which they belong.</summary>
    public Resilver Resilver { get; }

    /// <summary>Removes what belongs to no object.</summary>
    public Cleanup Cleanup { get; }

    /// <summary>Objects that come in pieces.</summary>
    public UploadStore Uploads { get; }

    /// <summary>Compares how full the mountpaths are with the watermarks.</summary>
    public SpaceWatch Space { get; }

    /// <summary>Watches the disks.</summary>
    public MountpathHealth Health { get; }

    /// <summary>Completes when all listing indexes are complete; until then listings wait, all else works.</summary>
    public Task ListingReady => Task.WhenAll(Units.Select(u => u.Index.Ready));

    /// <summary>How often a file was met that is no whole object of this store. It is logged and never served.</summary>
    public long DamagedObjects => _core.Finder.Damaged;

    /// <summary>The mountpaths with what works on them, for tests.</summary>
    internal IReadOnlyList<StorageUnit> Units => [.. StoreCore.Units(Mountpaths.View)];

    /// <summary>What finds and changes objects.</summary>
    internal StoreCore Core => _core;

    /// <summary>Names of work files.</summary>
    internal WorkNames WorkNames => _workNames;

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
    /// <exception cref="StoreException">
    /// When the disk fails; with <see cref="StoreErrorCode.NotReady"/> when a mountpath that may hold it is out of service.
    /// </exception>
    public ValueTask<ObjectHandle?> OpenReadAsync(BucketRef bucket, string name, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var found = _core.Look(bucket, name, HrwDigest.OfObject(bucket.Uname, name));
        return ValueTask.FromResult(found is not var (unit, file)
            ? null : new ObjectHandle(file.Header.Attributes, unit.Mountpath, file.File, file.Path));
    }

    /// <summary>Looks at an object; null when there is none, or none of this bucket's id.</summary>
    /// <exception cref="StoreException">As <see cref="OpenReadAsync"/>.</exception>
    public ValueTask<ObjectStat?> StatAsync(BucketRef bucket, string name, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (_core.Look(bucket, name, HrwDigest.OfObject(bucket.Uname, name)) is not var (unit, found))
        {
            return ValueTask.FromResult<ObjectStat?>(null);
        }
        using (found)
        {
            return ValueTask.FromResult<ObjectStat?>(
                new ObjectStat(found.Header.Attributes, unit.Mountpath, found.Path));
        }
    }

    /// <summary>
    /// True while a change of the name is being made visible. Names share locks, about one in a thousand the same: another
    /// name's change may show.
    /// </summary>
    public bool IsLocked(BucketRef bucket, string name) => _core.Locks.IsHeld(HrwDigest.OfObject(bucket.Uname, name));

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
        var unit = Mountpaths.View.Choose(digest).Unit;
        unit.Space.ThrowIfFull(expectedSize);
        var work = await CreateWorkAsync(unit, bucket).ConfigureAwait(false);
        return new ObjectWriter(this, unit, bucket, name, digest, work, (expectedSize, declaredChecksumType));
    }

    /// <summary>Deletes an object; false when there is none. Durable as the bucket asks when it returns.</summary>
    /// <exception cref="StoreException">
    /// When the disk fails; with <see cref="StoreErrorCode.NotReady"/> when a mountpath is out of service that may hold
    /// the object or an older one, which would come back with it.
    /// </exception>
    public ValueTask<bool> DeleteAsync(BucketRef bucket, string name, CancellationToken cancel = default) =>
        DeleteAsync(bucket, name, null, cancel);

    /// <summary>As the other one, only while the object is the write with that stamp; false when it is another or none.</summary>
    public async ValueTask<bool> DeleteAsync(BucketRef bucket, string name, WriteStamp? stamp, CancellationToken cancel)
    {
        var digest = HrwDigest.OfObject(bucket.Uname, name);
        using var held = await _core.Locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
        var view = Mountpaths.View;
        _core.ThrowIfMayExist(view, bucket, name, digest);
        var copies = _core.FindAll(view, bucket, name, digest);
        if (stamp is not null && (copies.Count == 0 || copies[^1].Object.Header.Attributes.Stamp != stamp))
        {
            return false;
        }
        foreach (var (unit, found) in copies)
        {
            await _core.RemoveAsync(unit, bucket, name, found.Path, IsDurable(bucket)).ConfigureAwait(false);
        }
        return copies.Count != 0;
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
    /// <returns>Number of objects removed.</returns>
    /// <exception cref="StoreException">When a disk fails.</exception>
    public ValueTask<int> RemoveBatchAsync(
        BucketRef bucket, IReadOnlyList<(string Name, WriteStamp Stamp)> copies, bool durable,
        CancellationToken cancel = default) => _batches.RemoveAsync(bucket, copies, durable, cancel);

    /// <summary>Returns when all that was changed so far is on the devices.</summary>
    /// <exception cref="StoreException">When a disk fails.</exception>
    public async ValueTask FlushAsync(CancellationToken cancel = default)
    {
        foreach (var unit in Units)
        {
            cancel.ThrowIfCancellationRequested();
            await unit.Threads.RunAsync(() => unit.Disk.SyncAll()).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Walks the files themselves, not the index, and yields every whole object whose bucket, bucket id, and name match.
    /// Slow: for proofs, not for listings.
    /// </summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when a mountpath that may hold objects is out of service, or the
    /// mountpaths change meanwhile.
    /// </exception>
    public IAsyncEnumerable<DiskObject> FindOnDisksAsync(
        Func<BucketName, ulong, string, bool> match, CancellationToken cancel = default) =>
        DiskSearch.RunAsync(_core, match, cancel);

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
        using var held = await _core.Locks.AcquireAsync(digest, cancel).ConfigureAwait(false);
        var view = Mountpaths.View;
        if (_core.Find(view, bucket, name, digest) is not var (unit, found))
        {
            _core.ThrowIfMayExist(view, bucket, name, digest);
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
        await _core.ChangeAsync(unit, bucket, name, async intent =>
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
    /// <see cref="ObjectStoreOptions.ListingWait"/>, and while a mountpath that may hold objects is out of service.
    /// </exception>
    public async ValueTask<ListPage> ListAsync(BucketRef bucket, ListQuery query, CancellationToken cancel = default)
    {
        if (query.Limit is < 1 or > ListQuery.MaxLimit)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"page of {query.Limit} entries: 1 to {ListQuery.MaxLimit} are allowed");
        }
        for (var attempt = 0; attempt < MaxListings; attempt++)
        {
            var (view, moves) = (Mountpaths.View, _core.Moves);
            if (view.Missing is [var missing, ..])
            {
                throw new StoreException(
                    StoreErrorCode.NotReady,
                    $"bucket \"{bucket.Name}\" cannot be listed: mountpath {missing.Path} is out of service: {missing.Reason}");
            }
            if (view.Readable.Count == 0)
            {
                throw view.NoneAvailable();
            }
            try
            {
                var units = StoreCore.Units(view).ToList();
                foreach (var unit in units)
                {
                    await unit.Index.CatchUpAsync(_time, cancel).ConfigureAwait(false);
                }
                var page = ListingMerge.Read(units, bucket.Id, query, cancel);
                if (view == Mountpaths.View && moves == _core.Moves)
                {
                    return page;
                }
            }
            catch (StoreException) when (view != Mountpaths.View)
            {
                // a mountpath was closed meanwhile
            }
            // An object that moved meanwhile may be on no side of the page; a shorter page is quicker than the moves.
            query = query with { Limit = Math.Min(query.Limit, attempt < 2 ? query.Limit : ShortPage) };
        }
        throw StoreCore.Moving();
    }

    /// <summary>
    /// Makes the bucket's folders on every mountpath, durably, and removes what an older bucket of this name left. Does
    /// nothing where they exist. A write makes what is missing by itself.
    /// </summary>
    /// <exception cref="StoreException">When a disk refuses.</exception>
    public async ValueTask CreateBucketAsync(BucketRef bucket, CancellationToken cancel = default)
    {
        foreach (var unit in Units)
        {
            cancel.ThrowIfCancellationRequested();
            var older = _core.Buckets.Make(unit, bucket);
            await unit.Threads.RunAsync(() => unit.Folders.SyncUp(
                unit.FolderOf(bucket.Name).Root, unit.Mountpath.Path)).ConfigureAwait(false);
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
        _core.Buckets.Doom(bucketId);
        foreach (var unit in Units)
        {
            cancel.ThrowIfCancellationRequested();
            await unit.Threads.RunAsync(() => _core.Buckets.Remove(unit, name, bucketId)).ConfigureAwait(false);
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
        await Health.DisposeAsync().ConfigureAwait(false);
        await Control.DisposeAsync().ConfigureAwait(false);
        await _trash.DisposeAsync().ConfigureAwait(false);
        foreach (var unit in Units)
        {
            await StorageUnits.CloseAsync(unit).ConfigureAwait(false);
        }
        _core.Dispose();
    }

    /// <summary>For tests: stops as a killed process does, as far as a living one can.</summary>
    internal async Task KillAsync()
    {
        _disposed = true;
        await Health.DisposeAsync().ConfigureAwait(false);
        foreach (var unit in Units)
        {
            await StorageUnits.KillAsync(unit).ConfigureAwait(false);
        }
        await Control.DisposeAsync().ConfigureAwait(false);
        await _trash.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes a finished work file the object. Called by its writer.</summary>
    internal async ValueTask<ObjectAttributes> CommitAsync(
        ObjectWriter writer, WriteCommit commit, Checksum checksum, CancellationToken cancel)
    {
        var custom = CustomMetadata.Sort(commit.Custom);
        for (var attempt = 0; attempt < MaxMoves; attempt++)
        {
            var chosen = Mountpaths.View.Choose(writer.Digest).Unit;
            if (chosen != writer.Unit)
            {
                var work = await CreateWorkAsync(chosen, writer.Bucket).ConfigureAwait(false);
                await writer.MoveAsync(chosen, work, cancel).ConfigureAwait(false);
            }
            using var held = await _core.Locks.AcquireAsync(writer.Digest, cancel).ConfigureAwait(false);
            var view = Mountpaths.View;
            if (view.Choose(writer.Digest).Unit == writer.Unit)
            {
                return await CommitAsync(view, writer, commit, (checksum, custom)).ConfigureAwait(false);
            }
        }
        throw new StoreException(
            StoreErrorCode.Busy, $"{writer.Bucket.Name}/{writer.Name}: the mountpaths change all the time; try again");
    }

    private static bool IsDurable(BucketRef bucket) => bucket.Durability != DurabilityPolicy.PageCache;

    private async Task<(SafeFileHandle File, string Path)> CreateWorkAsync(StorageUnit unit, BucketRef bucket)
    {
        ulong? older = null;
        var work = _workNames.Create(
            unit, unit.FolderOf(bucket.Name), bucket.Id, () => older = _core.Buckets.Make(unit, bucket) ?? older);
        if (older is not null)
        {
            await unit.Index.DoomAsync(older.Value).ConfigureAwait(false);
        }
        return work;
    }

    /// <summary>The caller holds the name's lock, and the writer is where the object belongs.</summary>
    private async ValueTask<ObjectAttributes> CommitAsync(
        MountpathView view, ObjectWriter writer, WriteCommit commit,
        (Checksum Checksum, IReadOnlyList<KeyValuePair<string, string>> Custom) content)
    {
        var (bucket, name, unit) = (writer.Bucket, writer.Name, writer.Unit);
        var durable = IsDurable(bucket);
        var copies = _core.FindAll(view, bucket, name, writer.Digest);
        var before = copies.Count == 0 ? null : copies[^1].Object.Header.Attributes;
        if (commit.Replaces is { } replaced && replaced.Stamp != before?.Stamp)
        {
            throw new StoreException(StoreErrorCode.Busy, $"{bucket.Name}/{name} was changed meanwhile, try again");
        }
        if (commit.OnlyIfNewer && before is not null && before.Stamp >= commit.Stamp)
        {
            if (durable)
            {
                // a batch may have given it its name a moment ago, and not flushed that yet
                var (holder, kept) = copies[^1];
                await holder.Threads.RunAsync(() => holder.Folders.SyncUp(
                    ObjectPath.FolderOf(kept.Path), holder.Mountpath.Path)).ConfigureAwait(false);
            }
            return before;
        }
        var attributes = new ObjectAttributes
        {
            Size = writer.BytesWritten,
            Checksum = content.Checksum,
            Version = ObjectVersion.Next(bucket.Versioning, before?.Version, commit),
            AccessTime = commit.AccessTime ?? (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            Stamp = commit.Stamp,
            Custom = content.Custom,
        };
        var folder = _core.FolderOf(unit, bucket);
        var header = new ObjectHeader(attributes, bucket.Id, null);
        var hashed = copies.Exists(c => c.Unit == unit && c.Object.IsHashed);
        await _core.ChangeAsync(unit, bucket, name, async intent =>
        {
            byte[] stored = [];
            await unit.RunAsync(durable, () => stored = ObjectPlacer.Place(
                unit, folder, (writer.File, writer.WorkPath), header, name, hashed, durable)).ConfigureAwait(false);
            writer.IsPlaced = true;
            await unit.Index.PutAsync(bucket.Id, name, stored, intent).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var elsewhere = copies.Where(c => c.Unit != unit).Select(c => (c.Unit, c.Object.Path)).ToList();
        if (elsewhere.Count != 0)
        {
            await _core.RemoveElsewhereAsync(unit, bucket, name, elsewhere, durable).ConfigureAwait(false);
        }
        return attributes;
    }
}
