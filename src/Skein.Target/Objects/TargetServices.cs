using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.Target.Transfers;

namespace Skein.Target.Objects;

/// <summary>What every operation on objects works with.</summary>
internal sealed record TargetServices
{
    public required INodeFacts Facts { get; init; }

    public required ObjectStore Store { get; init; }

    public required BucketReferences Buckets { get; init; }

    public required HybridClock Clock { get; init; }

    public required Neighbours Neighbours { get; init; }

    public required IObjectContentSender Sender { get; init; }

    public required NodeCounters Counters { get; init; }

    public BucketRef Bucket(ObjectRequest request) => Buckets.Of(request.Bucket, request.Props);

    /// <summary>The stamp of a write that happens now; greater than every stamp this target has seen.</summary>
    public WriteStamp Stamp(CallContext call) => new(call.Metadata.Stamp.Term, Clock.Next());

    /// <summary>The error for an object that is nowhere.</summary>
    public StoreException NotFound(ObjectRequest request) =>
        new(StoreErrorCode.ObjectNotFound, $"{Facts.Self.DisplayName}: {request.Shown} does not exist");

    /// <summary>Where an object lies, as AIStore shows it: <c>t[id]:mp[path, disk]</c>.</summary>
    public string Location(Mountpath mountpath) => Locations.Of(Facts.Self, mountpath);
}
