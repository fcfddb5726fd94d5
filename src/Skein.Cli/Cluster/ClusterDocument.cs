using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>The JSON of <c>skein show cluster</c>.</summary>
internal sealed record ClusterDocument
{
    /// <summary>The cluster map.</summary>
    [JsonPropertyName("smap")]
    public required WireClusterMap Map { get; init; }

    /// <summary>What the nodes that answered say of themselves, by id.</summary>
    [JsonPropertyName("nodes")]
    public required SortedDictionary<string, NodeStatus> Nodes { get; init; }

    /// <summary>How the control plane is; absent when nobody says.</summary>
    [JsonPropertyName("control")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ControlStatus? Control { get; init; }

    /// <summary>Why the other nodes did not answer, by id.</summary>
    [JsonPropertyName("offline")]
    public required SortedDictionary<string, string> Offline { get; init; }
}
