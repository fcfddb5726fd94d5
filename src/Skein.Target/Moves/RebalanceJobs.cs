using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Gateway.Metrics;
using Skein.Target.Jobs;

namespace Skein.Target.Moves;

/// <summary>
/// Shows the rebalance of the control document as a job of this target: it begins and ends with the document, not with
/// what this target has to move.
/// </summary>
internal sealed class RebalanceJobs(JobTable table, NodeCounters counters) : IMoveProgress
{
    private readonly Lock _gate = new();
    private RunningJob? _job;

    public void Follow(RebalanceMetadata rebalance)
    {
        lock (_gate)
        {
            if (_job is { } job && (job.Id != rebalance.Id || !rebalance.Run.IsRunning))
            {
                if (job.Id != rebalance.Id)
                {
                    job.Abort(JobTable.Renewed);
                }
                else if (rebalance.Run.State == RebalanceState.Stopped)
                {
                    job.Abort(rebalance.Run.Note.Length == 0 ? "stopped" : rebalance.Run.Note);
                }
                else if (rebalance.Run.Note.Length != 0)
                {
                    job.Progress.AddError("", rebalance.Run.Note);
                }
                job.End();
                _job = null;
            }
            if (_job is null && rebalance.Run.IsRunning)
            {
                _job = table.Begin(new JobDescription(JobKinds.Rebalance, rebalance.Id), out _);
            }
        }
    }

    /// <summary>The target stops: the job begins anew when it is back, if the rebalance still runs.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _job?.Abort(JobTable.Stopped);
            _job?.End();
            _job = null;
        }
    }

    public void Sent(long bytes)
    {
        var progress = _job?.Progress;
        progress?.AddLocal(1, bytes);
        progress?.AddSent(1, bytes);
        counters.Increment(NodeCounter.StreamOut);
        counters.Add(NodeCounter.StreamOutBytes, bytes);
    }

    /// <summary>An object has come from another target.</summary>
    public void Received(long bytes)
    {
        _job?.Progress.AddReceived(1, bytes);
        counters.Increment(NodeCounter.StreamIn);
        counters.Add(NodeCounter.StreamInBytes, bytes);
    }

    public void Failed(string name, string problem) => _job?.Progress.AddError(name, problem);
}
