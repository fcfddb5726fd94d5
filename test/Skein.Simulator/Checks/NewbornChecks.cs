using Skein.Cluster.Consensus;
using Skein.Simulator.World;

namespace Skein.Simulator.Checks;

/// <summary>What must be true of clusters that somebody formed by mistake.</summary>
internal static class NewbornChecks
{
    /// <summary>A node is about to give its cluster up for another.</summary>
    public static void GivenUp(SimWorld world, SimNode node, ConsensusState mine, ConsensusState next)
    {
        // Everything that this cluster ever told anybody is in its newest committed document.
        var newest = world.ChecksOf(mine.Accepted.Uuid).Newest;
        var others = newest.Document.Map.AllNodes.Where(member => member.Id != node.Id).Select(member => member.Id).ToList();
        if (others.Count != 0 || !newest.Document.Buckets.Buckets.IsEmpty || mine.Accepted.Hash != newest.Hash)
        {
            throw new ViolationException(
                "no established cluster is given up",
                $"{node.Id} gives {newest.Uuid} up at {newest.Stamp}, with {others.Count} other members and "
                    + $"{newest.Document.Buckets.Buckets.Count} buckets");
        }
        var document = next.Accepted;
        if (!world.ChecksOf(document.Uuid).IsCommitted(document.Stamp)
            || document.Document.Map.Find(node.Id)?.Incarnation != node.Info.Incarnation)
        {
            throw new ViolationException(
                "a cluster is given up only for one that lets the node in",
                $"{node.Id} takes {document.Uuid} {document.Stamp}, which does not know it or is not committed");
        }
    }

    /// <summary>When all is quiet nobody is alone in a newborn cluster any more, and the other clusters are whole.</summary>
    public static void Quiet(SimWorld world)
    {
        foreach (var cluster in world.Nodes.Where(node => !node.IsDead && node.Uuid is not (SimWorld.Uuid or ""))
            .GroupBy(node => node.Uuid))
        {
            var nodes = cluster.ToList();
            var leaders = nodes.Where(node => node.Core!.IsEstablished).ToList();
            if (leaders.Count != 1 || nodes.Exists(node => node.Published.Hash != leaders[0].Published.Hash))
            {
                throw new ViolationException(
                    "liveness", $"{leaders.Count} lead the cluster {cluster.Key}, or its nodes do not hold the same");
            }
            if (nodes.Exists(node => node.Published.Document.IsNewbornOf(node.Id)))
            {
                throw new ViolationException(
                    "newborn clusters are given up", $"{nodes[0].Id} is still alone in {cluster.Key} although all is quiet");
            }
        }
    }
}
