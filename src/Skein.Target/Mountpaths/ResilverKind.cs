using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Jobs;

namespace Skein.Target.Mountpaths;

/// <summary>Starts a resilver by hand.</summary>
/// <param name="service">Runs it.</param>
internal sealed class ResilverKind(MountpathService service) : IJobKind
{
    /// <inheritdoc/>
    public JobKind Kind => JobKinds.Resilver;

    /// <inheritdoc/>
    public Func<JobProgress, CancellationToken, Task> Create(JobMessage arguments, BucketName? bucket) =>
        service.ResilverAsync;
}
