using Skein.Cluster.Leases;
using Skein.Cluster.Metasync;
using Skein.Core.Maps;

namespace Skein.Simulator.World;

/// <summary>
/// Every node says to its primary that it is alive, as the membership loop does; targets are given leases with the answer.
/// </summary>
internal sealed class SimKeepAlives(SimWorld world)
{
    private bool _started;

    public void Start()
    {
        _started = true;
        foreach (var node in world.Nodes)
        {
            world.At(world.Random.Next((int)SimWorld.KeepAlive), () => Beat(node));
        }
    }

    /// <summary>Says it at once: a new primary grants new leases.</summary>
    public void Hurry(SimNode node)
    {
        if (_started)
        {
            SayAlive(node);
        }
    }

    private void SayAlive(SimNode node)
    {
        var current = node.Published;
        if (PrimaryOf(node) is not { } primary || primary == node)
        {
            return;
        }
        var life = node.Life;
        var part = node.Target;
        var askedAt = part.Lease.Now;
        var request = new KeepAliveRequest(
            node.Id, node.Info.Incarnation, DocumentTag.Of(current), part.Lease.Floor(current.Stamp.Generation));
        world.Network.Carry(node, primary, () =>
        {
            var reply = Answer(primary, request);
            world.Network.Carry(primary, node, () =>
            {
                if (node.Life == life)
                {
                    Hear(node, reply, askedAt, current);
                }
            });
        });
    }

    private void Beat(SimNode node)
    {
        world.At(world.Now + (SimWorld.KeepAlive * 9 / 10) + world.Random.Next((int)SimWorld.KeepAlive / 5), () => Beat(node));
        if (node.Runs(world.Now))
        {
            SayAlive(node);
        }
    }

    /// <summary>As in production: the one that is heard, else the one that the document names.</summary>
    private SimNode? PrimaryOf(SimNode node)
    {
        var map = node.Published.Document.Map;
        var heard = node.Core!.PrimaryId;
        var id = heard.Length != 0 && map.Proxies.ContainsKey(heard) ? heard : map.PrimaryId;
        return id.Length == 0 ? null : world.Find(id);
    }

    private KeepAliveReply Answer(SimNode primary, KeepAliveRequest request)
    {
        var current = primary.Published;
        var document = current.Document;
        var part = primary.Primary;
        var known = document.Map.Find(request.NodeId) is { } node && node.Incarnation == request.Incarnation;
        var grant = LeaseGrant.None;
        if (known)
        {
            part.AliveAt[request.NodeId] = primary.SteadyTime(world.Now);
        }
        if (known && request.Tag.Uuid == document.Uuid)
        {
            part.Said[request.NodeId] = request.Tag.Stamp;
            grant = part.Desk.Ask(
                document, world.LeadOf(primary), request.NodeId, request.Tag, request.Floor, part.SaidOf,
                primary.SteadyTime(world.Now));
            world.LeaseChecks.Stated(primary, request.NodeId, grant);
        }
        return new KeepAliveReply(true, primary.Core!.IsEstablished, known, DocumentTag.Of(current), grant, "");
    }

    private void Hear(SimNode node, KeepAliveReply reply, long askedAt, SealedDocument current)
    {
        if (reply.IsPrimary && reply.Tag.Uuid == current.Uuid && reply.Tag.Stamp >= current.Stamp)
        {
            var lease = node.Target.Lease;
            var from = world.Variant.Lease == LeaseMutation.LeaseFromTheAnswer ? lease.Now : askedAt;
            lease.Renew(from, reply.Lease, reply.Tag.Stamp.Generation);
            world.LeaseChecks.Renewed(node);
        }
    }
}
