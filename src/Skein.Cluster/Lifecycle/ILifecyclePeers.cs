using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Lifecycle;

/// <summary>What a node is told to do with itself.</summary>
public enum NodeOrder
{
    /// <summary>End your process in order; start again as what you are.</summary>
    Shutdown,

    /// <summary>Forget the cluster, then end your process or stand by.</summary>
    Decommission,
}

/// <summary>A command of the primary to one node.</summary>
/// <param name="Order">What to do.</param>
public sealed record NodeCommand(NodeOrder Order)
{
    /// <summary>True when the whole cluster is ended: the node does not wait until it is out of the map.</summary>
    public bool WholeCluster { get; init; }

    /// <summary>Decommission: remove the objects.</summary>
    public bool RemoveUserData { get; init; }

    /// <summary>True when the node is taken out of the map without having been on its way.</summary>
    public bool IsUnsafe { get; init; }

    /// <summary>Decommission: stand by instead of ending the process.</summary>
    public bool NoShutdown { get; init; }
}

/// <summary>Number and size of objects.</summary>
/// <param name="Objects">Number.</param>
/// <param name="Bytes">Bytes of content.</param>
public readonly record struct ObjectCount(long Objects, long Bytes)
{
    /// <summary>Both together.</summary>
    public static ObjectCount operator +(ObjectCount one, ObjectCount other) =>
        new(one.Objects + other.Objects, one.Bytes + other.Bytes);
}

/// <summary>What a target holds, and where it would belong among other owners.</summary>
/// <param name="Stays">What it would keep.</param>
/// <param name="Moves">What would belong to others, by their ids.</param>
/// <param name="Available">Bytes that are free on its disks.</param>
public sealed record PlacementCount(ObjectCount Stays, IReadOnlyDictionary<string, ObjectCount> Moves, long Available);

/// <summary>What the lifecycle of nodes needs of other nodes. A call never throws for what the network does.</summary>
public interface ILifecyclePeers
{
    /// <summary>Commands a node.</summary>
    /// <returns>Null when it has obeyed, or had before; else why not, in words.</returns>
    Task<string?> CommandAsync(NodeInfo node, NodeCommand command, CancellationToken cancellation);

    /// <summary>Asks a target what would move when only the given targets owned names.</summary>
    /// <returns>The answer, or null and the reason.</returns>
    Task<(PlacementCount? Count, string Problem)> CountAsync(
        NodeInfo target, IReadOnlyList<string> owners, CancellationToken cancellation);
}
