using Microsoft.Extensions.Logging;
using Skein.Cluster.Rebalance;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Target.Moves;

/// <summary>
/// Follows the control document: under each new set of owners it looks through this target's objects, moves what belongs
/// elsewhere while a rebalance runs, and says when nothing does any more. A newer document ends the walk under the older
/// one; what was moved stays moved. Nothing has to be remembered across a restart: what is still here is what is left.
/// </summary>
internal sealed class Rebalancer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly RebalanceWalk _walk;
    private readonly RebalanceJobs _jobs;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Task _worker;
    private (ControlDocument Document, Phase Phase) _wanted = (ControlDocument.Empty, Phase.None);
    private CancellationTokenSource? _walking;
    private volatile RebalanceReport? _report;

    public Rebalancer(RebalanceWalk walk, RebalanceJobs jobs, TimeProvider time, ILogger log)
    {
        _walk = walk;
        _jobs = jobs;
        _time = time;
        _log = log;
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>What is known of this target's objects now; null when it has not looked under the present owners.</summary>
    public RebalanceReport? Report => _report;

    /// <summary>Called when <see cref="Report"/> says something new.</summary>
    public Action? Reported { get; set; }

    /// <summary>Takes note of a new document; quick.</summary>
    public void OnDocument(SealedDocument document)
    {
        var next = Phase.Of(document.Document);
        lock (_gate)
        {
            if (next == _wanted.Phase)
            {
                return;
            }
            _wanted = (document.Document, next);
            _report = null;
            _ = _walking?.CancelAsync();
        }
        _signal.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _jobs.Close();
        _stop.Dispose();
        _signal.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            var done = Phase.None;
            while (true)
            {
                _stop.Token.ThrowIfCancellationRequested();
                ControlDocument document;
                Phase phase;
                CancellationTokenSource? stop = null;
                lock (_gate)
                {
                    (document, phase) = _wanted;
                    if (phase != done && phase.HasWork)
                    {
                        _walking = stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    }
                }
                _jobs.Follow(document.Rebalance);
                if (stop is null)
                {
                    await _signal.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
                else if (await WalkAsync(document, phase, stop).ConfigureAwait(false))
                {
                    done = phase;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>One walk; false when it is to be done again.</summary>
    private async Task<bool> WalkAsync(ControlDocument document, Phase phase, CancellationTokenSource stop)
    {
        try
        {
            var isClean = await _walk
                .RunAsync(document, phase.Moves, _jobs, stop.Token)
                .ConfigureAwait(false);
            lock (_gate)
            {
                if (phase != _wanted.Phase)
                {
                    return false;
                }
                _report = new RebalanceReport(phase.Run, phase.OwnersVersion, isClean);
            }
            Reported?.Invoke();
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false; // a newer document, or the end
        }
        catch (Exception e)
        {
            TargetLog.RebalanceFailed(_log, document.Rebalance.Id, e);
            await Task.Delay(MoveLimits.LongestPause, _time, _stop.Token).ConfigureAwait(false);
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _walking = null;
            }
            stop.Dispose();
        }
    }

    /// <summary>What a document asks of this target.</summary>
    /// <param name="Generation">Generation of the document.</param>
    /// <param name="OwnersVersion">Version that began the owners.</param>
    /// <param name="Run">Number of the rebalance.</param>
    /// <param name="Moves">True while it runs.</param>
    /// <param name="HasWork">True when it runs, or objects may lie elsewhere than the map says.</param>
    private sealed record Phase(long Generation, long OwnersVersion, long Run, bool Moves, bool HasWork)
    {
        public static Phase None { get; } = new(-1, -1, -1, false, false);

        public static Phase Of(ControlDocument document)
        {
            var rebalance = document.Rebalance;
            return new Phase(
                document.Stamp.Generation, rebalance.OwnersVersion, rebalance.Version, rebalance.Run.IsRunning,
                rebalance.Run.IsRunning || !rebalance.IsSettled);
        }
    }
}

