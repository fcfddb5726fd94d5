using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Walks;

namespace Skein.Target.Jobs;

/// <summary>
/// The jobs of one target: those that run, and the last ones of every kind that have ended. What is known of a job is on
/// disk before it works and before it counts as ended, so that nothing is forgotten in a restart.
/// </summary>
public sealed class JobTable : IAsyncDisposable
{
    /// <summary>Why a job was aborted that ran when the process died.</summary>
    public const string Restarted = "target restarted";

    /// <summary>Why a job was aborted that ran when the target was stopped.</summary>
    public const string Stopped = "target stopped";

    /// <summary>Why a job was aborted when a newer one of its kind began; AIStore's words.</summary>
    public const string Renewed = "renewal abort";

    private readonly Lock _lock = new();
    private readonly Lock _fileLock = new();
    private readonly List<RunningJob> _running = [];
    private readonly List<JobSnap> _ended = [];
    private readonly JobHistoryFile _file;
    private readonly TimeProvider _time;
    private long _version;
    private long _writtenVersion;
    private bool _stopped;

    /// <summary>Loads what the file remembers; what ran then is shown as aborted.</summary>
    /// <param name="file">Where the jobs are remembered.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public JobTable(JobHistoryFile file, TimeProvider time, ILogger logger)
    {
        _file = file;
        _time = time;
        Logger = logger;
        Walks = new WalkFiles(file.Folder);
        var resumed = Walks.Ids();
        var loaded = file.Load(out var problem);
        if (problem is not null)
        {
            JobLog.NotRead(logger, problem);
        }
        foreach (var snap in loaded)
        {
            if (snap.IsRunning && resumed.Contains(snap.Id))
            {
                continue; // begun again by whoever resumes it
            }
            Remember(snap.IsRunning ? Interrupted(snap, Now()) : snap);
        }
        if (loaded.Any(snap => snap.IsRunning))
        {
            _version++;
            Write();
        }
    }

    internal ILogger Logger { get; }

    /// <summary>The jobs over buckets that go on after a restart, on disk.</summary>
    internal WalkFiles Walks { get; }

    /// <summary>Begins a job whose work somebody else drives; it ends by <see cref="RunningJob.End"/>.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="isNew">
    /// False when nothing was begun and the returned job is one that runs: it has the same id, or its kind is one where
    /// the older goes on.
    /// </param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Busy"/> when <see cref="JobLimits.Running"/> jobs run, with
    /// <see cref="StoreErrorCode.NotReady"/> when the target stops.
    /// </exception>
    public RunningJob Begin(JobDescription what, out bool isNew)
    {
        RunningJob job;
        RunningJob[] older;
        lock (_lock)
        {
            older = [.. _running.Where(running => running.Description.Kind.Name == what.Kind.Name)];
            var same = Array.Find(older, running => running.Id == what.Id)
                ?? (what.Kind.Renewal == JobRenewal.JoinOlder ? older.FirstOrDefault() : null);
            isNew = same is null;
            if (same is not null)
            {
                return same;
            }
            CheckRoom(what);
            older = what.Kind.Renewal == JobRenewal.AbortOlder ? older : [];
            var predecessor = older.Length == 0 ? Task.CompletedTask : Task.WhenAll(older.Select(one => one.Completion));
            job = new RunningJob(this, what, what.Started ?? Now(), predecessor);
            _running.Add(job);
            _ended.RemoveAll(snap => snap.Id == what.Id && snap.Kind == what.Kind.Name);
            _version++;
        }
        foreach (var one in older)
        {
            one.Abort(Renewed);
        }
        Write();
        JobLog.Began(Logger, what.Shown);
        return job;
    }

    /// <summary>
    /// Runs a job in the background. It is aborted by <see cref="RunningJob.Abort"/>; an error of the body ends it as
    /// failed.
    /// </summary>
    /// <param name="what">What it is.</param>
    /// <param name="body">Its work; reports its progress and ends soon after the token is cancelled.</param>
    /// <returns>The job, or the one that runs already, see <see cref="Begin"/>.</returns>
    /// <exception cref="StoreException">As <see cref="Begin"/>.</exception>
    public RunningJob Run(JobDescription what, Func<JobProgress, CancellationToken, Task> body)
    {
        var job = Begin(what, out var isNew);
        if (isNew)
        {
            _ = Task.Run(() => WorkAsync(job, body));
        }
        return job;
    }

    /// <summary>The jobs that a question asks for, in the order in which they began.</summary>
    public IReadOnlyList<JobSnap> Snapshots(JobMessage query)
    {
        lock (_lock)
        {
            var meant = All().Where(query.Matches).OrderBy(snap => snap.StartTime);
            return [.. meant.ThenBy(snap => snap.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>The job that runs with that kind and id; null when there is none.</summary>
    public RunningJob? FindRunning(JobKind kind, string id)
    {
        lock (_lock)
        {
            return _running.Find(job => job.Description.Kind.Name == kind.Name && job.Id == id);
        }
    }

    /// <summary>Forgets the jobs that have ended and that a message means.</summary>
    /// <returns>How many there were.</returns>
    public int Forget(JobMessage which)
    {
        int count;
        lock (_lock)
        {
            count = _ended.RemoveAll(snap => which.Matches(snap));
            _version += count == 0 ? 0 : 1;
        }
        Write();
        return count;
    }

    /// <summary>Aborts the running jobs that a message means.</summary>
    /// <returns>How many were aborted by this call.</returns>
    public int Abort(JobMessage which, string reason)
    {
        RunningJob[] meant;
        lock (_lock)
        {
            meant = [.. _running.Where(job => which.Matches(job.Snapshot()))];
        }
        return meant.Count(job => job.Abort(reason));
    }

    /// <summary>Aborts what runs and waits, for a bounded time, until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        RunningJob[] left;
        lock (_lock)
        {
            _stopped = true;
            left = [.. _running];
        }
        foreach (var job in left)
        {
            if (job.Description.Resumes)
            {
                job.Suspend();
            }
            else
            {
                job.Abort(Stopped);
            }
        }
        try
        {
            await Task.WhenAll(left.Select(job => job.Completion))
                .WaitAsync(JobLimits.StopPatience, _time)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var late = left.Where(job => !job.Completion.IsCompleted).Select(job => job.Description.Shown);
            JobLog.DidNotEnd(Logger, string.Join(", ", late));
        }
    }

    /// <summary>The job stops with the target and goes on when that is back: on disk it runs.</summary>
    internal void NoteSuspended(RunningJob job)
    {
        lock (_lock)
        {
            _version++;
        }
        Write();
        JobLog.Suspended(Logger, job.Description.Shown);
    }

    internal void End(RunningJob job)
    {
        lock (_lock)
        {
            job.Close(Now());
            _running.Remove(job);
            Remember(job.Snapshot());
            _version++;
        }
        var snap = job.Snapshot();
        Write();
        var state = snap.IsAborted ? "aborted" : snap.Error.Length == 0 ? "finished" : "finished with errors";
        JobLog.Ended(
            Logger, job.Description.Shown, state, snap.Stats.LocalObjects, snap.Stats.SentObjects,
            snap.Stats.ReceivedObjects);
        if (snap.Error.Length != 0)
        {
            JobLog.HadErrors(Logger, job.Description.Shown, job.Progress.ErrorCount, snap.Error);
        }
    }

    private static async Task WorkAsync(RunningJob job, Func<JobProgress, CancellationToken, Task> body)
    {
        Exception? failure = null;
        try
        {
            await job.Predecessor.ConfigureAwait(false);
            job.Aborted.ThrowIfCancellationRequested();
            await body(job.Progress, job.Aborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a job that fails in any way has ended, and says so
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
        job.End(failure);
    }

    private IEnumerable<JobSnap> All() => _ended.Concat(_running.Select(job => job.Snapshot()));

    private void CheckRoom(JobDescription what)
    {
        if (_stopped)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"cannot start {what.Shown}: the target is stopping");
        }
        if (_running.Count >= JobLimits.Running)
        {
            throw new StoreException(
                StoreErrorCode.Busy, $"cannot start {what.Shown}: {JobLimits.Running} jobs run already, try again later");
        }
    }

    private void Remember(JobSnap snap)
    {
        _ended.Add(snap);
        var ofKind = _ended.FindAll(one => one.Kind == snap.Kind);
        if (ofKind.Count > JobLimits.HistoryPerKind)
        {
            _ended.Remove(ofKind.MinBy(one => one.EndTime)!);
        }
    }

    /// <summary>Writes what is newest; whoever waited behind another's write may find its own done.</summary>
    private void Write()
    {
        lock (_fileLock)
        {
            JobSnap[] jobs;
            long version;
            lock (_lock)
            {
                if (_writtenVersion >= _version)
                {
                    return;
                }
                version = _version;
                jobs = [.. All()];
            }
            try
            {
                _file.Save(jobs);
                _writtenVersion = version;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The job itself is more important than its place in the history.
                JobLog.NotWritten(Logger, _file.Path, e);
            }
        }
    }

    private DateTime Now() => _time.GetUtcNow().UtcDateTime;

    private static JobSnap Interrupted(JobSnap snap, DateTime now) => snap with
    {
        EndTime = now,
        IsAborted = true,
        IsIdle = true,
        AbortReason = snap.AbortReason.Length == 0 ? Restarted : snap.AbortReason,
    };
}
