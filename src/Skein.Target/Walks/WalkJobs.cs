using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Jobs;
using Skein.Target.Objects;

namespace Skein.Target.Walks;

/// <summary>
/// The jobs over buckets of this target. What a job is to do is on disk before it counts as begun, and it goes on after a
/// restart. To add a kind see <see cref="IWalkKind"/>.
/// </summary>
public sealed class WalkJobs
{
    private readonly JobTable _table;
    private readonly WalkServices _services;
    private readonly FrozenDictionary<string, IWalkKind> _kinds;
    private readonly ConcurrentDictionary<string, (RunningJob Running, WalkRun Run)> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _endedUnder = new(StringComparer.Ordinal);

    internal WalkJobs(JobTable table, WalkServices services, IEnumerable<IWalkKind> kinds)
    {
        _table = table;
        _services = services;
        _kinds = kinds.ToFrozenDictionary(kind => kind.Kind.Name);
    }

    /// <summary>The jobs of a target.</summary>
    internal static WalkJobs Create(
        JobTable table,
        TargetServices services,
        WalkNames names,
        WalkPeers peers,
        IEnumerable<IWalkKind> kinds,
        (WalkPatience Patience, TimeProvider Time, ILogger Logger) rest) => new(
            table,
            new WalkServices
            {
                Facts = services.Facts,
                Metadata = services.Metadata,
                Names = names,
                Peers = peers,
                Files = table.Walks,
                Moves = services.Moves,
                Time = rest.Time,
                Logger = rest.Logger,
                Patience = rest.Patience,
            },
            kinds);

    /// <summary>True for a kind that begins here.</summary>
    public bool Has(JobKind kind) => _kinds.ContainsKey(kind.Name);

    /// <summary>Starts a job; when it returns the job goes on whatever happens to the target.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="message">What it is, with <see cref="JobMessage.Work"/>.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="StoreException">When it cannot be started here; nothing is left of it then.</exception>
    public string Start(CallContext call, JobMessage message)
    {
        var work = message.Work!;
        if (JobKinds.Find(message.AskedKind) is not { } kind || !_kinds.TryGetValue(kind.Name, out var known))
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented, $"action \"{message.AskedKind}\" is not implemented");
        }
        if (!JobId.IsOfWalk(message.AskedId) || message.AskedBucket is null
            || !work.Participants.Contains(_services.Facts.Self.Id))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{kind.Name}[{message.AskedId}] is not for {_services.Facts.Self.DisplayName}");
        }
        if (State(message.AskedId) is not null)
        {
            return message.AskedId; // asked again: the answer was lost
        }
        if (_runs.Count >= WalkLimits.Jobs)
        {
            throw new StoreException(
                StoreErrorCode.Busy,
                $"cannot start {kind.Name}: {WalkLimits.Jobs} jobs over buckets run already, try again later");
        }
        var record = new WalkRecord
        {
            Kind = kind.Name,
            Id = message.AskedId,
            Started = _services.Time.GetUtcNow().UtcDateTime,
            Bucket = message.AskedBucket,
            Work = work,
        };
        var job = new WalkJob(record, kind, _services.Metadata);
        _ = job.Props;
        work.Names.Validate();
        var made = known.Create(job);
        Save(record);
        Begin(job, known, made, isResumed: false);
        return record.Id;
    }

    /// <summary>How this target stands with a job; null when it knows none with that id.</summary>
    public BucketWorkState? State(string id)
    {
        if (_runs.TryGetValue(id, out var entry))
        {
            return entry.Running.AbortReason is { } reason
                ? new BucketWorkState { Phase = BucketWorkState.Aborted, Reason = reason }
                : entry.Run.State;
        }
        return _table.Snapshots(new JobMessage { Id = id }) is not [.., { IsRunning: false } last]
            ? null
            : new BucketWorkState
            {
                Phase = last.IsAborted ? BucketWorkState.Aborted : BucketWorkState.Ended,
                Owners = _endedUnder.GetValueOrDefault(id),
                Reason = last.IsAborted ? last.AbortReason : last.Error,
            };
    }

    /// <summary>Goes on with the jobs that ran when the target stopped. Call once.</summary>
    internal void Resume()
    {
        foreach (var id in _services.Files.Ids())
        {
            try
            {
                Resume(id);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                JobLog.NotResumed(_services.Logger, $"{id}: {e.Message}");
                Fail(id, e);
            }
        }
    }

    private void Resume(string id)
    {
        if (_table.Snapshots(new JobMessage { Id = id }).Any(snap => !snap.IsRunning))
        {
            _services.Files.Remove(id); // it ended right before the target did
            return;
        }
        var record = _services.Files.Load(id, out var problem);
        if (record is null)
        {
            JobLog.NotResumed(_services.Logger, problem);
            return;
        }
        if (JobKinds.Find(record.Kind) is not { } kind || !_kinds.TryGetValue(record.Kind, out var known))
        {
            throw new StoreException(StoreErrorCode.NotImplemented, $"this version has no jobs of kind {record.Kind}");
        }
        var job = new WalkJob(record, kind, _services.Metadata);
        Begin(job, known, known.Create(job), isResumed: true);
    }

    /// <summary>A job that cannot be gone on with has ended, and says why.</summary>
    private void Fail(string id, Exception error)
    {
        if (_services.Files.Load(id, out _) is { } record && JobKinds.Find(record.Kind) is { } kind)
        {
            _table.Begin(new WalkJob(record, kind, _services.Metadata).Describe(), out _).End(error);
        }
        _services.Files.Remove(id);
    }

    private void Save(WalkRecord record)
    {
        try
        {
            _services.Files.Save(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.Internal, $"cannot start {record.Kind}: it cannot be written down: {e.Message}", e);
        }
    }

    private void Begin(WalkJob job, IWalkKind kind, IWalkWork work, bool isResumed)
    {
        RunningJob running;
        try
        {
            running = _table.Begin(job.Describe(), out _);
        }
        catch (StoreException) when (!isResumed)
        {
            _services.Files.Remove(job.Id);
            throw;
        }
        var run = new WalkRun(job, kind, work, _services, isResumed);
        _runs[job.Id] = (running, run);
        _ = Task.Run(async () =>
        {
            await WorkAsync(job, running, run).ConfigureAwait(false);
            if (work is IAsyncDisposable open)
            {
                await open.DisposeAsync().ConfigureAwait(false);
            }
        });
    }

    private async Task WorkAsync(WalkJob job, RunningJob running, WalkRun run)
    {
        Exception? failure = null;
        try
        {
            await run.RunAsync(running, running.Aborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a job that fails in any way has ended, and says so
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
        Remember(job.Id, run.State.Owners);
        running.End(failure);
        _runs.TryRemove(job.Id, out _);
        if (running.IsSuspended && running.AbortReason is null && failure is not null)
        {
            return;
        }
        try
        {
            _services.Files.Remove(job.Id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            JobLog.NotWritten(_services.Logger, WalkFiles.FolderName, e); // removed when the target starts
        }
    }

    private void Remember(string id, long owners)
    {
        if (_endedUnder.Count >= WalkLimits.Remembered)
        {
            _endedUnder.Clear(); // it matters only while others still run
        }
        _endedUnder[id] = owners;
    }
}
