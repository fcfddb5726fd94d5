using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Lifecycle;

/// <summary>What the primary knows of a node on its way out of service, beside the document.</summary>
/// <param name="HasObeyed">It has answered the command that its way asks for.</param>
/// <param name="IsGone">For long nobody has heard of it, or it is flagged as down.</param>
public readonly record struct LeavingNode(bool HasObeyed, bool IsGone);

/// <summary>One thing that the primary does for a node on its way out of service.</summary>
/// <param name="NodeId">The node.</param>
public abstract record LifecycleStep(string NodeId)
{
    /// <summary>The primary itself is on its way: another proxy has to lead first.</summary>
    public sealed record HandOver(string NodeId) : LifecycleStep(NodeId);

    /// <summary>Write down that the node holds nothing any more that others need.</summary>
    public sealed record Mark(string NodeId) : LifecycleStep(NodeId);

    /// <summary>Tell it to end its process, or to forget the cluster; again until it answers.</summary>
    public sealed record Command(string NodeId) : LifecycleStep(NodeId);

    /// <summary>The way is over; the node stays in the map.</summary>
    public sealed record Finish(string NodeId) : LifecycleStep(NodeId);

    /// <summary>The way is over; the node leaves the map.</summary>
    public sealed record Remove(string NodeId) : LifecycleStep(NodeId);
}

/// <summary>What to do next, and what is waited for.</summary>
/// <param name="Steps">At most one of each node; they do not depend on each other.</param>
/// <param name="Notes">Sentences for an administrator about nodes that wait.</param>
public sealed record LifecycleDecision(IReadOnlyList<LifecycleStep> Steps, IReadOnlyList<string> Notes);

/// <summary>
/// How nodes leave service, as a pure function of the document and of what is known of them. All that has been done is in
/// the document, so that a new primary goes on with it. The rules:
/// <list type="number">
/// <item>Nobody goes on while it has a vote; <see cref="Consensus.VoterPolicy"/> takes it away because of the flags.</item>
/// <item>A target goes on when it holds nothing that others would miss, or its data is given up (skip_rebalance).</item>
/// <item>Maintenance is over then. For a shutdown or a decommission the node is marked, then told, and the way is over
/// when it has answered; a node that was told to leave for good is only then taken out of the map.</item>
/// <item>One that is marked and gone cannot answer, and nothing is lost by that: the way is over.</item>
/// <item>One that is gone and may hold the last copy of something is waited for, until it comes back or an administrator
/// gives its data up.</item>
/// </list>
/// </summary>
public static class LifecyclePolicy
{
    /// <summary>Decides.</summary>
    /// <param name="document">The present document, committed.</param>
    /// <param name="selfId">The primary.</param>
    /// <param name="know">What is known of a node on its way.</param>
    public static LifecycleDecision Next(ControlDocument document, string selfId, Func<NodeInfo, LeavingNode> know)
    {
        var steps = new List<LifecycleStep>();
        var notes = new List<string>();
        foreach (var (id, way) in document.Transitions)
        {
            if (document.Map.Find(id) is not { } node)
            {
                continue;
            }
            if (id == selfId)
            {
                steps.Add(new LifecycleStep.HandOver(id));
                continue;
            }
            var known = know(node);
            if (WhyWait(document, node, way, known) is { } reason)
            {
                notes.Add($"{Word(way.Action)} of {node.DisplayName} {reason}");
                continue;
            }
            steps.Add(Step(node, way, known));
            if (steps[^1] is LifecycleStep.Command && known.IsGone is false && known.HasObeyed is false)
            {
                notes.Add($"{Word(way.Action)} of {node.DisplayName} waits for its answer");
            }
        }
        return new LifecycleDecision(steps, notes);
    }

    private static LifecycleStep Step(NodeInfo node, NodeTransition way, LeavingNode known)
    {
        if (way.Action == LifecycleAction.Maintenance)
        {
            return new LifecycleStep.Finish(node.Id);
        }
        if ((node.Flags & NodeFlags.MaintenanceDone) == 0)
        {
            return new LifecycleStep.Mark(node.Id);
        }
        if (!known.HasObeyed && !known.IsGone)
        {
            return new LifecycleStep.Command(node.Id);
        }
        return way.Action == LifecycleAction.Decommission
            ? new LifecycleStep.Remove(node.Id)
            : new LifecycleStep.Finish(node.Id);
    }

    /// <summary>Why a node cannot go on yet; null when it can.</summary>
    private static string? WhyWait(ControlDocument document, NodeInfo node, NodeTransition way, LeavingNode known)
    {
        if (document.Voters.Any(voter => voter.Id == node.Id))
        {
            return "waits until another node has its vote";
        }
        // Marked once without skip_rebalance, it was empty, and it has owned nothing since.
        if (node.Role == NodeRole.Proxy || way.SkipRebalance || (node.Flags & NodeFlags.MaintenanceDone) != 0
            || document.HoldsNothing(node.Id))
        {
            return null;
        }
        if (known.IsGone)
        {
            return "waits for the node, which does not answer and may hold the last copy of objects: bring it back, "
                + "or ask again with skip_rebalance to give its objects up";
        }
        var rebalance = document.Rebalance;
        if (rebalance.Run.IsRunning)
        {
            return $"waits until rebalance {rebalance.Id} has moved its objects";
        }
        return document.Config.Rebalance.Enabled
            ? "waits for a rebalance that moves its objects: start one, or ask again with skip_rebalance"
            : "waits for a rebalance that moves its objects, and rebalance.enabled is false: start one, "
                + "or ask again with skip_rebalance";
    }

    private static string Word(LifecycleAction action) => action.ToString().ToLowerInvariant();
}
