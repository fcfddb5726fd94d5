using Skein.Core.Buckets;
using Skein.Core.Jobs;

namespace Skein.Target.Jobs;

/// <summary>What a job is, apart from what it does.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id, which is the same on every target.</param>
public sealed record JobDescription(JobKind Kind, string Id)
{
    /// <summary>The bucket it works on; null for none.</summary>
    public BucketName? Bucket { get; init; }

    /// <summary>Where it reads from, when it has two buckets.</summary>
    public BucketName? Source { get; init; }

    /// <summary>Where it writes to, when it has two buckets.</summary>
    public BucketName? Destination { get; init; }

    /// <summary>When it began, UTC, for a job that goes on after a restart of the target; null for now.</summary>
    public DateTime? Started { get; init; }

    /// <summary>True for a job that goes on after a restart of the target: stopping the target does not abort it.</summary>
    public bool Resumes { get; init; }

    /// <summary>The job as errors and the log show it, as in <c>resilver[k1x9abcde]</c>.</summary>
    public string Shown => $"{Kind.Name}[{Id}]";
}
