using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Target.Jobs;

namespace Skein.Target.Walks;

/// <summary>
/// One job over a bucket on this target, from its beginning or a restart to its end:
/// <list type="number">
/// <item>deal with this target's share of the names;</item>
/// <item>when the owners of names changed meanwhile, do it again with the listing of the whole cluster, and with the shares
/// of those that are gone;</item>
/// <item>wait until everybody else who takes part is done under the same owners;</item>
/// <item>stay idle for a while where the kind says so, then end.</item>
/// </list>
/// Nobody ends before all are done, so that the job runs while a target that takes part is restarted.
/// </summary>
internal sealed class WalkRun(WalkJob job, IWalkKind kind, IWalkWork work, WalkServices services, bool isResumed)
{
    private readonly string _self = services.Facts.Self.Id;
    private readonly WalkPass _pass = new(job, work, services.Patience, services.Moves, services.Time);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private WalkCheckpoint _checkpoint = new();
    private WalkShare _share = new(job.Bucket, job.Record.Work.Participants);
    private readonly long _begun = services.Time.GetTimestamp();
    private long _savedAt = services.Time.GetTimestamp();
    private long _askedUnder;
    private long _done;
    private volatile bool _allDone;

    /// <summary>How this target stands, for the others.</summary>
    public BucketWorkState State
    {
        get
        {
            var (all, done) = (_allDone, Volatile.Read(ref _done));
            return new BucketWorkState
            {
                Phase = all ? BucketWorkState.Ended : done != 0 ? BucketWorkState.Done : BucketWorkState.Working,
                Owners = done,
            };
        }
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="StoreException">When it cannot be gone on with.</exception>
    public async Task RunAsync(RunningJob running, CancellationToken cancellation)
    {
        job.Attach(running.Progress);
        Restore(running.Progress);
        if (_checkpoint.AllDone)
        {
            _allDone = true;
            return; // it was idle when the target stopped
        }
        try
        {
            await services.ReadyAsync(cancellation).ConfigureAwait(false);
            if (isResumed && await HasEndedElsewhereAsync(running, cancellation).ConfigureAwait(false))
            {
                return;
            }
            do
            {
                await WorkAsync(cancellation).ConfigureAwait(false);
            }
            while (!await WaitForOthersAsync(running, cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (running.IsSuspended)
        {
            Save();
            throw;
        }
        _checkpoint = _checkpoint with { AllDone = true };
        Save();
        _allDone = true;
        running.Progress.IsIdle = true;
        await work.LeaveAsync(cancellation).ConfigureAwait(false);
        if (kind.IdleTime > TimeSpan.Zero)
        {
            await Task.Delay(kind.IdleTime, services.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes over what was noted before the target was restarted.</summary>
    private void Restore(JobProgress progress)
    {
        if (!isResumed)
        {
            return;
        }
        _checkpoint = services.Files.LoadCheckpoint(job.Id);
        progress.Restore(_checkpoint.Stats, _checkpoint.Errors);
        if (_checkpoint.Share.Count != 0)
        {
            _share = new WalkShare(job.Bucket, _checkpoint.Share);
            _gone.UnionWith(job.Record.Work.Participants.Except(_checkpoint.Share).Where(id => id != _self));
        }
        JobLog.Resumed(services.Logger, job.Describe().Shown, _checkpoint.Cursor);
    }

    /// <summary>
    /// A target that was away: the others may have been told to stop, or have ended, which they do only after they have done
    /// this target's share, too, or noted that they could not.
    /// </summary>
    private async Task<bool> HasEndedElsewhereAsync(RunningJob running, CancellationToken cancellation)
    {
        var answers = await AskOthersAsync(cancellation).ConfigureAwait(false);
        foreach (var (id, state) in answers)
        {
            AbortWith(running, id, state, cancellation);
        }
        return answers.Values.Any(state => state?.Phase == BucketWorkState.Ended);
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var document = job.Metadata.Document;
            var owners = document.Rebalance.OwnersVersion;
            var share = await ShareAsync(document, cancellation).ConfigureAwait(false);
            var isComplete = document.IsSettled
                && share.Participants.SequenceEqual(document.Map.ActiveTargets.Select(node => node.Id));
            var source = WalkNames.SourceOf(
                job.Record.Work.Names, isComplete && (kind.TakesWhatIsHere || !job.Bucket.IsRemote));
            // Listed names, and those of the whole cluster, stay the same whoever owns them.
            var isFixed = source != WalkNames.Here;
            var isAgain = _checkpoint.Passes != 0
                && (_checkpoint.Source != source || !share.IsSameAs(_share) || (!isFixed && _checkpoint.Owners != owners));
            if (isAgain)
            {
                JobLog.WalksAgain(
                    services.Logger, job.Describe().Shown, $"owners of v{owners}, {share.Participants.Count} take part");
            }
            if (isAgain && work.CountsEachLook)
            {
                job.Progress.Clear();
            }
            _share = share;
            var cursor = isAgain || work.StartsOver ? "" : _checkpoint.Cursor;
            _checkpoint = _checkpoint with
            {
                Source = source,
                Owners = owners,
                Share = share.Participants,
                Cursor = cursor,
                Passes = _checkpoint.Passes + (isAgain || _checkpoint.Passes == 0 ? 1 : 0),
            };
            await work.BeginAsync(cancellation).ConfigureAwait(false);
            await PagesAsync(source, cursor, isAgain || isResumed, cancellation).ConfigureAwait(false);
            await work.FinishAsync(cancellation).ConfigureAwait(false);
            var now = job.Metadata.Document;
            if (now.Rebalance.OwnersVersion == owners || (isFixed && IsInService(now, share)))
            {
                _checkpoint = _checkpoint with { Done = now.Rebalance.OwnersVersion };
                Save();
                Volatile.Write(ref _done, now.Rebalance.OwnersVersion);
                return;
            }
        }
    }

    private async Task PagesAsync(string source, string cursor, bool isRepeat, CancellationToken cancellation)
    {
        await foreach (var page in services.Names.PagesAsync(source, job, cursor, cancellation).ConfigureAwait(false))
        {
            var mine = page.Names.Where(name => _share.Of(name) == _self).ToList();
            await _pass.RunAsync(mine, isRepeat, cancellation).ConfigureAwait(false);
            _checkpoint = _checkpoint with
            {
                Cursor = page.Cursor,
                Stats = job.Progress.Stats,
                Errors = job.Progress.ReadErrors(),
            };
            if (services.Time.GetElapsedTime(_savedAt) >= WalkLimits.CheckpointInterval)
            {
                Save();
            }
        }
    }

    /// <summary>
    /// Who takes part now: those who did at the start, without those that the map has out of service, and without those that
    /// have ended or know nothing of the job.
    /// </summary>
    private async Task<WalkShare> ShareAsync(ControlDocument document, CancellationToken cancellation)
    {
        if (document.Rebalance.OwnersVersion != _askedUnder && _askedUnder != 0)
        {
            foreach (var (id, state) in await AskOthersAsync(cancellation).ConfigureAwait(false))
            {
                if (KnowsNothing(state) || state?.Phase == BucketWorkState.Ended)
                {
                    _gone.Add(id);
                }
            }
        }
        _askedUnder = document.Rebalance.OwnersVersion;
        return new WalkShare(
            job.Bucket,
            job.Record.Work.Participants.Where(id =>
                id == _self || (!_gone.Contains(id) && document.Map.Targets.TryGetValue(id, out var node) && node.IsActive)));
    }

    /// <summary>Waits for the others.</summary>
    /// <returns>False when the owners changed, or somebody is gone, so that this target has to look again.</returns>
    private async Task<bool> WaitForOthersAsync(RunningJob running, CancellationToken cancellation)
    {
        var silentSince = new Dictionary<string, long>(StringComparer.Ordinal);
        while (true)
        {
            var document = job.Metadata.Document;
            if (document.Rebalance.OwnersVersion != _done)
            {
                Volatile.Write(ref _done, 0);
                return false;
            }
            var waits = false;
            var answers = await services.Peers
                .AskAllAsync(_share.Participants.Where(id => id != _self), job.Id, cancellation)
                .ConfigureAwait(false);
            foreach (var (id, state) in answers)
            {
                AbortWith(running, id, state, cancellation);
                if (KnowsNothing(state) || IsOlder(state))
                {
                    _gone.Add(id);
                    Volatile.Write(ref _done, 0);
                    return false;
                }
                if (state is null)
                {
                    silentSince.TryAdd(id, services.Time.GetTimestamp());
                    waits |= !IsGivenUp(id, silentSince[id], running.Progress);
                    continue;
                }
                silentSince.Remove(id);
                waits |= state.Phase is BucketWorkState.Working or "" || (state.Owners != _done && state.Owners != 0);
            }
            if (!waits)
            {
                return true;
            }
            await Task.Delay(WalkLimits.AskInterval, services.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>True for one that has lost what it knew: it had the time to be told of the job.</summary>
    private bool KnowsNothing(BucketWorkState? state) =>
        state is { Phase: "" } && services.Time.GetElapsedTime(_begun) >= WalkLimits.StartGrace;

    /// <summary>It ended under owners that are no more, so that it did not take over what those who are gone left.</summary>
    private bool IsOlder(BucketWorkState? state) =>
        state is { Phase: BucketWorkState.Ended, Owners: not 0 } && state.Owners < _done;

    private bool IsGivenUp(string id, long since, JobProgress progress)
    {
        if (services.Time.GetElapsedTime(since) < services.Patience.Participant)
        {
            return false;
        }
        if (_silent.Add(id))
        {
            progress.AddError("", $"t[{id}] takes part and does not answer: how far its share is done is not known");
        }
        return true;
    }

    private static void AbortWith(RunningJob running, string id, BucketWorkState? state, CancellationToken cancellation)
    {
        if (state?.Phase == BucketWorkState.Aborted)
        {
            running.Abort(state.Reason.Length == 0 ? $"aborted on t[{id}]" : state.Reason);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private Task<Dictionary<string, BucketWorkState?>> AskOthersAsync(CancellationToken cancellation) =>
        services.Peers.AskAllAsync(job.Record.Work.Participants.Where(id => id != _self), job.Id, cancellation);

    private bool IsInService(ControlDocument document, WalkShare share) => share.Participants.All(id =>
        id == _self || (document.Map.Targets.TryGetValue(id, out var node) && node.IsActive));

    private void Save()
    {
        _savedAt = services.Time.GetTimestamp();
        try
        {
            services.Files.Save(job.Id, _checkpoint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // After a restart a little more is done again.
            JobLog.NotWritten(services.Logger, WalkFiles.FolderName, e);
        }
    }
}
