using Skein.Cluster.Consensus;
using Skein.Cluster.Metasync;
using Skein.Core.Maps;

namespace Skein.Cluster.Leases;

/// <summary>What a node knows of its own lead when it is asked for a lease.</summary>
/// <param name="IsEstablished">True when it leads and may take changes.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="QuorumAge">Milliseconds since a majority was last known to follow it.</param>
public readonly record struct LeadStatus(bool IsEstablished, Epoch Epoch, long QuorumAge);

/// <summary>
/// Where targets ask for leases: grants one only while this node leads and a majority followed it just now, and begins a
/// new <see cref="LeaseBook"/> account with every reign. A step function without clock or threads.
/// </summary>
public sealed class LeaseDesk
{
    private readonly LeaseBook _book = new();
    private Epoch _reign;

    /// <summary>For the simulator: known defects to be found. <see cref="LeaseMutation.None"/> in production.</summary>
    internal LeaseMutation Mutation { get; init; }

    /// <summary>A target asks with its keepalive.</summary>
    /// <param name="document">The committed document.</param>
    /// <param name="lead">This node's lead.</param>
    /// <param name="target">Id of the target.</param>
    /// <param name="tag">The document that it holds.</param>
    /// <param name="floor">The floor that it knows.</param>
    /// <param name="held">The newest document that a node has said it holds.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public LeaseGrant Ask(
        ControlDocument document,
        LeadStatus lead,
        string target,
        DocumentTag tag,
        long floor,
        Func<string, DocumentStamp> held,
        long now)
    {
        var generation = document.Stamp.Generation;
        if (!Enter(document, lead, now) || tag.Uuid != document.Uuid || tag.Stamp.Generation != generation)
        {
            return LeaseGrant.None;
        }
        _book.Learn(floor);
        var holds = Mutation == LeaseMutation.LeaseToThoseBehind ? long.MaxValue : tag.Stamp.Version;
        return _book.Ask(
            document, target, holds, now, Times(document),
            id => held(id) is var stamp && stamp.Generation == generation ? stamp.Version : 0);
    }

    /// <summary>Milliseconds for which the target may still hold a lease, as far as this node knows.</summary>
    /// <param name="document">The committed document.</param>
    /// <param name="lead">This node's lead.</param>
    /// <param name="target">Id of the target.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public long Remaining(ControlDocument document, LeadStatus lead, string target, long now) =>
        Enter(document, lead, now) ? _book.Remaining(target, now) : 0;

    /// <summary>True when this node leads and surely was not deposed for longer than a lease accounts for.</summary>
    private bool Enter(ControlDocument document, LeadStatus lead, long now)
    {
        var times = Times(document);
        var isFresh = lead.QuorumAge < times.ElectionMin || Mutation == LeaseMutation.LeaseWithoutMajority;
        if (!lead.IsEstablished || !isFresh)
        {
            return false;
        }
        if (lead.Epoch != _reign)
        {
            _reign = lead.Epoch;
            if (Mutation != LeaseMutation.LeaseNotAwaited)
            {
                _book.Lead(now, times);
            }
        }
        return true;
    }

    private static LeaseTimes Times(ControlDocument document) => new(
        (long)document.Config.Skein.Lease.TotalMilliseconds,
        (long)document.Config.Skein.ElectionTimeoutMin.TotalMilliseconds);
}

/// <summary>Known-bad variants of leases. The simulator must catch each; none is reachable in production.</summary>
internal enum LeaseMutation
{
    None,
    LeaseNotAwaited,
    LeaseWithoutMajority,
    LeaseToThoseBehind,
    LeaseFloorIgnored,
    LeaseFromTheAnswer,
}
