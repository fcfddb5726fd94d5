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

/// <summary>Puts nodes on their way out of service: from now on they own no data. One rebalance for all of them.</summary>
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
            if (current.Map.PrimaryId == id)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"{node.DisplayName} is the current primary, and there is no other proxy that could lead");
            }
            // Whose data is elsewhere already need not wait for that again.
            var done = Transition.SkipRebalance ? NodeFlags.MaintenanceDone : node.Flags & NodeFlags.MaintenanceDone;
            map = map.WithNode(WithFlags(node, set | done, OutOfService));
            transitions = transitions.SetItem(id, Transition);
        }
        return WithMap(current, map, beginsRebalance: !Transition.SkipRebalance) with { Transitions = transitions };
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
            map = map.WithNode(WithFlags(node, NodeFlags.None, OutOfService));
            transitions = transitions.Remove(id);
        }
        return WithMap(current, map) with { Transitions = transitions };
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
