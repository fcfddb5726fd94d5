using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Remote;

namespace Skein.Target.Walks;

/// <summary>The kinds of jobs over buckets that a target can do.</summary>
internal static class WalkKinds
{
    public static IReadOnlyList<IWalkKind> Create(
        SourceCopies copies, TimeProvider time, (IObjectHandler Objects, RemoteParts Parts) remote, WalkNames names)
    {
        var calls = copies.Calls;
        var prune = new CopyPrune(names, calls, time);
        return
        [
            new DeleteNamesKind(calls),
            new CopyKind(Actions.CopyBucket, copies, prune),
            new CopyKind(Actions.CopyNames, copies, prune),
            new MoveBucketKind(copies, time),
            new FetchNamesKind(Actions.PrefetchNames, remote.Parts, calls),
            new FetchNamesKind(Actions.BlobDownload, remote.Parts, calls),
            new EvictNamesKind(remote.Objects, remote.Parts, calls),
        ];
    }
}
