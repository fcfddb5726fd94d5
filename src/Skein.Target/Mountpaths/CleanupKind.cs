using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Jobs;

namespace Skein.Target.Mountpaths;

/// <summary>Starts a cleanup by hand.</summary>
/// <param name="service">Runs it.</param>
internal sealed class CleanupKind(MountpathService service) : IJobKind
{
    /// <inheritdoc/>
    public JobKind Kind => JobKinds.Cleanup;

    /// <inheritdoc/>
    public Func<JobProgress, CancellationToken, Task> Create(JobMessage arguments, BucketName? bucket) =>
        service.CleanupAsync;
}
