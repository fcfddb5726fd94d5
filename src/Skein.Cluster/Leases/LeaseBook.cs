using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Cluster.Leases;

/// <summary>What a target is given with the answer to a keepalive.</summary>
/// <param name="Milliseconds">
/// How long it may take writes, counted from when it asked, by its own clock; 0 when it gets no lease.
/// </param>
/// <param name="Floor">No lease under a document version less than this is valid anywhere any more.</param>
public readonly record struct LeaseGrant(long Milliseconds, long Floor)
{
    /// <summary>No lease.</summary>
    public static LeaseGrant None => default;
}

/// <summary>Times of leases.</summary>
/// <param name="Lease">Length of a lease in milliseconds.</param>
/// <param name="ElectionMin">Time in milliseconds for which a primary may believe to lead after it was last heard.</param>
public readonly record struct LeaseTimes(long Lease, long ElectionMin);

/// <summary>
/// The primary's account of leases: who may still take writes, and under which document. A step function without clock or
/// threads. The rules (after Gray and Cheriton, "Leases", 1989):
/// <list type="number">
/// <item>A lease goes to a target of the map that holds the last change of ownership, and runs from when it asked.</item>
/// <item>A primary counts a lease from when it answers, which is later, and longer by <see cref="DriftBound"/> and by the
/// sleep that a <see cref="WakefulClock"/> may miss.</item>
/// <item>A new primary does not know the leases of the one before. For as long as one of those can last, a target counts
/// as holding one under no document at all, until it is known to hold a newer document.</item>
/// <item>The floor is the least document version under which a valid lease may exist. It only rises: a target writes
/// under a document only when it owns the name in every set of owners from the floor on.</item>
/// </list>
/// </summary>
public sealed class LeaseBook
{
    /// <summary>Clocks of two nodes may differ in speed by this share at most.</summary>
    public const double DriftBound = 0.05;

    private readonly Dictionary<string, long> _until = new(StringComparer.Ordinal);
    private long _unknownUntil;
    private long _floor;

    /// <summary>This node has become the primary; whatever it knew of leases is of an older reign.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="times">Lengths.</param>
    public void Lead(long now, LeaseTimes times)
    {
        _until.Clear();
        _floor = 0;
        _unknownUntil = now + Stretch(times.Lease + times.ElectionMin) + UnnoticedSleep;
    }

    /// <summary>A target asks. The caller has made sure that a majority follows this primary now.</summary>
    /// <param name="document">The committed document.</param>
    /// <param name="target">Id of the target.</param>
    /// <param name="holds">Version of the document that it holds.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="times">Lengths.</param>
    /// <param name="held">Version that a node is known to hold at least; 0 for unknown.</param>
    public LeaseGrant Ask(
        ControlDocument document, string target, long holds, long now, LeaseTimes times, Func<string, long> held)
    {
        var granted = document.Map.Targets.ContainsKey(target) && holds >= document.Rebalance.OwnersVersion;
        if (granted)
        {
            _until[target] = now + Stretch(times.Lease);
        }
        var floor = Floor(document, now, id => id == target ? Math.Max(holds, held(id)) : held(id));
        return new LeaseGrant(granted ? times.Lease : 0, floor);
    }

    /// <summary>A target has learnt of a floor, from this primary or one before it; that stays true.</summary>
    public void Learn(long floor) => _floor = Math.Max(_floor, floor);

    /// <summary>The least document version under which a valid lease may exist.</summary>
    /// <param name="document">The committed document.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="held">Version that a node is known to hold at least; 0 for unknown.</param>
    public long Floor(ControlDocument document, long now, Func<string, long> held)
    {
        var present = document.Rebalance.OwnersVersion;
        if (_floor >= present)
        {
            return _floor;
        }
        var floor = present;
        foreach (var (target, until) in _until)
        {
            if (until > now)
            {
                floor = Math.Min(floor, held(target));
            }
        }
        if (now < _unknownUntil)
        {
            foreach (var target in Known(document))
            {
                floor = Math.Min(floor, held(target));
            }
        }
        Learn(floor);
        return _floor;
    }

    /// <summary>Milliseconds for which the target may still hold a lease; 0 when it certainly holds none.</summary>
    public long Remaining(string target, long now)
    {
        var known = _until.TryGetValue(target, out var until) ? until : 0;
        return Math.Max(0, Math.Max(known, _until.ContainsKey(target) ? 0 : _unknownUntil) - now);
    }

    private static IEnumerable<string> Known(ControlDocument document) =>
        document.Map.Targets.Keys.Concat(document.Rebalance.Owners.SelectMany(owners => owners.TargetIds));

    /// <summary>By a faster clock than the target's, and with the sleep of its machine that its clock may miss.</summary>
    private static long Stretch(long milliseconds) =>
        (long)Math.Ceiling(milliseconds * ((1 + DriftBound) / (1 - DriftBound))) + UnnoticedSleep;

    private static long UnnoticedSleep => (long)WakefulClock.Slack.TotalMilliseconds;
}
