using Skein.Core.Wire;
using Skein.Target.Copies;
using Skein.Target.Objects;

namespace Skein.Target.Walks;

/// <summary>The kinds of jobs over buckets that a target can do.</summary>
internal static class WalkKinds
{
    public static IReadOnlyList<IWalkKind> Create(
        TargetServices services, ObjectCopier copier, ObjectCalls calls, TimeProvider time)
    {
        var copies = new SourceCopies(services, copier, calls);
        return
        [
            new DeleteNamesKind(calls),
            new CopyKind(Actions.CopyBucket, copies),
            new CopyKind(Actions.CopyNames, copies),
            new MoveBucketKind(copies, time),
        ];
    }
}
