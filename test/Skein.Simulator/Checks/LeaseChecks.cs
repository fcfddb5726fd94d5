using Skein.Cluster.Leases;
using Skein.Core.Maps;
using Skein.Simulator.World;

namespace Skein.Simulator.Checks;

/// <summary>Watches leases and writes of objects from outside, with the true time and with all nodes in view.</summary>
internal sealed class LeaseChecks(SimWorld world)
{
    // A clock that is five percent slow counts the election timeout so much longer.
    private const double Drift = 1.06;

    private readonly Dictionary<ulong, List<Write>> _writes = [];
    private (long Generation, long Version) _floor;

    /// <summary>A primary has answered a target.</summary>
    public void Stated(SimNode primary, string target, LeaseGrant grant)
    {
        if (primary.Published.Uuid != SimWorld.Uuid)
        {
            return; // clusters of founders have no targets
        }
        if (grant.Milliseconds > 0
            && world.ChecksOf(SimWorld.Uuid).DeposedSince(primary.Core!.Epoch) is { } since
            && since.Node != primary.Id // forced twice, since it was killed before the first time was on its disk
            && world.Now - since.Time > SimWorld.Times.ElectionMin * Drift)
        {
            throw new ViolationException(
                "leases only while a majority follows",
                $"{primary.Id} of {primary.Core.Epoch} gives {target} a lease, {world.Now - since.Time} ms after "
                    + $"{since.Node} was elected");
        }
        var stated = (primary.Published.Stamp.Generation, grant.Floor);
        if (grant.Floor > 0 && stated.CompareTo(_floor) > 0)
        {
            _floor = stated;
            foreach (var node in world.Nodes)
            {
                MustNotBeBelow(node);
            }
        }
    }

    /// <summary>A target has an answer.</summary>
    public void Renewed(SimNode target) => MustNotBeBelow(target);

    /// <summary>A target would take a write now: no other would.</summary>
    public void MayWrite(SimNode target, ulong name)
    {
        MustNotBeBelow(target);
        foreach (var other in world.Nodes)
        {
            if (other != target && other.Runs(world.Now) && other.Target.Gate.TryEnter(name) is not null)
            {
                throw new ViolationException(
                    "one target may write a name",
                    $"{target.Id} under {target.Published.Stamp} and {other.Id} under {other.Published.Stamp} may");
            }
        }
    }

    /// <summary>A write is acknowledged: those of two targets follow each other, in the order of ownership.</summary>
    public void Acknowledged(SimNode target, ulong name, DocumentStamp ownership, long begun)
    {
        var write = new Write(target.Id, (ownership.Generation, ownership.Version), begun, world.Now);
        if (!_writes.TryGetValue(name, out var writes))
        {
            _writes[name] = writes = [];
        }
        foreach (var other in writes.Where(other => other.Target != target.Id))
        {
            var order = other.Ownership.CompareTo(write.Ownership);
            if (order == 0 || (order < 0 ? other.Ended > write.Begun : write.Ended > other.Begun))
            {
                throw new ViolationException(
                    "writes of two owners follow each other", $"{other} and {write} are both acknowledged");
            }
        }
        // Of a target's writes under one ownership the first beginning and the last end say everything.
        var last = writes.FindLastIndex(other => other.Target == write.Target && other.Ownership == write.Ownership);
        if (last < 0)
        {
            writes.Add(write);
        }
        else
        {
            writes[last] = writes[last] with { Begun = Math.Min(writes[last].Begun, begun), Ended = world.Now };
        }
    }

    /// <summary>No lease is valid under a document below the floor that was stated.</summary>
    private void MustNotBeBelow(SimNode node)
    {
        var stamp = node.Published.Stamp;
        if (node.Runs(world.Now) && node.Published.Uuid == SimWorld.Uuid && node.Target.Lease.IsHeld
            && (stamp.Generation, stamp.Version).CompareTo(_floor) < 0)
        {
            throw new ViolationException(
                "no lease below the floor",
                $"{node.Id} has a lease under {stamp}; floor {_floor.Version} of generation {_floor.Generation} was stated");
        }
    }

    private sealed record Write(string Target, (long Generation, long Version) Ownership, long Begun, long Ended);
}
