using Skein.Cluster.Leases;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.Target.Moves;
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

    public required IMetadataSource Metadata { get; init; }

    public required MoveState Moves { get; init; }

    public required TimeProvider Time { get; init; }

    public BucketRef Bucket(ObjectRequest request) => Buckets.Of(request.Bucket, request.Props);

    /// <summary>Lets only the writes pass that this target may take.</summary>
    public required IWriteGate Gate { get; init; }

    /// <summary>The stamp of a write that happens now; greater than every stamp this target has seen.</summary>
    /// <param name="ownership">From <see cref="EnterAsync"/>.</param>
    public WriteStamp Stamp(long ownership) => new(ownership, Clock.Next());

    /// <summary>
    /// Before a change: waits until this target may make it. A node that changes something here and is behind in who owns
    /// what is refused: it has not learnt yet that the name is not its own.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/>.</exception>
    public ValueTask<long> EnterAsync(ObjectRequest request, CancellationToken cancellation)
    {
        var call = request.Call;
        var present = call.Metadata.Document.Rebalance.OwnersVersion;
        if (!call.IsIntra)
        {
            return Gate.EnterAsync(Neighbours.DigestOf(request), cancellation);
        }
        return call.CallerStamp.Version >= present
            ? ValueTask.FromResult(present)
            : throw new StoreException(
                StoreErrorCode.NotReady,
                $"{call.CallerName} holds {call.CallerStamp}, and who owns which names has changed since: "
                    + $"{Facts.Self.DisplayName} holds {call.Metadata.Stamp}");
    }

    /// <summary>
    /// Right before a change: is the name still this target's? Until the result is disposed of, this target does not say
    /// that it holds nothing which belongs elsewhere.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when the name was lost meanwhile.</exception>
    public IDisposable Pass(ObjectRequest request, long ownership)
    {
        // The version first, the look afterwards: see CommitTracker.
        var passage = Moves.Commits.Enter(Metadata.Current.Document.Rebalance.OwnersVersion);
        try
        {
            Confirm(request, ownership);
            return passage;
        }
        catch
        {
            passage.Dispose();
            throw;
        }
    }

    /// <summary>
    /// While objects may still lie elsewhere: waits until no copy of this one is on its way, and keeps it so until the
    /// result is disposed of. Else a copy could arrive after the object was deleted.
    /// </summary>
    public async ValueTask<IDisposable?> HoldAsync(ObjectRequest request, CancellationToken cancellation) =>
        request.Call.IsIntra || Neighbours.MayHave(request.Call)
            ? await Moves.Guards.EnterAsync(request.Props.BucketId, request.Name, cancellation).ConfigureAwait(false)
            : null;

    /// <summary>After a change and before it is acknowledged.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when the name was lost meanwhile.</exception>
    public void Confirm(ObjectRequest request, long ownership)
    {
        if (!request.Call.IsIntra && Metadata.Current.Document.Buckets.Find(request.Bucket) is { IsRenamedAway: true })
        {
            throw new StoreException(
                StoreErrorCode.Busy, $"bucket {request.Bucket} is being renamed: the change may have been made or not");
        }
        if (!request.Call.IsIntra)
        {
            Gate.Confirm(Neighbours.DigestOf(request), ownership);
        }
    }

    /// <summary>
    /// The error for an object that is nowhere. A target that is cut off cannot say that: the name may have another owner by
    /// now, who has it.
    /// </summary>
    public async ValueTask<StoreException> NotFoundAsync(ObjectRequest request, CancellationToken cancellation) =>
        !request.Call.IsRedirected || request.Call.IsIntra
        || await Gate.MayDenyAsync(Neighbours.DigestOf(request), cancellation).ConfigureAwait(false)
            ? new StoreException(
                StoreErrorCode.ObjectNotFound, $"{Facts.Self.DisplayName}: {request.Shown} does not exist")
            : new StoreException(
                StoreErrorCode.NotReady,
                $"{request.Shown} is not on {Facts.Self.DisplayName}, which is cut off from the primary or does not own the "
                    + "name: whether it is elsewhere is not known, try again");

    /// <summary>Where an object lies, as AIStore shows it: <c>t[id]:mp[path, disk]</c>.</summary>
    public string Location(Mountpath mountpath) => Locations.Of(Facts.Self, mountpath);
}
