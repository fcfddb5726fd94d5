using System.Collections.Immutable;
using Skein.Core.Buckets;
using Skein.Core.Config;

namespace Skein.Core.Maps;

/// <summary>
/// Everything that the cluster agrees on, in one document and one order: who is in it, which buckets exist, where data
/// is, how it is configured, who votes. Immutable; only the primary makes the next one.
/// </summary>
public sealed record ControlDocument
{
    /// <summary>No node is on its way out.</summary>
    public static ImmutableSortedDictionary<string, NodeTransition> NoTransitions { get; } =
        ImmutableSortedDictionary.Create<string, NodeTransition>(StringComparer.Ordinal);

    /// <summary>No cluster.</summary>
    public static ControlDocument Empty { get; } = new();

    /// <summary>Place in the order of documents.</summary>
    public DocumentStamp Stamp { get; init; }

    /// <summary>Cluster map.</summary>
    public ClusterMap Map { get; init; } = ClusterMap.Empty;

    /// <summary>Buckets.</summary>
    public BucketMetadata Buckets { get; init; } = BucketMetadata.Empty;

    /// <summary>State of data movement.</summary>
    public RebalanceMetadata Rebalance { get; init; } = RebalanceMetadata.Empty;

    /// <summary>Cluster configuration, with the three URLs.</summary>
    public ClusterConfig Config { get; init; } = ClusterConfig.Default;

    /// <summary>Voters, in order of their joining.</summary>
    public ImmutableArray<VoterInfo> Voters { get; init; } = [];

    /// <summary>Nodes on their way out of service, by id.</summary>
    public ImmutableSortedDictionary<string, NodeTransition> Transitions { get; init; } = NoTransitions;

    /// <summary>The change that made this document out of the one before.</summary>
    public ChangeRecord LastChange { get; init; } = ChangeRecord.None;

    /// <summary>Cluster id; empty for <see cref="Empty"/>.</summary>
    public string Uuid => Map.Uuid;

    /// <summary>True for a document of a real cluster.</summary>
    public bool Exists => Map.Uuid.Length != 0;

    /// <summary>
    /// True for a cluster that nothing depends on yet: the node is alone in it and there is no bucket. It may be given up
    /// for an established one.
    /// </summary>
    public bool IsNewbornOf(string nodeId) =>
        Exists && Map.Count == 1 && Map.Find(nodeId) is not null && Buckets.Buckets.IsEmpty;

    /// <summary>True when every object lies where the map says.</summary>
    public bool IsSettled => Rebalance.IsSettled;

    /// <summary>
    /// True when nothing is stored on a target that others would miss: there are no buckets, or it owns nothing and has
    /// said, or everybody has, that nothing lies elsewhere than the map says.
    /// </summary>
    public bool HoldsNothing(string targetId) => Buckets.Buckets.IsEmpty
        || (!(Map.Targets.TryGetValue(targetId, out var node) && node.IsActive)
            && (Rebalance.IsSettled || Rebalance.IsClean(targetId)));
}

/// <summary>Who changed what, when and why: the entry of the timeline that belongs to one document.</summary>
/// <param name="What">The change in words, for example <c>add t[abc]</c>.</param>
/// <param name="Who">Node or client address on whose request it was made.</param>
/// <param name="Why">Reason, or empty.</param>
/// <param name="Time">Unix milliseconds by the primary's clock.</param>
public sealed record ChangeRecord(string What, string Who, string Why, long Time)
{
    /// <summary>No change.</summary>
    public static ChangeRecord None { get; } = new("", "", "", 0);
}
