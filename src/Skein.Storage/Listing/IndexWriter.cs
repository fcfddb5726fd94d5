using System.Threading.Channels;
using Skein.Storage.Objects;

namespace Skein.Storage.Listing;

/// <summary>
/// The one writer of an index database. Takes changes in the order in which they come and commits as many at once as
/// are waiting.
/// </summary>
internal sealed class IndexWriter
{
    /// <summary>Rows of a doomed bucket that are removed in one transaction.</summary>
    private const int PurgeChunk = 2000;

    private readonly Channel<IndexChange> _queue;
    private readonly IntentLog _intents;
    private readonly ObjectStoreOptions _options;
    private readonly Action<Exception> _failed;
    private readonly List<IndexChange> _batch = [];
    private readonly HashSet<ulong> _doomed = [];
    private readonly Task _loop;
    private long _asked;
    private long _done;
    private volatile Exception? _failure;
    private volatile bool _abandoned;

    /// <param name="path">The database, which exists.</param>
    /// <param name="intents">Settled as changes are committed.</param>
    /// <param name="options">Limits.</param>
    /// <param name="failed">Called once if the database refuses; from then on changes are dropped.</param>
    public IndexWriter(string path, IntentLog intents, ObjectStoreOptions options, Action<Exception> failed)
    {
        _intents = intents;
        _options = options;
        _failed = failed;
        _queue = Channel.CreateBounded<IndexChange>(
            new BoundedChannelOptions(options.IndexQueueLimit) { SingleReader = true });
        _loop = Task.Run(() => RunAsync(path));
    }

    /// <summary>Queues a change; waits while the queue is full.</summary>
    public async ValueTask AddAsync(IndexChange change)
    {
        Interlocked.Increment(ref _asked);
        if (_failure is null && !_queue.Writer.TryWrite(change))
        {
            try
            {
                await _queue.Writer.WriteAsync(change).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                Drop(change);
            }
        }
        else if (_failure is not null)
        {
            Drop(change);
        }
    }

    /// <summary>Waits until all changes that were queued before are committed.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _done) == Volatile.Read(ref _asked))
        {
            return;
        }
        await AskAsync(IndexChangeKind.Barrier, 0).WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Queues something and waits until it is committed.</summary>
    /// <exception cref="IndexFailure">When the database refuses.</exception>
    public async Task AskAsync(IndexChangeKind kind, ulong bucketId)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await AddAsync(new IndexChange(kind, bucketId, [], [], -1, done)).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Commits what is queued and closes the database; false when it had failed.</summary>
    public async Task<bool> StopAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        return _failure is null;
    }

    /// <summary>Stops as a killed process does: what is queued is lost, the database is left as it is.</summary>
    public async Task AbandonAsync()
    {
        _abandoned = true;
        await StopAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(string path)
    {
        IndexConnection? connection = null;
        try
        {
            connection = new IndexConnection(path);
            using var statements = new Statements(connection);
            statements.LoadDoomed(_doomed);
            while (!_abandoned
                && (_doomed.Count != 0 || await _queue.Reader.WaitToReadAsync().ConfigureAwait(false)))
            {
                CommitBatch(connection, statements);
                if (_doomed.Count == 0 || _abandoned)
                {
                    continue;
                }
                PurgeSome(connection, statements);
                if (_queue.Reader.Completion.IsCompleted)
                {
                    break; // what is left of doomed buckets is removed after the next start
                }
                await Task.Yield();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            if (_abandoned)
            {
                connection?.KeepLogOnClose();
            }
            connection?.Dispose();
        }
    }

    private void CommitBatch(IndexConnection connection, Statements statements)
    {
        _batch.Clear();
        while (_batch.Count < _options.IndexBatchLimit && _queue.Reader.TryRead(out var change))
        {
            _batch.Add(change);
        }
        if (_batch.Count == 0 || _abandoned)
        {
            return;
        }
        _options.FaultPoint?.Invoke("index begin");
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var change in _batch)
        {
            Apply(change, statements);
        }
        _options.FaultPoint?.Invoke("index commit");
        connection.Execute("COMMIT");
        Interlocked.Add(ref _done, _batch.Count);
        foreach (var change in _batch)
        {
            if (change.Intent >= 0)
            {
                _intents.Settle(change.Intent);
            }
            change.Done?.TrySetResult();
        }
        _batch.Clear();
    }

    private void Apply(in IndexChange change, Statements statements)
    {
        switch (change.Kind)
        {
            case IndexChangeKind.Put when !_doomed.Contains(change.BucketId):
                statements.Put.Bind(1, (long)change.BucketId).Bind(2, change.Name).Bind(3, change.Header).Run();
                break;
            case IndexChangeKind.Remove:
                statements.Remove.Bind(1, (long)change.BucketId).Bind(2, change.Name).Run();
                break;
            case IndexChangeKind.Doom:
                statements.Doom.Bind(1, (long)change.BucketId).Run();
                _doomed.Add(change.BucketId);
                break;
            case IndexChangeKind.Complete:
                statements.Complete();
                break;
        }
    }

    /// <summary>Removes some rows of one doomed bucket, and forgets the bucket when none is left.</summary>
    private void PurgeSome(IndexConnection connection, Statements statements)
    {
        var bucket = _doomed.First();
        _options.FaultPoint?.Invoke("index purge");
        connection.Execute("BEGIN IMMEDIATE");
        statements.Purge.Bind(1, (long)bucket).Bind(2, PurgeChunk).Run();
        var finished = !statements.HasRows(bucket);
        if (finished)
        {
            statements.Spare.Bind(1, (long)bucket).Run();
        }
        connection.Execute("COMMIT");
        if (finished)
        {
            _doomed.Remove(bucket);
        }
    }

    private void Fail(Exception e)
    {
        _failure = e;
        if (!_abandoned)
        {
            _failed(e);
        }
        _queue.Writer.TryComplete();
        _batch.ForEach(Drop);
        while (_queue.Reader.TryRead(out var change))
        {
            Drop(change);
        }
    }

    /// <summary>The index will be rebuilt: a change needs no row, but whoever waits must be told.</summary>
    private void Drop(IndexChange change)
    {
        Interlocked.Increment(ref _done);
        change.Done?.TrySetException(_failure ?? new ObjectDisposedException(nameof(IndexWriter)));
    }

    private sealed class Statements(IndexConnection connection) : IDisposable
    {
        private readonly IndexStatement _any =
            connection.Prepare("SELECT 1 FROM objects WHERE bucket=?1 LIMIT 1");

        public IndexStatement Put { get; } =
            connection.Prepare("INSERT OR REPLACE INTO objects(bucket, name, header) VALUES(?1, ?2, ?3)");

        public IndexStatement Remove { get; } = connection.Prepare("DELETE FROM objects WHERE bucket=?1 AND name=?2");

        public IndexStatement Doom { get; } = connection.Prepare("INSERT OR IGNORE INTO doomed(bucket) VALUES(?1)");

        public IndexStatement Spare { get; } = connection.Prepare("DELETE FROM doomed WHERE bucket=?1");

        public IndexStatement Purge { get; } = connection.Prepare(
            "DELETE FROM objects WHERE bucket=?1 AND name IN "
                + "(SELECT name FROM objects WHERE bucket=?1 ORDER BY name LIMIT ?2)");

        public void Complete() => IndexFiles.MarkComplete(connection);

        public bool HasRows(ulong bucket)
        {
            var any = _any.Bind(1, (long)bucket).Step();
            _any.Reset();
            return any;
        }

        public void LoadDoomed(HashSet<ulong> doomed)
        {
            using var select = connection.Prepare("SELECT bucket FROM doomed");
            while (select.Step())
            {
                doomed.Add((ulong)select.Integer(0));
            }
        }

        public void Dispose()
        {
            _any.Dispose();
            Put.Dispose();
            Remove.Dispose();
            Doom.Dispose();
            Spare.Dispose();
            Purge.Dispose();
        }
    }
}
