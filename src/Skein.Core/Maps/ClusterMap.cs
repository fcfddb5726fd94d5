using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Skein.Core.Nodes;
using Skein.Core.Placement;

namespace Skein.Core.Maps;

/// <summary>Who is in the cluster and who leads it (AIStore's Smap). Immutable.</summary>
public sealed class ClusterMap
{
    private readonly NodeInfo[] _activeTargets;
    private readonly ulong[] _activeDigests;

    /// <summary>Makes a map.</summary>
    /// <param name="proxies">All proxies by id.</param>
    /// <param name="targets">All targets by id.</param>
    /// <param name="primaryId">Id of the primary, a key of <paramref name="proxies"/>; empty when unknown.</param>
    /// <param name="uuid">Cluster id.</param>
    /// <param name="creationTime">When the cluster was formed, as AIStore prints it.</param>
    /// <param name="version">Grows by at least one with every change of the map.</param>
    public ClusterMap(
        ImmutableSortedDictionary<string, NodeInfo> proxies,
        ImmutableSortedDictionary<string, NodeInfo> targets,
        string primaryId,
        string uuid,
        string creationTime,
        long version)
    {
        Proxies = proxies;
        Targets = targets;
        PrimaryId = primaryId;
        Uuid = uuid;
        CreationTime = creationTime;
        Version = version;
        _activeTargets = [.. targets.Values.Where(target => target.IsActive)];
        _activeDigests = [.. _activeTargets.Select(target => target.Digest)];
    }

    /// <summary>Ids sort bytewise in every map.</summary>
    public static ImmutableSortedDictionary<string, NodeInfo> NoNodes { get; } =
        ImmutableSortedDictionary.Create<string, NodeInfo>(StringComparer.Ordinal);

    /// <summary>The map of nothing, version 0.</summary>
    public static ClusterMap Empty { get; } = new(NoNodes, NoNodes, "", "", "", 0);

    /// <summary>All proxies by id.</summary>
    public ImmutableSortedDictionary<string, NodeInfo> Proxies { get; }

    /// <summary>All targets by id.</summary>
    public ImmutableSortedDictionary<string, NodeInfo> Targets { get; }

    /// <summary>Id of the primary; empty when unknown.</summary>
    public string PrimaryId { get; }

    /// <summary>The primary; null when unknown.</summary>
    public NodeInfo? Primary => PrimaryId.Length != 0 && Proxies.TryGetValue(PrimaryId, out var node) ? node : null;

    /// <summary>Cluster id; never changes.</summary>
    public string Uuid { get; }

    /// <summary>When the cluster was formed.</summary>
    public string CreationTime { get; }

    /// <summary>Version of this map.</summary>
    public long Version { get; }

    /// <summary>Targets that may own data, by id.</summary>
    public IReadOnlyList<NodeInfo> ActiveTargets => _activeTargets;

    /// <summary>Every node: proxies first, then targets.</summary>
    public IEnumerable<NodeInfo> AllNodes => Proxies.Values.Concat(Targets.Values);

    /// <summary>Number of nodes of both roles.</summary>
    public int Count => Proxies.Count + Targets.Count;

    /// <summary>The node with that id, of either role; null when there is none.</summary>
    public NodeInfo? Find(string id) =>
        Proxies.TryGetValue(id, out var node) || Targets.TryGetValue(id, out node) ? node : null;

    /// <summary>The target that owns the object; null when no target is active.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    public NodeInfo? Owner(ulong objectDigest)
    {
        var index = Hrw.Choose(objectDigest, _activeDigests);
        return index < 0 ? null : _activeTargets[index];
    }

    /// <summary>A copy with the node added or replaced; the version is not changed.</summary>
    public ClusterMap WithNode(NodeInfo node) => node.Role == NodeRole.Proxy
        ? new ClusterMap(Proxies.SetItem(node.Id, node), Targets.Remove(node.Id), PrimaryId, Uuid, CreationTime, Version)
        : new ClusterMap(Proxies.Remove(node.Id), Targets.SetItem(node.Id, node), PrimaryId, Uuid, CreationTime, Version);

    /// <summary>A copy without the node; the version is not changed.</summary>
    public ClusterMap WithoutNode(string id) =>
        new(Proxies.Remove(id), Targets.Remove(id), PrimaryId == id ? "" : PrimaryId, Uuid, CreationTime, Version);

    /// <summary>A copy with another primary; the version is not changed.</summary>
    public ClusterMap WithPrimary(string id) => new(Proxies, Targets, id, Uuid, CreationTime, Version);

    /// <summary>A copy with another version.</summary>
    public ClusterMap WithVersion(long version) => new(Proxies, Targets, PrimaryId, Uuid, CreationTime, version);
}
