using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Listing;

/// <summary>
/// The ordered index of the names on one mountpath. It follows the files and is never the truth itself:
/// 1. before a file is renamed into place or removed, the name is noted in the intent log;
/// 2. after it, the row is queued for the writer, in the order of the changes of that name (the caller holds its lock);
/// 3. when the row is committed, the note is settled;
/// 4. after a kill, the noted names are looked at again; after a lost boot, or when the database fails, all files are.
/// </summary>
internal sealed partial class ListingIndex : IAsyncDisposable
{
    private readonly string _mountpath;
    private readonly IndexFiles _files;
    private readonly IDisk _disk;
    private readonly ObjectStoreOptions _options;
    private readonly ILogger _logger;
    private volatile Generation? _current;
    private volatile TaskCompletionSource _ready = NewSource();
    private volatile TaskCompletionSource<Exception> _failed = NewFailure();
    private long _rowsRead;

    public ListingIndex(
        string mountpath, string mountpathId, string bootId, IDisk disk, ObjectStoreOptions options, ILogger logger)
    {
        _mountpath = mountpath;
        _disk = disk;
        _options = options;
        _logger = logger;
        _files = new IndexFiles(mountpath, mountpathId, bootId);
        try
        {
            Condition = _files.Examine();
            if (Condition == IndexCondition.Lost)
            {
                _files.Recreate();
            }
            _current = new Generation(this, keepIntents: Condition == IndexCondition.Killed);
        }
        catch (Exception e) when (e is IndexFailure or IOException or UnauthorizedAccessException or StoreException)
        {
            // a full disk must not keep a node from starting: deletes are what helps
            Condition = IndexCondition.Lost;
            OnFailed(e);
        }
    }

    /// <summary>False when the database could not be opened.</summary>
    public bool IsOpen => _current is not null;

    /// <summary>What the index was worth when it was opened.</summary>
    public IndexCondition Condition { get; }

    /// <summary>Completes when the index is complete.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes with the reason when the database has failed and must be rebuilt.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Rows that listings stepped through, for tests of their cost.</summary>
    public long RowsRead => Volatile.Read(ref _rowsRead);

    /// <summary>Notes that the object is about to change; the answer goes with the change or to <see cref="Abandon"/>.</summary>
    public IndexIntent Begin(string bucketUname, ulong bucketId, string name)
    {
        var current = _current;
        return current is null ? default : new IndexIntent(current, current.Intents.Begin(bucketUname, bucketId, name));
    }

    /// <summary>The object did not change.</summary>
    public static void Abandon(IndexIntent intent)
    {
        if (intent.Generation is not null)
        {
            ((Generation)intent.Generation).Intents.Settle(intent.Which);
        }
    }

    /// <summary>The object is there now.</summary>
    public ValueTask PutAsync(ulong bucketId, string name, byte[] header, IndexIntent intent) =>
        AddAsync(IndexChangeKind.Put, bucketId, name, header, intent);

    /// <summary>The object is gone.</summary>
    public ValueTask RemoveAsync(ulong bucketId, string name, IndexIntent intent) =>
        AddAsync(IndexChangeKind.Remove, bucketId, name, [], intent);

    /// <summary>The bucket is gone; its rows are removed in the background. Returns when that is sure to happen.</summary>
    public async Task DoomAsync(ulong bucketId)
    {
        try
        {
            if (_current is { } current)
            {
                await current.Writer.AskAsync(IndexChangeKind.Doom, bucketId).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (_failed.Task.IsCompleted || e is ObjectDisposedException)
        {
            // the index is rebuilt from the files, which are gone
        }
    }

    /// <summary>Waits until the index is complete and shows every change that has returned.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when that takes too long.</exception>
    public async ValueTask CatchUpAsync(TimeProvider time, CancellationToken cancel)
    {
        if (!_ready.Task.IsCompletedSuccessfully)
        {
            try
            {
                await _ready.Task.WaitAsync(_options.ListingWait, time, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                throw NotReady(e);
            }
        }
        try
        {
            if (_current is { } current)
            {
                await current.Writer.FlushAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw NotReady(e);
        }
    }

    /// <summary>
    /// Waits until the changes queued so far can be listed. An index that has failed is rebuilt before it is listed again.
    /// </summary>
    public async Task FlushAsync()
    {
        try
        {
            if (_current is { } current)
            {
                await current.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (_failed.Task.IsCompleted || e is ObjectDisposedException)
        {
            // it is rebuilt from the files, which show the changes
        }
    }

    /// <summary>Takes a reader; give it back with <see cref="Return"/>.</summary>
    public IndexLease Rent()
    {
        var current = _current ?? throw NotReady(null);
        return new IndexLease(current, current.Readers.TryTake(out var reader) ? reader : new IndexReader(_files.Database));
    }

    /// <summary>Gives a reader back.</summary>
    public void Return(IndexLease lease, long rowsRead)
    {
        Interlocked.Add(ref _rowsRead, rowsRead);
        var generation = (Generation)lease.Generation;
        lease.Reader.Close();
        if (generation == _current && generation.Readers.Count < _options.IndexReaders)
        {
            generation.Readers.Add(lease.Reader);
        }
        else
        {
            lease.Reader.Dispose();
        }
    }

    /// <summary>The names that were about to change when the process was killed; call <see cref="SettleAsync"/> after.</summary>
    public IReadOnlySet<(string BucketUname, ulong BucketId, string Name)> Unsettled()
    {
        var intents = _current!.Intents;
        intents.Hold();
        return intents.ReadAll();
    }

    /// <summary>The names of <see cref="Unsettled"/> have been looked at and their rows are queued.</summary>
    public async Task SettleAsync()
    {
        var current = _current!;
        await current.Writer.AskAsync(IndexChangeKind.Barrier, 0).ConfigureAwait(false);
        current.Intents.Release();
    }

    /// <summary>A reader could not read; when the database is damaged it is rebuilt.</summary>
    public void Report(IndexFailure failure)
    {
        if (failure.Path == _files.Database && failure.IsDamage)
        {
            Distrust(failure);
        }
    }

    /// <summary>The index may be wrong: it is rebuilt.</summary>
    public void Distrust(Exception reason)
    {
        if (!_failed.Task.IsCompleted)
        {
            OnFailed(reason);
        }
    }

    /// <summary>Begins again with an empty database after a failure.</summary>
    public async Task StartOverAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _files.Recreate();
        _failed = NewFailure();
        _current = new Generation(this, keepIntents: false);
    }

    /// <summary>All rows are queued: the index is complete once they are committed.</summary>
    public async Task MarkCompleteAsync()
    {
        await _current!.Writer.AskAsync(IndexChangeKind.Complete, 0).ConfigureAwait(false);
        MarkReady();
    }

    /// <summary>The index is complete.</summary>
    public void MarkReady() => _ready.TrySetResult();

    /// <summary>Commits what is queued and leaves the mark of a clean end, if the index is complete.</summary>
    public async ValueTask DisposeAsync()
    {
        var sound = await CloseAsync().ConfigureAwait(false);
        if (!sound || !_ready.Task.IsCompletedSuccessfully)
        {
            return;
        }
        try
        {
            _files.MarkClean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
        {
            Log.NotClean(_logger, _mountpath, e);
        }
    }

    /// <summary>Stops as a killed process does.</summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } current)
        {
            await current.Writer.AbandonAsync().ConfigureAwait(false);
            current.CloseFiles();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource<Exception> NewFailure() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask AddAsync(
        IndexChangeKind kind, ulong bucketId, string name, byte[] header, IndexIntent intent)
    {
        // the current generation, not the intent's: a rebuild may have begun, which no longer sees this change
        var current = _current;
        if (current is null)
        {
            return ValueTask.CompletedTask;
        }
        var which = ReferenceEquals(current, intent.Generation) ? intent.Which : -1;
        return current.Writer.AddAsync(
            new IndexChange(kind, bucketId, Encoding.UTF8.GetBytes(name), header, which, null));
    }

    private async Task<bool> CloseAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is not { } current)
        {
            return false;
        }
        var sound = await current.Writer.StopAsync().ConfigureAwait(false);
        current.CloseFiles();
        return sound;
    }

    /// <summary>Called by the writer: nothing that the database says counts any more.</summary>
    private void OnFailed(Exception e)
    {
        try
        {
            _options.FaultPoint?.Invoke("index mark for rebuild");
            _files.MarkForRebuild();
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException)
        {
            Log.NoMark(_logger, _mountpath, second);
        }
        Log.IndexFailed(_logger, _mountpath, e);
        if (_ready.Task.IsCompleted)
        {
            _ready = NewSource();
        }
        _failed.TrySetResult(e);
    }

    private StoreException NotReady(Exception? cause) => new(
        StoreErrorCode.NotReady,
        $"the listing index of mountpath {_mountpath} is being rebuilt from the files; objects can be read and "
            + "written meanwhile; try again", cause);

    /// <summary>One life of the database.</summary>
    private sealed class Generation
    {
        public Generation(ListingIndex index, bool keepIntents)
        {
            Intents = new IntentLog(
                index._disk, (index._files.Intents(0), index._files.Intents(1)), index._options.IntentLogLimit,
                keepIntents);
            Writer = new IndexWriter(index._files.Database, Intents, index._options, index.OnFailed);
        }

        public IntentLog Intents { get; }

        public IndexWriter Writer { get; }

        public ConcurrentBag<IndexReader> Readers { get; } = [];

        public void CloseFiles()
        {
            while (Readers.TryTake(out var reader))
            {
                reader.Dispose();
            }
            Intents.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Error, "The listing index of mountpath {Mountpath} failed and will be rebuilt")]
        public static partial void IndexFailed(ILogger logger, string mountpath, Exception e);

        [LoggerMessage(2102, LogLevel.Error,
            "Cannot note that the listing index of mountpath {Mountpath} must be rebuilt; remove its folder "
                + ".skein.index before the next start")]
        public static partial void NoMark(ILogger logger, string mountpath, Exception e);

        [LoggerMessage(2103, LogLevel.Warning,
            "Cannot note that the listing index of mountpath {Mountpath} was closed in order; it may be rebuilt")]
        public static partial void NotClean(ILogger logger, string mountpath, Exception e);
    }
}
