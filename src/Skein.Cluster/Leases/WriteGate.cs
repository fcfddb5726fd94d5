using Skein.Cluster.Metadata;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Leases;

/// <summary>Lets a write of a name pass only on the one target that may take it.</summary>
public interface IWriteGate
{
    /// <summary>Before a write: waits, within bounds, until this target may write the name.</summary>
    /// <param name="objectDigest">Digest of the name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Version of the document that gave this target the name; the write is stamped with it.</returns>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when it may not; says why.</exception>
    ValueTask<long> EnterAsync(ulong objectDigest, CancellationToken cancellation);

    /// <summary>After a write and before it is acknowledged: was the name this target's all the time?</summary>
    /// <param name="objectDigest">Digest of the name.</param>
    /// <param name="entered">From <see cref="EnterAsync"/>.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when it was not.</exception>
    void Confirm(ulong objectDigest, long entered);

    /// <summary>
    /// True when this target's word counts that an object does not exist: nobody else can have stored it meanwhile. Waits a
    /// little for a lease where there is none.
    /// </summary>
    /// <param name="objectDigest">Digest of the name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    ValueTask<bool> MayDenyAsync(ulong objectDigest, CancellationToken cancellation);
}

/// <summary>
/// The gate of a target. The rules, with <c>skein.partition_policy=consistent</c>:
/// <list type="number">
/// <item>A write needs a lease when it begins and when it is acknowledged.</item>
/// <item>It needs the name to be this target's in every set of owners under which another lease may be valid.</item>
/// <item>Reads need no lease, except to say that there is no such object: that may be stored elsewhere by now.</item>
/// </list>
/// With <c>available</c> it needs only that the name is this target's by its own map.
/// </summary>
/// <param name="selfId">This target.</param>
/// <param name="feed">Present document.</param>
/// <param name="lease">This target's lease.</param>
/// <param name="renew">Asks for a new lease at once.</param>
/// <param name="time">Clock.</param>
public sealed class WriteGate(string selfId, MetadataFeed feed, WriteLease lease, Action renew, TimeProvider time) : IWriteGate
{
    /// <summary>How long a write waits for a lease when there is none.</summary>
    public static readonly TimeSpan LeaseWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>For the simulator: a known defect to be found. <see cref="LeaseMutation.None"/> in production.</summary>
    internal LeaseMutation Mutation { get; init; }

    private enum Verdict
    {
        Pass,
        NoLease,
        NotMine,
        OthersMayWrite,
    }

    /// <inheritdoc/>
    public async ValueTask<long> EnterAsync(ulong objectDigest, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var document = feed.Current.Document;
            var verdict = JudgeAtOnce(document, objectDigest);
            if (verdict == Verdict.Pass)
            {
                return document.Rebalance.OwnersVersion;
            }
            var patience = verdict switch
            {
                Verdict.OthersMayWrite => document.Config.Skein.Lease * 2,
                Verdict.NoLease => LeaseWait,
                _ => TimeSpan.Zero,
            };
            if (time.GetElapsedTime(started) >= patience)
            {
                throw Refuse(document, verdict);
            }
            renew();
            await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Confirm(ulong objectDigest, long entered)
    {
        var document = feed.Current.Document;
        var verdict = Judge(document, objectDigest, entered);
        if (verdict != Verdict.Pass)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"t[{selfId}] lost the name or its lease during the write, which may have been made or not: try again");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MayDenyAsync(ulong objectDigest, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            // Who still holds an older lease was asked for the object: only the lease and the present owner matter.
            var verdict = Judge(feed.Current.Document, objectDigest, long.MaxValue);
            if (verdict != Verdict.NoLease || time.GetElapsedTime(started) >= LeaseWait)
            {
                return verdict == Verdict.Pass;
            }
            renew();
            await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>For the simulator, in which nobody waits: as <see cref="EnterAsync"/>, at once; null when it may not.</summary>
    internal long? TryEnter(ulong objectDigest)
    {
        var document = feed.Current.Document;
        return JudgeAtOnce(document, objectDigest) == Verdict.Pass ? document.Rebalance.OwnersVersion : null;
    }

    private Verdict JudgeAtOnce(ControlDocument document, ulong objectDigest) => Judge(
        document,
        objectDigest,
        Mutation == LeaseMutation.LeaseFloorIgnored ? long.MaxValue : lease.Floor(document.Stamp.Generation));

    private Verdict Judge(ControlDocument document, ulong objectDigest, long floor)
    {
        if (document.Config.Skein.PartitionPolicy == PartitionPolicy.Available)
        {
            return document.Rebalance.MayWrite(selfId, objectDigest, long.MaxValue) ? Verdict.Pass : Verdict.NotMine;
        }
        if (!lease.IsHeld)
        {
            return Verdict.NoLease;
        }
        if (document.Rebalance.MayWrite(selfId, objectDigest, floor))
        {
            return Verdict.Pass;
        }
        return document.Rebalance.MayWrite(selfId, objectDigest, long.MaxValue) ? Verdict.OthersMayWrite : Verdict.NotMine;
    }

    private StoreException Refuse(ControlDocument document, Verdict verdict) => new(
        StoreErrorCode.NotReady,
        verdict switch
        {
            Verdict.NoLease =>
                $"t[{selfId}] has no lease: it has not reached the primary {document.Map.Primary?.DisplayName} for a while. "
                    + "Reads go on; writes are refused until it has (skein.partition_policy=consistent)",
            Verdict.OthersMayWrite =>
                $"t[{selfId}] has taken this name over, and the target that had it before may still write: try again",
            _ => $"t[{selfId}] does not own this name by the map of {document.Stamp}: try again",
        });
}
