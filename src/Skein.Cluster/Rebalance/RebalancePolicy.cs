using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Rebalance;

/// <summary>
/// What the primary does about data movement, as a pure function of the document and of what the targets report:
/// <list type="number">
/// <item>A target that is clean under the present set of owners is written down; with the last one the data is settled.</item>
/// <item>A rebalance ends when every target that can be asked is clean or has given up; who did not do its part is named.</item>
/// <item>A target that is known to hold what belongs elsewhere begins a rebalance, unless one was stopped on purpose
/// or has ended under the same owners.</item>
/// </list>
/// </summary>
public static class RebalancePolicy
{
    /// <summary>The next change; null when there is nothing to do.</summary>
    /// <param name="document">The present document, committed.</param>
    /// <param name="report">The newest report of a target; null for none.</param>
    /// <param name="isSilent">True for a target that has not been heard of for so long that nobody waits for it.</param>
    public static RebalanceChange? Next(
        ControlDocument document, Func<NodeInfo, RebalanceReport?> report, Func<NodeInfo, bool> isSilent)
    {
        bool TakesPart(NodeInfo node) => IsInService(node) && !isSilent(node);
        var rebalance = document.Rebalance;
        var present = document.Map.Targets.Values
            .Select(node => (Node: node, Report: Present(rebalance, report(node))))
            .ToList();
        var clean = present
            .Where(target => target.Report is { IsClean: true } && !rebalance.IsClean(target.Node.Id))
            .Select(target => target.Node.Id)
            .ToList();
        if (!rebalance.IsSettled && clean.Count != 0)
        {
            return new NoteCleanTargets(clean, rebalance.OwnersVersion);
        }
        if (rebalance.Run.IsRunning)
        {
            var reachable = present.Where(target => TakesPart(target.Node)).ToList();
            return reachable.All(target => target.Report is { } found && found.Run == rebalance.Version)
                ? new EndRebalance(Note(
                    present
                        .Where(target => !rebalance.IsSettled && !TakesPart(target.Node)
                            && !rebalance.IsClean(target.Node.Id))
                        .Select(target => target.Node.DisplayName),
                    reachable.Where(target => !target.Report!.IsClean).Select(target => target.Node.DisplayName)))
                : null;
        }
        return !rebalance.IsSettled && rebalance.Run.State != RebalanceState.Stopped && document.Config.Rebalance.Enabled
            && rebalance.Run.OwnersVersion != rebalance.OwnersVersion && document.Map.ActiveTargets.Count != 0
            && present.Any(target => target.Report is { IsClean: false } && TakesPart(target.Node))
            ? new StartRebalance()
            : null;
    }

    private static RebalanceReport? Present(RebalanceMetadata rebalance, RebalanceReport? report) =>
        report is not null && report.OwnersVersion == rebalance.OwnersVersion ? report : null;

    /// <summary>
    /// False for a target that is not there, or that was taken out of service: what it still has was left there on purpose.
    /// </summary>
    private static bool IsInService(NodeInfo node) =>
        (node.Flags & (NodeFlags.OutOfReach | NodeFlags.MaintenanceDone)) == 0;

    private static string Note(IEnumerable<string> away, IEnumerable<string> failed)
    {
        var (silent, stuck) = (string.Join(", ", away), string.Join(", ", failed));
        var notes = new List<string>();
        if (silent.Length != 0)
        {
            notes.Add($"not there, its objects are not moved: {silent}");
        }
        if (stuck.Length != 0)
        {
            notes.Add($"could not move all its objects, see its job: {stuck}");
        }
        return string.Join("; ", notes);
    }
}
