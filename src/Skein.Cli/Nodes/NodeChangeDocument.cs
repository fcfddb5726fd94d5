using System.Text.Json.Serialization;

namespace Skein.Cli.Nodes;

/// <summary>What <c>--json</c> prints of a change of nodes.</summary>
internal sealed record NodeChangeDocument
{
    /// <summary>What was done, by the name of the command.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>Ids of the nodes.</summary>
    [JsonPropertyName("nodes")]
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>The rebalance that this has started; empty for none.</summary>
    [JsonPropertyName("rebalance_id")]
    public required string RebalanceId { get; init; }

    /// <summary>True when nothing is left to wait for.</summary>
    [JsonPropertyName("done")]
    public required bool IsDone { get; init; }
}
