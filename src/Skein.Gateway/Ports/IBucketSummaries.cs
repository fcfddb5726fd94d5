using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>Sums up buckets over all targets, as a job: a proxy does.</summary>
public interface IBucketSummaries
{
    /// <summary>Begins to count on every active target.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="bucket">The bucket; null for all.</param>
    /// <param name="prefix">Only names that begin so; may be empty.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Id of the job.</returns>
    /// <exception cref="StoreException">When a target cannot begin.</exception>
    Task<string> StartAsync(CallContext call, BucketName? bucket, string prefix, CancellationToken cancellation);

    /// <summary>What has been counted so far.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.JobNotFound"/> when a target knows no such job; when a target does not answer.
    /// </exception>
    Task<SummaryReading> ReadAsync(CallContext call, string id, CancellationToken cancellation);
}

/// <summary>What has been counted.</summary>
/// <param name="IsDone">True when every target has counted everything.</param>
/// <param name="Disks">Bytes of all disks.</param>
/// <param name="Buckets">The buckets in order of their names.</param>
public sealed record SummaryReading(bool IsDone, long Disks, IReadOnlyList<SummaryFigures> Buckets);
