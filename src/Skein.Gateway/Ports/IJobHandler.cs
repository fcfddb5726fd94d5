using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>The jobs of one target.</summary>
public interface IJobHandler
{
    /// <summary>How the jobs stand that a question means.</summary>
    IReadOnlyList<JobSnap> Read(JobMessage query);

    /// <summary>Starts a job under the id that the message gives.</summary>
    /// <returns>The id of the job that runs now; another one when an older job of the kind stands for it.</returns>
    /// <exception cref="StoreException">When it cannot be started here.</exception>
    string Start(CallContext call, JobMessage arguments);

    /// <summary>How this target stands with its share of a job over a bucket; null when it knows no such job.</summary>
    BucketWorkState? FindWork(string id) => null;

    /// <summary>What this target has counted for a summary; null when it knows no such job.</summary>
    SummaryShare? FindSummary(string id) => null;

    /// <summary>Aborts the running jobs that a message means; returns before they have ended.</summary>
    void Stop(CallContext call, JobMessage which);

    /// <summary>Forgets a job that has ended; nothing happens when it runs or is not known.</summary>
    void Forget(JobMessage which);
}

/// <summary>The jobs of all targets, as a proxy sees them.</summary>
public interface IClusterJobs
{
    /// <summary>How the jobs stand on every target, by its id.</summary>
    /// <exception cref="StoreException">
    /// When a target in service does not answer: the whole would not be complete. Nodes that are down or out of service
    /// are left out.
    /// </exception>
    Task<SortedDictionary<string, IReadOnlyList<JobSnap>>> ReadAsync(
        CallContext call, JobMessage query, CancellationToken cancellation);

    /// <summary>
    /// How the jobs stand on every target that answers, and what is wrong with each target in service that does not.
    /// </summary>
    Task<JobReading> ReadKnownAsync(CallContext call, JobMessage query, CancellationToken cancellation);

    /// <summary>Starts a job on the target that the message names, or on every active target.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="StoreException">When a target cannot start it; then it is stopped where it was started.</exception>
    Task<string> StartAsync(CallContext call, JobMessage arguments, CancellationToken cancellation);

    /// <summary>Aborts the running jobs that a message means, on every target.</summary>
    /// <exception cref="StoreException">When a target in service does not answer.</exception>
    Task StopAsync(CallContext call, JobMessage which, CancellationToken cancellation);

    /// <summary>Makes every target forget a job that has ended.</summary>
    /// <exception cref="StoreException">When a target in service does not answer.</exception>
    Task ForgetAsync(CallContext call, JobMessage which, CancellationToken cancellation);
}

/// <summary>What the targets say of jobs.</summary>
/// <param name="Snaps">How the jobs stand, by the target's id.</param>
/// <param name="Problems">Why targets in service did not answer; empty when all did.</param>
public sealed record JobReading(
    SortedDictionary<string, IReadOnlyList<JobSnap>> Snaps, IReadOnlyList<string> Problems);

/// <summary>Starts and stops the rebalance of the whole cluster: changes of the control document, for the primary.</summary>
public interface IRebalanceCommands
{
    /// <summary>Starts a rebalance.</summary>
    /// <param name="who">Who asks, for the timeline.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Its id, as in <c>g4</c>.</returns>
    /// <exception cref="StoreException">When it is disabled or makes no sense.</exception>
    Task<string> StartAsync(string who, CancellationToken cancellation);

    /// <summary>Stops the rebalance that runs; nothing happens when none does.</summary>
    Task StopAsync(string who, CancellationToken cancellation);
}
