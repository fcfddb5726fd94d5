using System.Collections.Immutable;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Core.Maps;

/// <summary>
/// One change of the control document. The set of sealed records below is every way in which a cluster can change;
/// each is a pure function from a document to the next and refuses what makes no sense.
/// </summary>
public abstract record ControlChange
{
    /// <summary>The change in words, for the log and the timeline.</summary>
    public abstract string Describe();

    /// <summary>
    /// The document after the change. Versions of the parts that changed are raised here; the stamp is the owner's
    /// business. Returns the same instance when nothing changes.
    /// </summary>
    /// <exception cref="StoreException">When the change makes no sense for this document.</exception>
    public abstract ControlDocument Apply(ControlDocument current);

    /// <summary>
    /// After a change of membership: takes note of who owns names from now on. As long as there is no bucket there is no
    /// data, so that placement over the new set of targets is complete at once. Where there is, a rebalance begins, if
    /// the configuration lets it.
    /// </summary>
    /// <param name="current">The document before.</param>
    /// <param name="map">The new map, its version not raised yet.</param>
    /// <param name="beginsRebalance">False when what is gone may come back by itself and is not to be made up for.</param>
    private protected static ControlDocument WithMap(
        ControlDocument current, ClusterMap map, bool beginsRebalance = true)
    {
        var next = map.WithVersion(current.Map.Version + 1);
        var rebalance = current.Rebalance.After(
            [.. next.ActiveTargets.Select(target => target.Id)],
            current.Stamp.Version + 1,
            hasData: !current.Buckets.Buckets.IsEmpty);
        if (beginsRebalance && !rebalance.IsSettled && current.Config.Rebalance.Enabled && next.ActiveTargets.Count != 0
            && rebalance.OwnersVersion != current.Rebalance.OwnersVersion)
        {
            rebalance = rebalance.Begin();
        }
        return WithSettled(current with { Map = next, Rebalance = rebalance });
    }

    /// <summary>The data is settled when every target of the map has said that it is clean.</summary>
    private protected static ControlDocument WithSettled(ControlDocument document)
    {
        var rebalance = document.Rebalance;
        return !rebalance.IsSettled && rebalance.Owners[^1].TargetIds.Length != 0
            && document.Map.Targets.Keys.All(rebalance.IsClean)
            ? document with { Rebalance = rebalance.Settled() }
            : document;
    }
}

/// <summary>A change of the cluster map.</summary>
public abstract record ClusterMapChange : ControlChange;

/// <summary>Adds a node, or replaces what is known of it (new address, new incarnation).</summary>
/// <param name="Node">The node as it describes itself. Flags of a known node are kept.</param>
public sealed record AddNode(NodeInfo Node) : ClusterMapChange
{
    private const NodeFlags SelfDeclared = NodeFlags.NonElectable;

    /// <inheritdoc/>
    public override string Describe() => $"add {Node.DisplayName}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var known = current.Map.Find(Node.Id);
        if (known is not null && known.Role != Node.Role)
        {
            throw new StoreException(
                StoreErrorCode.JoinRefused,
                $"{known.DisplayName} is already in the cluster with another role: start the node with another id");
        }
        var self = Node.FlagBits & (ulong)SelfDeclared;
        // One that was told to forget the cluster, and has: it is another node with the name of that one.
        var hasForgotten = known is not null && known.Incarnation != Node.Incarnation
            && known.Flags.HasFlag(NodeFlags.Decommission | NodeFlags.MaintenanceDone);
        var kept = known is null || hasForgotten ? 0 : known.FlagBits & ~(ulong)SelfDeclared;
        var node = Node with { FlagBits = self | kept };
        if (known is not null && known == node)
        {
            return current;
        }
        var next = WithMap(current, current.Map.WithNode(node));
        return next with
        {
            Transitions = hasForgotten ? current.Transitions.Remove(node.Id) : current.Transitions,
            Voters = [.. current.Voters.Select(voter =>
                voter.Id == node.Id && voter.Incarnation.Length == 0
                    ? voter with { Incarnation = node.Incarnation }
                    : voter)],
        };
    }
}

/// <summary>Takes a node out of the map. If it votes, it votes no more: nobody could reach it.</summary>
/// <param name="NodeId">Its id.</param>
public sealed record RemoveNode(string NodeId) : ClusterMapChange
{
    /// <inheritdoc/>
    public override string Describe() => $"remove {NodeId}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (current.Map.Find(NodeId) is null)
        {
            throw new StoreException(StoreErrorCode.NodeNotFound, $"node {NodeId} does not exist");
        }
        if (current.Map.PrimaryId == NodeId)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"p[{NodeId}] is the current primary, cannot remove it: make another proxy the primary first");
        }
        return WithMap(current, current.Map.WithoutNode(NodeId)) with
        {
            Voters = current.Voters.RemoveAll(voter => voter.Id == NodeId),
            Transitions = current.Transitions.Remove(NodeId),
        };
    }
}

/// <summary>Sets and clears state flags of a node.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Set">Flags to set.</param>
/// <param name="Clear">Flags to clear.</param>
public sealed record SetNodeFlags(string NodeId, NodeFlags Set, NodeFlags Clear) : ClusterMapChange
{
    /// <inheritdoc/>
    public override string Describe() => $"flags of {NodeId}: set [{Set}] clear [{Clear}]";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var node = current.Map.Find(NodeId)
            ?? throw new StoreException(StoreErrorCode.NodeNotFound, $"node {NodeId} does not exist");
        var next = node with { FlagBits = (node.FlagBits | (ulong)Set) & ~(ulong)Clear };
        // A node that is only out of reach comes back with its data: to spread it anew would be for nothing.
        var isOutOfReach = (Set & NodeFlags.OutOfReach) != 0;
        return next == node
            ? current
            : WithMap(current, current.Map.WithNode(next), beginsRebalance: !isOutOfReach);
    }
}

/// <summary>
/// Names the primary. The first change of every new primary. A majority reaches it, so it is neither down nor suspect any
/// more; no other node would say so, since it is the primary who judges.
/// </summary>
/// <param name="NodeId">Id of an electable proxy of the map.</param>
public sealed record SetPrimary(string NodeId) : ClusterMapChange
{
    /// <inheritdoc/>
    public override string Describe() => $"primary is p[{NodeId}]";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (!current.Map.Proxies.TryGetValue(NodeId, out var node) || !node.IsElectable)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"new primary proxy {NodeId} is not an electable proxy of the cluster map");
        }
        var up = node with { FlagBits = node.FlagBits & ~(ulong)(NodeFlags.Down | NodeFlags.Suspect) };
        return current.Map.PrimaryId == NodeId && up == node
            ? current
            : WithMap(current, current.Map.WithNode(up).WithPrimary(NodeId));
    }
}

/// <summary>Creates a bucket.</summary>
/// <param name="Name">Its full name, validated.</param>
/// <param name="Props">
/// Makes the properties from the cluster configuration and the new bucket's id; throws for properties that are invalid.
/// </param>
public sealed record CreateBucket(BucketName Name, Func<ClusterConfig, ulong, BucketProps> Props) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"create bucket {Name}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (current.Buckets.Find(Name) is not null)
        {
            throw new StoreException(StoreErrorCode.BucketExists, $"bucket \"{Name}\" already exists");
        }
        var number = current.Buckets.LastBucketNumber + 1;
        var id = (ulong)number | (Name.IsRemote ? 0 : BucketMetadata.AisIdFlag);
        var buckets = current.Buckets with
        {
            Buckets = current.Buckets.Buckets.Add(Name, Props(current.Config, id)),
            Uuid = current.Uuid,
            Version = current.Buckets.Version + 1,
            LastBucketNumber = number,
        };
        return current with { Buckets = buckets };
    }
}

/// <summary>Destroys a bucket with everything in it.</summary>
/// <param name="Name">Its full name.</param>
public sealed record DestroyBucket(BucketName Name) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"destroy bucket {Name}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (current.Buckets.Find(Name) is null)
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{Name}\" does not exist");
        }
        var buckets = current.Buckets.Buckets.Remove(Name);
        var next = current with
        {
            Buckets = current.Buckets with { Buckets = buckets, Version = current.Buckets.Version + 1 },
        };
        return buckets.IsEmpty ? next with { Rebalance = next.Rebalance.Settled() } : next;
    }
}

/// <summary>
/// Drops what is cached of a remote bucket and keeps its properties: the bucket gets another id, and what is stored under
/// the old one is removed by the targets as that of a destroyed bucket.
/// </summary>
/// <param name="Name">Its full name.</param>
public sealed record EvictBucketContent(BucketName Name) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"evict content of {Name}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var props = current.Buckets.Find(Name)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{Name}\" does not exist");
        var number = current.Buckets.LastBucketNumber + 1;
        return current with
        {
            Buckets = current.Buckets with
            {
                Buckets = current.Buckets.Buckets.SetItem(Name, props with { BucketId = (ulong)number }),
                Version = current.Buckets.Version + 1,
                LastBucketNumber = number,
            },
        };
    }
}

/// <summary>Changes the properties of a bucket.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Change">The new properties out of the old; throws for what is invalid.</param>
public sealed record SetBucketProps(BucketName Name, Func<ClusterConfig, BucketProps, BucketProps> Change) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"set properties of {Name}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var props = current.Buckets.Find(Name)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{Name}\" does not exist");
        var next = Change(current.Config, props);
        return next == props
            ? current
            : current with
            {
                Buckets = current.Buckets with
                {
                    Buckets = current.Buckets.Buckets.SetItem(Name, next),
                    Version = current.Buckets.Version + 1,
                },
            };
    }
}

/// <summary>Changes the cluster configuration.</summary>
/// <param name="What">The change in words, for example the keys that are set.</param>
/// <param name="Change">The new configuration out of the old; throws for what is invalid.</param>
public sealed record SetConfig(string What, Func<ClusterConfig, ClusterConfig> Change) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"set configuration: {What}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var next = Change(current.Config);
        return next == current.Config
            ? current
            : current with { Config = next with { Version = current.Config.Version + 1 } };
    }
}

/// <summary>A change that is made only if what it was decided on still holds when its turn comes.</summary>
/// <param name="Change">The change.</param>
/// <param name="Holds">The condition; asked with the document that the change is applied to.</param>
/// <param name="Otherwise">What the caller is told when it does not hold.</param>
public sealed record ChangeIf(ControlChange Change, Func<ControlDocument, bool> Holds, string Otherwise) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => Change.Describe();

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current) => Holds(current)
        ? Change.Apply(current)
        : throw new StoreException(StoreErrorCode.NotReady, Otherwise);
}
