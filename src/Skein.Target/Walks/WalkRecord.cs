using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Target.Walks;

/// <summary>What a job over a bucket is, as it is written to disk before the target answers that it runs it.</summary>
internal sealed record WalkRecord
{
    /// <summary>Version of the file format.</summary>
    public const int PresentFormat = 1;

    [JsonPropertyName("version"), JsonPropertyOrder(1)]
    public int Format { get; init; } = PresentFormat;

    /// <summary>Its kind by name.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(2)]
    public required string Kind { get; init; }

    [JsonPropertyName("id"), JsonPropertyOrder(3)]
    public required string Id { get; init; }

    /// <summary>When it began on this target, UTC.</summary>
    [JsonPropertyName("started"), JsonPropertyOrder(4)]
    public required DateTime Started { get; init; }

    /// <summary>The bucket whose names it goes through.</summary>
    [JsonPropertyName("bck"), JsonPropertyOrder(5)]
    public required WireBucket Bucket { get; init; }

    [JsonPropertyName("work"), JsonPropertyOrder(6)]
    public required BucketWork Work { get; init; }
}

/// <summary>How far a job over a bucket is; what came after it in a pass is done again after a restart.</summary>
internal sealed record WalkCheckpoint
{
    /// <summary>Version of the owners under which this target's share is done; 0 when it is not.</summary>
    [JsonPropertyName("done"), JsonPropertyOrder(1)]
    public long Done { get; init; }

    /// <summary>True when everybody's share is done.</summary>
    [JsonPropertyName("all-done"), JsonPropertyOrder(2)]
    public bool AllDone { get; init; }

    /// <summary>The names of the pass are done up to this one: a name, or for listed or templated names a number.</summary>
    [JsonPropertyName("cursor"), JsonPropertyOrder(3)]
    public string Cursor { get; init; } = "";

    /// <summary>The source of the names that <see cref="Cursor"/> is of.</summary>
    [JsonPropertyName("source"), JsonPropertyOrder(4)]
    public string Source { get; init; } = "";

    /// <summary>Passes that were begun.</summary>
    [JsonPropertyName("passes"), JsonPropertyOrder(5)]
    public int Passes { get; init; }

    /// <summary>Version of the owners under which the pass began.</summary>
    [JsonPropertyName("owners"), JsonPropertyOrder(8)]
    public long Owners { get; init; }

    /// <summary>Those among whom the names were divided in the pass.</summary>
    [JsonPropertyName("share"), JsonPropertyOrder(9)]
    public IReadOnlyList<string> Share { get; init; } = [];

    [JsonPropertyName("stats"), JsonPropertyOrder(6)]
    public JobStats Stats { get; init; } = new();

    [JsonPropertyName("errors"), JsonPropertyOrder(7)]
    public JobErrors Errors { get; init; } = new();
}

/// <summary>JSON of the files.</summary>
[JsonSourceGenerationOptions(MaxDepth = 32)]
[JsonSerializable(typeof(WalkRecord))]
[JsonSerializable(typeof(WalkCheckpoint))]
[JsonSerializable(typeof(CopyOrder))]
[JsonSerializable(typeof(CopyOrderAnswer))]
internal sealed partial class WalkJsonContext : JsonSerializerContext;
