using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Batches;
using Skein.Target.Walks;

namespace Skein.Target.Archives;

/// <summary><c>archive</c>: many objects of a bucket become one archive.</summary>
internal sealed class ArchiveKind(PartSources sources, ObjectCalls calls) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find("archive")!;

    public TimeSpan IdleTime => WalkLimits.IdleTime;

    public IWalkWork Create(WalkJob job) => new ArchiveWork(
        job, job.ReadValue(WireJsonContext.Default.ArchiveMessage, "*cmn.ArchiveBckMsg"), sources, calls);
}
