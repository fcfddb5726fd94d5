using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Core.Maps;

/// <summary>A change of the way of nodes into or out of service.</summary>
public abstract record LifecycleChange : ControlChange
{
    /// <summary>Flags of a node that is out of service or on its way.</summary>
    private protected const NodeFlags OutOfService =
        NodeFlags.Maintenance | NodeFlags.Decommission | NodeFlags.MaintenanceDone;

    private protected static NodeInfo Find(ControlDocument document, string id) => document.Map.Find(id)
        ?? throw new StoreException(StoreErrorCode.NodeNotFound, $"node {id} does not exist");

    private protected static NodeInfo WithFlags(NodeInfo node, NodeFlags set, NodeFlags clear) =>
        node with { FlagBits = (node.FlagBits & ~(ulong)clear) | (ulong)set };
}

/// <summary>
/// Puts nodes on their way out of service: from now on they own no data. One rebalance for all of them. A way that a node
/// is on already may become a longer one, or one that gives its data up.
/// </summary>
/// <param name="NodeIds">Who; at least one.</param>
/// <param name="Transition">Where to, and how.</param>
public sealed record BeginTransition(IReadOnlyList<string> NodeIds, NodeTransition Transition) : LifecycleChange
{
    /// <inheritdoc/>
    public override string Describe() =>
        $"{Transition.Action.ToString().ToLowerInvariant()} of {string.Join(", ", NodeIds)}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var (map, transitions) = (current.Map, current.Transitions);
        var set = Transition.Action == LifecycleAction.Decommission ? NodeFlags.Decommission : NodeFlags.Maintenance;
        foreach (var id in NodeIds)
        {
            var node = Find(current, id);
            if (WhyNot(current, node) is { } reason)
            {
                throw new StoreException(StoreErrorCode.InvalidRequest, reason);
            }
            // Set without a rebalance before, the flag says nothing of its data: that is asked of the document.
            var done = Transition.SkipRebalance ? NodeFlags.MaintenanceDone : NodeFlags.None;
            map = map.WithNode(WithFlags(node, set | done, OutOfService));
            transitions = transitions.SetItem(id, Transition);
        }
        var next = WithMap(current, map, beginsRebalance: !Transition.SkipRebalance) with { Transitions = transitions };
        RefuseNowhereToGo(current, next);
        return WithRebalance(next, current);
    }

    private string? WhyNot(ControlDocument current, NodeInfo node)
    {
        if (current.Map.PrimaryId == node.Id)
        {
            return $"{node.DisplayName} is the current primary, cannot perform action "
                + $"\"{Transition.Action.ToWire()}\" on itself";
        }
        var givesUp = Transition.SkipRebalance && current.Transitions.TryGetValue(node.Id, out var way) && !way.SkipRebalance;
        if (Transition.Action == LifecycleAction.Decommission)
        {
            return null;
        }
        if ((node.Flags & NodeFlags.Decommission) != 0)
        {
            return $"{node.DisplayName} is being decommissioned: stop-maintenance brings it back";
        }
        return Transition.Action == LifecycleAction.Maintenance && (node.Flags & NodeFlags.Maintenance) != 0 && !givesUp
            ? $"{node.DisplayName} is already in maintenance mode"
            : null;
    }

    /// <summary>The objects of the last target have no place to be moved to.</summary>
    private void RefuseNowhereToGo(ControlDocument current, ControlDocument next)
    {
        if (Transition.SkipRebalance || next.Map.ActiveTargets.Count != 0 || current.Buckets.Buckets.IsEmpty
            || NodeIds.All(id => !current.Map.Targets.ContainsKey(id) || current.HoldsNothing(id)))
        {
            return;
        }
        var targets = string.Join(", ", NodeIds.Where(current.Map.Targets.ContainsKey).Select(id => $"t[{id}]"));
        throw new StoreException(
            StoreErrorCode.InvalidRequest,
            $"{targets}: no active target would remain, the objects would have nowhere to go; "
                + "add a target first, or use skip_rebalance to leave the objects where they are");
    }

    /// <summary>
    /// Without a rebalance its objects stay until one is started on purpose; with one, it begins also when the owners are
    /// the same as before, since the nodes were out of service already.
    /// </summary>
    private ControlDocument WithRebalance(ControlDocument next, ControlDocument current)
    {
        var rebalance = next.Rebalance;
        if (rebalance.IsSettled || rebalance.Run.IsRunning)
        {
            return next;
        }
        if (Transition.SkipRebalance)
        {
            return rebalance.OwnersVersion == current.Rebalance.OwnersVersion ? next : next with
            {
                Rebalance = rebalance with
                {
                    Run = rebalance.RunAs(RebalanceState.Stopped, $"skipped: {Describe()}"),
                },
            };
        }
        return current.Config.Rebalance.Enabled && next.Map.ActiveTargets.Count != 0
            && NodeIds.Any(id => next.Map.Targets.ContainsKey(id) && !next.HoldsNothing(id))
            ? next with { Rebalance = rebalance.Begin() }
            : next;
    }
}

/// <summary>Brings nodes back into service, also those that are still on their way out.</summary>
/// <param name="NodeIds">Who; at least one.</param>
public sealed record BringBack(IReadOnlyList<string> NodeIds) : LifecycleChange
{
    /// <inheritdoc/>
    public override string Describe() => $"back into service: {string.Join(", ", NodeIds)}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var (map, transitions) = (current.Map, current.Transitions);
        foreach (var id in NodeIds)
        {
            var node = Find(current, id);
            if ((node.Flags & OutOfService) == 0)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"node {node.DisplayName} is not in maintenance mode - nothing to do");
            }
            if (node.Flags.HasFlag(NodeFlags.Decommission | NodeFlags.MaintenanceDone))
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"{node.DisplayName} is told to forget the cluster already: let it go, and let it join anew");
            }
            map = map.WithNode(WithFlags(node, NodeFlags.None, OutOfService));
            transitions = transitions.Remove(id);
        }
        return WithMap(current, map) with { Transitions = transitions };
    }
}

/// <summary>
/// A node on its way holds nothing that others need any more, data or vote. Its process may be told to end, or to forget
/// the cluster.
/// </summary>
/// <param name="NodeId">Who.</param>
public sealed record MarkEmptied(string NodeId) : LifecycleChange
{
    /// <inheritdoc/>
    public override string Describe() => $"its data is elsewhere: {NodeId}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var node = Find(current, NodeId);
        var next = WithFlags(node, NodeFlags.MaintenanceDone, NodeFlags.None);
        return next == node ? current : WithMap(current, current.Map.WithNode(next));
    }
}

/// <summary>A node has reached the end of its way and stays in the map, out of service.</summary>
/// <param name="NodeId">Who.</param>
public sealed record EndTransition(string NodeId) : LifecycleChange
{
    /// <inheritdoc/>
    public override string Describe() => $"out of service: {NodeId}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var node = Find(current, NodeId);
        var next = WithFlags(node, NodeFlags.MaintenanceDone, NodeFlags.None);
        var document = current with { Transitions = current.Transitions.Remove(NodeId) };
        return next == node ? document : WithMap(document, current.Map.WithNode(next));
    }
}
