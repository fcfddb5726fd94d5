using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>What taking nodes out of service would do: the answer to a request with <c>dry_run</c>.</summary>
public sealed record LifecyclePlan
{
    /// <summary>The nodes, by id.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(1)]
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>What would be moved to other targets.</summary>
    [JsonPropertyName("moves"), JsonPropertyOrder(2)]
    public PlannedObjects Moves { get; init; } = new();

    /// <summary>What would be given up.</summary>
    [JsonPropertyName("lost"), JsonPropertyOrder(3)]
    public PlannedObjects Lost { get; init; } = new();

    /// <summary>What an administrator should know, in sentences.</summary>
    [JsonPropertyName("notes"), JsonPropertyOrder(4)]
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Number and size of objects.</summary>
public sealed record PlannedObjects
{
    /// <summary>Number.</summary>
    [JsonPropertyName("objects"), JsonPropertyOrder(1)]
    public long Objects { get; init; }

    /// <summary>Bytes of content.</summary>
    [JsonPropertyName("bytes"), JsonPropertyOrder(2)]
    public long Bytes { get; init; }
}
