using System.Text.Json.Serialization;
using Skein.Core.Placement;

namespace Skein.Core.Nodes;

/// <summary>A node as the cluster map lists it (AIStore's Snode). Immutable.</summary>
public sealed record NodeInfo
{
    private readonly string _id = "";

    /// <summary>Address for clients.</summary>
    [JsonPropertyName("public_net"), JsonPropertyOrder(1)]
    public required NodeAddress PublicNet { get; init; }

    /// <summary>Further public addresses of a node with several interfaces; null when there are none.</summary>
    [JsonPropertyName("pub_extra"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NodeAddress>? PublicExtra { get; init; }

    /// <summary>Address for data between nodes.</summary>
    [JsonPropertyName("intra_data_net"), JsonPropertyOrder(3)]
    public required NodeAddress DataNet { get; init; }

    /// <summary>Address for control traffic between nodes.</summary>
    [JsonPropertyName("intra_control_net"), JsonPropertyOrder(4)]
    public required NodeAddress ControlNet { get; init; }

    /// <summary><c>proxy</c> or <c>target</c>.</summary>
    [JsonPropertyName("daemon_type"), JsonPropertyOrder(5)]
    public required string Type { get; init; }

    /// <summary>Id, unique in the cluster, kept for life.</summary>
    [JsonPropertyName("daemon_id"), JsonPropertyOrder(6)]
    public required string Id
    {
        get => _id;
        init
        {
            _id = value;
            Digest = HrwDigest.OfText(value);
        }
    }

    /// <summary>State flags.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(7)]
    public ulong FlagBits { get; init; }

    /// <summary>XXH64 of the id: what placement uses. Always computed from the id; a value read is ignored.</summary>
    [JsonPropertyName("id_digest"), JsonPropertyOrder(8)]
    public ulong Digest { get; private init; }

    /// <summary>
    /// Skein: random id of the node's metadata folder. The same node id with another incarnation is a node that
    /// lost its state.
    /// </summary>
    [JsonPropertyName("incarnation"), JsonPropertyOrder(9)]
    public string Incarnation { get; init; } = "";

    /// <summary>State flags, typed.</summary>
    [JsonIgnore]
    public NodeFlags Flags => (NodeFlags)FlagBits;

    /// <summary>The role.</summary>
    [JsonIgnore]
    public NodeRole Role => Type == NodeRoles.Proxy ? NodeRole.Proxy : NodeRole.Target;

    /// <summary>How people see the node: <c>p[id]</c> or <c>t[id]</c>.</summary>
    [JsonIgnore]
    public string DisplayName => (Role == NodeRole.Proxy ? "p[" : "t[") + Id + "]";

    /// <summary>True when the node may own data: not leaving, not under maintenance, within reach.</summary>
    [JsonIgnore]
    public bool IsActive =>
        (Flags & (NodeFlags.Maintenance | NodeFlags.Decommission | NodeFlags.OutOfReach)) == 0;

    /// <summary>True for a proxy that may become primary.</summary>
    [JsonIgnore]
    public bool IsElectable => Role == NodeRole.Proxy && (Flags & NodeFlags.NonElectable) == 0;

    /// <summary>True when the two stand for the same process at the same place (state flags aside).</summary>
    public bool IsSameNode(NodeInfo other) => this with { FlagBits = 0 } == other with { FlagBits = 0 };
}
