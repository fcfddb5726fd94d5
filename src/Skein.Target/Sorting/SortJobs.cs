using System.Collections.Concurrent;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.Target.Batches;
using Skein.Target.Copies;
using Skein.Target.Jobs;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>
/// The distributed sorts of this target. They do not go on after a restart: the others end then, too, and say why.
/// </summary>
public sealed class SortJobs : IDisposable
{
    private readonly JobTable _table;
    private readonly SortServices _services;
    private readonly ConcurrentDictionary<string, (RunningJob Running, SortRun Run)> _runs = new(StringComparer.Ordinal);

    internal SortJobs(JobTable table, SortServices services)
    {
        _table = table;
        _services = services;
    }

    /// <summary>The sorts of a target.</summary>
    internal static SortJobs Create(
        JobTable table,
        PartSources sources,
        ObjectCalls calls,
        ObjectCopier copier,
        (WalkNames Names, WalkPeers Standing) walks,
        WalkPatience patience) => new(
            table,
            new SortServices
            {
                Sources = sources,
                Calls = calls,
                Copier = copier,
                Names = walks.Names,
                Standing = walks.Standing,
                OrderFile = new OrderFile(),
                Patience = patience,
            });

    /// <summary>Starts a sort.</summary>
    /// <param name="message">What it is, with <see cref="JobMessage.Work"/> and in that a <see cref="SortMessage"/>.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="StoreException">When it cannot be started here; nothing is left of it then.</exception>
    public string Start(JobMessage message)
    {
        var work = message.Work!;
        var self = _services.Target.Facts.Self;
        if (!JobId.IsSortId(message.AskedId) || message.AskedBucket is null || !work.Participants.Contains(self.Id))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"dsort[{message.AskedId}] is not for {self.DisplayName}");
        }
        if (State(message.AskedId) is not null)
        {
            return message.AskedId; // asked again: the answer was lost
        }
        if (_runs.Count >= SortLimits.Jobs)
        {
            throw new StoreException(
                StoreErrorCode.Busy, $"cannot start dsort: {SortLimits.Jobs} run already, try again later");
        }
        var spec = SortSpecReader.Read(Read(work));
        var record = new WalkRecord
        {
            Kind = JobKinds.Sort.Name,
            Id = message.AskedId,
            Started = _services.Time.GetUtcNow().UtcDateTime,
            Bucket = message.AskedBucket,
            Work = work,
        };
        var job = new WalkJob(record, JobKinds.Sort, _services.Target.Metadata);
        _ = (job.Props, job.DestinationProps);
        var running = _table.Begin(job.Describe() with { Resumes = false }, out _);
        var run = new SortRun(_services, job, spec);
        _runs[record.Id] = (running, run);
        _ = Task.Run(() => WorkAsync(running, run));
        return record.Id;
    }

    /// <summary>How this target stands with a sort; null when it knows none with that id.</summary>
    public BucketWorkState? State(string id)
    {
        if (_runs.TryGetValue(id, out var entry))
        {
            return entry.Running.AbortReason is { } reason
                ? new BucketWorkState { Phase = BucketWorkState.Aborted, Reason = reason }
                : new BucketWorkState { Phase = entry.Run.Phase };
        }
        if (_table.Snapshots(new JobMessage { Id = id, Kind = JobKinds.Sort.Name }) is not [.., { IsRunning: false } last])
        {
            return null;
        }
        return last.IsAborted
            ? new BucketWorkState { Phase = BucketWorkState.Aborted, Reason = last.AbortReason }
            : new BucketWorkState { Phase = SortPhases.Finished };
    }

    /// <summary>The sort that runs with that id.</summary>
    /// <exception cref="StoreException">When none does.</exception>
    internal SortRun Find(string id) => _runs.TryGetValue(id, out var entry)
        ? entry.Run
        : throw new StoreException(
            StoreErrorCode.JobNotFound, $"dsort[{id}] does not run on {_services.Target.Facts.Self.DisplayName}");

    /// <summary>Aborts what runs, and closes what sorts share.</summary>
    public void Dispose()
    {
        foreach (var (running, _) in _runs.Values)
        {
            running.Abort(JobTable.Stopped);
        }
        _services.OrderFile.Dispose();
    }

    private static SortMessage Read(BucketWork work) =>
        WireJson.Read(work.Value, WireJsonContext.Default.SortMessage, "*dsort.RequestSpec", "")
        ?? throw new StoreException(StoreErrorCode.InvalidRequest, "a sort without a specification");

    private async Task WorkAsync(RunningJob running, SortRun run)
    {
        Exception? failure = null;
        try
        {
            await run.RunAsync(running.Progress, running.Aborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a sort that fails in any way has ended, and says so
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
            run.Progress.Stop();
            var text = error is AggregateException { InnerExceptions: [var first, ..] } ? first.Message : error.Message;
            // For those who wait for it, a sort that has failed is one that was aborted. The others find it out and end, too.
            running.Abort(SortPhases.Named(_services.Target.Facts.Self.Id, text));
        }
        await run.DisposeAsync().ConfigureAwait(false);
        running.End(failure is null ? null : new OperationCanceledException(running.AbortReason));
        _runs.TryRemove(running.Id, out _);
    }
}
