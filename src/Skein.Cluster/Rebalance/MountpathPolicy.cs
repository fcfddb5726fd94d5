using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Rebalance;

/// <summary>
/// A target without a mountpath in service owns no data, so that others take the writes of its names; one that has a
/// mountpath again owns its share again. Its objects are not given up: they are expected back with the disks.
/// </summary>
public static class MountpathPolicy
{
    /// <summary>The next change; null when there is nothing to do.</summary>
    /// <param name="document">The present document, committed.</param>
    /// <param name="hasNone">What a target says of its mountpaths; null when it says nothing.</param>
    /// <param name="held">Sentence for an administrator when something is not done; empty for nothing.</param>
    public static SetNodeFlags? Next(ControlDocument document, Func<NodeInfo, bool?> hasNone, out string held)
    {
        held = "";
        foreach (var node in document.Map.Targets.Values)
        {
            var isOut = (node.Flags & NodeFlags.NoMountpath) != 0;
            switch (hasNone(node))
            {
                case false when isOut:
                    return new SetNodeFlags(node.Id, NodeFlags.None, NodeFlags.NoMountpath);
                case true when !isOut && MayGo(document.Map, node):
                    return new SetNodeFlags(node.Id, NodeFlags.NoMountpath, NodeFlags.None);
                case true when !isOut:
                    held = $"{node.DisplayName} has no mountpath in service and goes on owning data: of the targets too many "
                        + "are out already; look at what they have in common";
                    break;
            }
        }
        return null;
    }

    /// <summary>
    /// The brake of the failure detector: never the last active target, and never more than a third of them; disks that all
    /// fail have a cause that another owner does not mend.
    /// </summary>
    private static bool MayGo(ClusterMap map, NodeInfo node)
    {
        var active = map.ActiveTargets.Count;
        var gone = map.Targets.Values.Count(target => (target.Flags & NodeFlags.NoMountpath) != 0);
        return !node.IsActive || (active > 1 && gone < Math.Max(1, (active + gone) / 3));
    }
}
