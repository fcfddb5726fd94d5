using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Answer to <c>what=control</c>: how the control plane is.</summary>
public sealed record ControlStatus
{
    /// <summary>Node that answers.</summary>
    [JsonPropertyName("node"), JsonPropertyOrder(1)]
    public string Node { get; init; } = "";

    /// <summary>Cluster; empty for a node outside of one.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(2)]
    public string Uuid { get; init; } = "";

    /// <summary>True when the node that answers leads; otherwise it tells what it knows itself.</summary>
    [JsonPropertyName("from_primary"), JsonPropertyOrder(3)]
    public bool IsFromPrimary { get; init; }

    /// <summary>Id of the primary that is heard; empty when there is none.</summary>
    [JsonPropertyName("primary"), JsonPropertyOrder(4)]
    public string Primary { get; init; } = "";

    /// <summary>Generation: raised by a forced recovery.</summary>
    [JsonPropertyName("generation"), JsonPropertyOrder(5)]
    public long Generation { get; init; }

    /// <summary>Present term.</summary>
    [JsonPropertyName("term"), JsonPropertyOrder(6)]
    public long Term { get; init; }

    /// <summary>Version of the newest committed document.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(7)]
    public long Version { get; init; }

    /// <summary>Stamp of the newest committed document.</summary>
    [JsonPropertyName("stamp"), JsonPropertyOrder(8)]
    public string Stamp { get; init; } = "";

    /// <summary>Hash of the newest committed document.</summary>
    [JsonPropertyName("hash"), JsonPropertyOrder(9)]
    public string Hash { get; init; } = "";

    /// <summary>Milliseconds since a majority of the voters was last known to follow; -1 when it does not lead.</summary>
    [JsonPropertyName("quorum_age_ms"), JsonPropertyOrder(10)]
    public long QuorumAge { get; init; } = -1;

    /// <summary>Who votes.</summary>
    [JsonPropertyName("voters"), JsonPropertyOrder(11)]
    public IReadOnlyList<ControlVoter> Voters { get; init; } = [];

    /// <summary>All nodes, proxies first.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(12)]
    public IReadOnlyList<ControlNode> Nodes { get; init; } = [];

    /// <summary>What needs a person.</summary>
    [JsonPropertyName("alerts"), JsonPropertyOrder(13)]
    public IReadOnlyList<string> Alerts { get; init; } = [];

    /// <summary>Where objects are, and what moves them.</summary>
    [JsonPropertyName("rebalance"), JsonPropertyOrder(14)]
    public ControlRebalance Rebalance { get; init; } = new();
}

/// <summary>Data movement, as the control document has it.</summary>
public sealed record ControlRebalance
{
    /// <summary>Id of the last rebalance, for example <c>g4</c>; empty before the first.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string Id { get; init; } = "";

    /// <summary><c>none</c>, <c>running</c>, <c>finished</c> or <c>stopped</c>.</summary>
    [JsonPropertyName("state"), JsonPropertyOrder(2)]
    public string State { get; init; } = "";

    /// <summary>What is left to be done, and why; empty when nothing is.</summary>
    [JsonPropertyName("note"), JsonPropertyOrder(3)]
    public string Note { get; init; } = "";

    /// <summary>True when every object lies where the map says.</summary>
    [JsonPropertyName("settled"), JsonPropertyOrder(4)]
    public bool IsSettled { get; init; }

    /// <summary>Version of the document that last changed who owns which names.</summary>
    [JsonPropertyName("owners_version"), JsonPropertyOrder(5)]
    public long OwnersVersion { get; init; }

    /// <summary>Targets, by id, that may still hold objects which belong elsewhere.</summary>
    [JsonPropertyName("not_clean"), JsonPropertyOrder(6)]
    public IReadOnlyList<string> NotClean { get; init; } = [];
}

/// <summary>A voter as the node that answers knows it.</summary>
public sealed record ControlVoter
{
    /// <summary>Node id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string Id { get; init; } = "";

    /// <summary>True when it votes but never leads.</summary>
    [JsonPropertyName("witness"), JsonPropertyOrder(2)]
    public bool IsWitness { get; init; }

    /// <summary>Incarnation that has the vote.</summary>
    [JsonPropertyName("incarnation"), JsonPropertyOrder(3)]
    public string Incarnation { get; init; } = "";

    /// <summary>True when the node is not in the map, or there in another incarnation: its vote does not count.</summary>
    [JsonPropertyName("stale"), JsonPropertyOrder(4)]
    public bool IsStale { get; init; }

    /// <summary>Stamp of the newest document that it is known to hold; empty when not known.</summary>
    [JsonPropertyName("holds"), JsonPropertyOrder(5)]
    public string Holds { get; init; } = "";

    /// <summary>Versions that it is behind; -1 when not known.</summary>
    [JsonPropertyName("lag"), JsonPropertyOrder(6)]
    public long Lag { get; init; }

    /// <summary>Milliseconds since it was heard of; -1 when not known.</summary>
    [JsonPropertyName("last_heard_ms"), JsonPropertyOrder(7)]
    public long LastHeard { get; init; }
}

/// <summary>A node as the node that answers knows it.</summary>
public sealed record ControlNode
{
    /// <summary>Node id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string Id { get; init; } = "";

    /// <summary><c>proxy</c> or <c>target</c>.</summary>
    [JsonPropertyName("role"), JsonPropertyOrder(2)]
    public string Role { get; init; } = "";

    /// <summary>Flags of the cluster map.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(3)]
    public ulong Flags { get; init; }

    /// <summary>The flags in words; <c>online</c> when there is nothing to say.</summary>
    [JsonPropertyName("state"), JsonPropertyOrder(4)]
    public string State { get; init; } = "";

    /// <summary>Stamp of the newest document that it is known to hold; empty when not known.</summary>
    [JsonPropertyName("holds"), JsonPropertyOrder(5)]
    public string Holds { get; init; } = "";

    /// <summary>Versions that it is behind; -1 when not known.</summary>
    [JsonPropertyName("lag"), JsonPropertyOrder(6)]
    public long Lag { get; init; }

    /// <summary>Milliseconds since it was heard of; -1 when not known.</summary>
    [JsonPropertyName("last_heard_ms"), JsonPropertyOrder(7)]
    public long LastHeard { get; init; }

    /// <summary>Milliseconds that the lease of a target still runs; 0 when it has none.</summary>
    [JsonPropertyName("lease_ms"), JsonPropertyOrder(8)]
    public long Lease { get; init; }
}
