using System.Text.Json.Serialization;
using Skein.Cluster.Lifecycle;
using Skein.Cluster.Rebalance;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Node.Intra;

/// <summary>Body of <c>POST /v1/cluster/autoreg</c>.</summary>
internal sealed record IntraJoinRequest
{
    [JsonPropertyName("si")]
    public required NodeInfo Node { get; init; }

    [JsonPropertyName("uuid")]
    public string ClusterUuid { get; init; } = "";

    [JsonPropertyName("stamp")]
    public string Stamp { get; init; } = "";

    [JsonPropertyName("protocol")]
    public int Protocol { get; init; }

    [JsonPropertyName("by_admin")]
    public bool ByAdministrator { get; init; }

    [JsonPropertyName("newborn")]
    public bool IsNewborn { get; init; }
}

/// <summary>
/// Answer to <c>POST /v1/cluster/autoreg</c> that is not a document: status 421 with the primary's URLs, 503 or 409 with
/// a reason.
/// </summary>
internal sealed record IntraJoinReply
{
    [JsonPropertyName("primary_urls")]
    public IReadOnlyList<string> PrimaryUrls { get; init; } = [];

    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";
}

/// <summary>Body of a keepalive.</summary>
internal sealed record IntraKeepAlive
{
    [JsonPropertyName("incarnation")]
    public string Incarnation { get; init; } = "";

    [JsonPropertyName("floor")]
    public long Floor { get; init; }

    [JsonPropertyName("rebalance")]
    public RebalanceReport? Rebalance { get; init; }

    [JsonPropertyName("no_mountpath")]
    public bool HasNoMountpath { get; init; }
}

/// <summary>Answer to a probe: what was reached.</summary>
internal sealed record IntraProbeReply
{
    [JsonPropertyName("control")]
    public bool Control { get; init; }

    [JsonPropertyName("data")]
    public bool Data { get; init; }
}

/// <summary>Answer to a keepalive.</summary>
internal sealed record IntraKeepAliveReply
{
    [JsonPropertyName("lease_ms")]
    public long Lease { get; init; }

    [JsonPropertyName("floor")]
    public long Floor { get; init; }

    [JsonPropertyName("is_primary")]
    public bool IsPrimary { get; init; }

    [JsonPropertyName("known")]
    public bool Known { get; init; }
}

/// <summary>Answer to a pushed document.</summary>
internal sealed record IntraPushReply
{
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";
}

/// <summary>Body of <c>POST /v1/cluster/placement</c>.</summary>
internal sealed record IntraPlacementQuestion
{
    [JsonPropertyName("owners")]
    public IReadOnlyList<string> Owners { get; init; } = [];
}

/// <summary>Answer to <c>POST /v1/cluster/placement</c>: number and bytes of objects.</summary>
internal sealed record IntraPlacement
{
    [JsonPropertyName("stays")]
    public PlannedObjects Stays { get; init; } = new();

    [JsonPropertyName("moves")]
    public SortedDictionary<string, PlannedObjects> Moves { get; init; } = new(StringComparer.Ordinal);

    [JsonPropertyName("available")]
    public long Available { get; init; }

    public static IntraPlacement From(PlacementCount count)
    {
        var moves = new SortedDictionary<string, PlannedObjects>(StringComparer.Ordinal);
        foreach (var (to, some) in count.Moves)
        {
            moves[to] = new PlannedObjects { Objects = some.Objects, Bytes = some.Bytes };
        }
        return new IntraPlacement
        {
            Stays = new PlannedObjects { Objects = count.Stays.Objects, Bytes = count.Stays.Bytes },
            Moves = moves,
            Available = count.Available,
        };
    }

    public PlacementCount ToCount() => new(
        new ObjectCount(Stays.Objects, Stays.Bytes),
        Moves.ToDictionary(pair => pair.Key, pair => new ObjectCount(pair.Value.Objects, pair.Value.Bytes)),
        Available);
}

/// <summary>The intra-cluster messages in JSON.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, MaxDepth = 16)]
[JsonSerializable(typeof(IntraJoinRequest))]
[JsonSerializable(typeof(IntraJoinReply))]
[JsonSerializable(typeof(IntraKeepAlive))]
[JsonSerializable(typeof(IntraKeepAliveReply))]
[JsonSerializable(typeof(IntraProbeReply))]
[JsonSerializable(typeof(IntraPushReply))]
[JsonSerializable(typeof(IntraPlacementQuestion))]
[JsonSerializable(typeof(IntraPlacement))]
[JsonSerializable(typeof(NodeInfo))]
internal sealed partial class IntraJsonContext : JsonSerializerContext;
