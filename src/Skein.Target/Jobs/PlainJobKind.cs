using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>A kind of job that takes no arguments.</summary>
/// <param name="kind">Which.</param>
/// <param name="body">What it does.</param>
internal sealed class PlainJobKind(JobKind kind, Func<JobProgress, CancellationToken, Task> body) : IJobKind
{
    /// <inheritdoc/>
    public JobKind Kind => kind;

    /// <inheritdoc/>
    public Func<JobProgress, CancellationToken, Task> Create(JobMessage arguments, BucketName? bucket) => body;
}
