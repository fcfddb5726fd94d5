using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Sorting;
using Skein.Target.Jobs;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>
/// A distributed sort on one of the targets that take part. 1. Each reads its share of the shards. 2. One of them, which the id
/// of the sort decides, collects the records of all, sorts them, and cuts them into shards. 3. Each writes the shards that it
/// owns. 4. All end together, since they read from each other until then. Whoever fails or is stopped ends it for all: the one
/// that sorts watches the others, and they watch it.
/// </summary>
internal sealed class SortRun : IAsyncDisposable
{
    private readonly SortServices _services;
    private readonly WalkJob _job;
    private readonly SortSpec _spec;
    private readonly SortState _state;
    private readonly string _self;
    private readonly string _leader;
    private readonly SortWatch _watch;
    private Dictionary<string, List<PlannedShard>> _plan = [];
    private volatile string _phase = SortPhases.Extracting;

    public SortRun(SortServices services, WalkJob job, SortSpec spec)
    {
        (_services, _job, _spec) = (services, job, spec);
        _self = services.Target.Facts.Self.Id;
        _leader = new WalkShare(job.Bucket, job.Record.Work.Participants).Of(job.Id);
        _watch = new SortWatch(services, job.Id, _self == _leader ? Others : [_leader]);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var limit = spec.MemoryBytes != 0 ? spec.MemoryBytes : memory / 100 * spec.MemoryPercent;
        _state = new SortState(new SortProgress(spec.Description, services.Time), Math.Min(limit, memory));
    }

    /// <summary>How this target stands, in one of the words of <see cref="SortPhases"/>.</summary>
    public string Phase => _phase;

    /// <summary>What it has done.</summary>
    public SortProgress Progress => _state.Progress;

    /// <summary>Bytes of the shards that this target has read.</summary>
    public long ShardBytes => _state.ShardBytes;

    /// <summary>Bytes of the files in them.</summary>
    public long ContentBytes => _state.ContentBytes;

    /// <summary>Where the bytes of its records are.</summary>
    public ContentStore Content => _state.Content;

    /// <summary>The records of this target, for the one that sorts.</summary>
    /// <exception cref="StoreException">When it has not read all of them yet.</exception>
    public IReadOnlyList<SortRecord> Records => SortPhases.HasReached(_phase, SortPhases.Extracted)
        ? _state.Records
        : throw new StoreException(StoreErrorCode.NotReady, $"the shards of t[{_self}] are not all read yet");

    /// <summary>The shards that a target is to write.</summary>
    /// <exception cref="StoreException">When this target has not cut them.</exception>
    public IReadOnlyList<PlannedShard> PlanOf(string target) =>
        _self == _leader && SortPhases.HasReached(_phase, SortPhases.Sorted)
            ? _plan.GetValueOrDefault(target) ?? []
            : throw new StoreException(StoreErrorCode.NotReady, $"t[{_self}] has not sorted the records");

    /// <summary>Counts a list of records that was sent.</summary>
    public void CountSent(TimeSpan time) =>
        Progress.Sorting(phase => phase with { Sent = phase.Sent.With((long)time.TotalMilliseconds) });

    /// <summary>Runs the whole of it.</summary>
    /// <exception cref="StoreException">When it cannot go on; the text says why and on which target.</exception>
    public async Task RunAsync(JobProgress progress, CancellationToken cancellation)
    {
        _job.Attach(progress);
        progress.Details = Progress.ReadJson;
        await _watch.DuringAsync(WorkAsync, cancellation).ConfigureAwait(false);
        _phase = SortPhases.Finished;
    }

    /// <summary>Removes what it has on disk.</summary>
    public ValueTask DisposeAsync() => _state.DisposeAsync();

    private IReadOnlyList<string> Participants => _job.Record.Work.Participants;

    private IReadOnlyList<string> Others => [.. Participants.Where(id => id != _self)];

    private async Task WorkAsync(CancellationToken cancellation)
    {
        Progress.Extraction(Progress.Begin);
        await new ShardExtractor(_services, _job, _spec, _state).RunAsync(cancellation).ConfigureAwait(false);
        Progress.Extraction(Progress.End);
        _phase = SortPhases.Extracted;
        Progress.Sorting(Progress.Begin);
        var shards = _self == _leader
            ? await LeadAsync(cancellation).ConfigureAwait(false)
            : await FollowAsync(cancellation).ConfigureAwait(false);
        Progress.Sorting(Progress.End);
        Progress.Creation(Progress.Begin);
        await new ShardBuilder(_services, _job, _spec, _state).RunAsync(shards, cancellation).ConfigureAwait(false);
        _phase = SortPhases.Created;
        await _watch
            .ReachedAsync(_self == _leader ? SortPhases.Created : SortPhases.Finished, cancellation)
            .ConfigureAwait(false);
        Progress.Creation(Progress.End);
    }

    private async Task<IReadOnlyList<PlannedShard>> LeadAsync(CancellationToken cancellation)
    {
        foreach (var record in _state.Records)
        {
            record.Target = PlaceOf(_self);
        }
        await _watch.ReachedAsync(SortPhases.Extracted, cancellation).ConfigureAwait(false);
        foreach (var target in Others)
        {
            await CollectAsync(target, cancellation).ConfigureAwait(false);
        }
        var sorted = RecordOrder.Sort(_state.Records, _spec);
        var shards = await CutAsync(sorted, cancellation).ConfigureAwait(false);
        var owners = new WalkShare(_job.Destination!, Participants);
        _plan = shards
            .GroupBy(shard => owners.Of(shard.Name))
            .ToDictionary(owned => owned.Key, owned => owned.ToList(), StringComparer.Ordinal);
        _state.Forget();
        _phase = SortPhases.Sorted;
        return PlanOf(_self);
    }

    private async Task CollectAsync(string target, CancellationToken cancellation)
    {
        var started = _services.Time.GetTimestamp();
        var place = PlaceOf(target);
        var records = new List<SortRecord>();
        (long Shards, long Content)? read = null;
        await ReadAsync(
            target,
            SortCalls.RecordsPath,
            reader =>
            {
                if (read is null)
                {
                    read = (reader.ReadInt64(), reader.ReadInt64()); // what comes first
                    return;
                }
                var record = SortCodec.ReadRecord(reader);
                record.Target = place;
                records.Add(record);
            },
            cancellation).ConfigureAwait(false);
        _state.Add(records);
        _state.Count(read?.Shards ?? 0, read?.Content ?? 0);
        var took = (long)_services.Time.GetElapsedTime(started).TotalMilliseconds;
        Progress.Sorting(phase => phase with { Received = phase.Received.With(took) });
    }

    private async Task<List<PlannedShard>> CutAsync(SortRecord[] sorted, CancellationToken cancellation)
    {
        var bytes = _spec.ShardBytes;
        if (_spec.OutputFormat != ArchiveFormat.Tar
            && _state.ShardBytes > 0 && _state.ShardBytes < _state.ContentBytes)
        {
            // A size is meant of what is written: it is compressed about as well as what was read.
            bytes = (long)(bytes * ((double)_state.ContentBytes / _state.ShardBytes));
        }
        if (_spec.OrderFile is null)
        {
            return ShardCutter.Cut(sorted, _spec, bytes);
        }
        var order = await _services.OrderFile
            .LoadAsync(_spec, line => _state.React(_spec.MalformedLine, line), cancellation)
            .ConfigureAwait(false);
        return ShardCutter.CutByOrder(sorted, _spec, bytes, order, record => _state.React(
            _spec.MissingKey, $"record \"{record.Name}\" doesn't belong in external key map"));
    }

    private async Task<IReadOnlyList<PlannedShard>> FollowAsync(CancellationToken cancellation)
    {
        await _watch.ReachedAsync(SortPhases.Sorted, cancellation).ConfigureAwait(false);
        var shards = new List<PlannedShard>();
        await ReadAsync(_leader, SortCalls.PlanPath, reader => shards.Add(SortCodec.ReadShard(reader)), cancellation)
            .ConfigureAwait(false);
        _state.Forget();
        return shards;
    }

    private async Task ReadAsync(string target, string path, Action<BinaryReader> read, CancellationToken cancellation)
    {
        try
        {
            using var answer = await SortCalls
                .AskAsync(_services, target, (path, _job.Id), null, cancellation)
                .ConfigureAwait(false);
            var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await SortCodec.ReadAsync(stream, read, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or InvalidDataException)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"the answer of t[{target}] broke off: {error.Message}", error);
        }
    }

    private int PlaceOf(string target) => Participants.Index().First(entry => entry.Item == target).Index;
}
