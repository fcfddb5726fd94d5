using System.Text.Json.Serialization;
using Skein.Core.Maps;
using Skein.Core.Wire;

namespace Skein.Cluster.Timeline;

/// <summary>One version of the control document in the timeline, without its bytes.</summary>
/// <param name="Uuid">Cluster.</param>
/// <param name="Stamp">Its place in the order of documents.</param>
/// <param name="Hash">Hash of its bytes.</param>
/// <param name="Change">Who changed what, when and why.</param>
public sealed record TimelineEntry(string Uuid, DocumentStamp Stamp, string Hash, ChangeRecord Change)
{
    /// <summary>The entry of a document.</summary>
    public static TimelineEntry Of(SealedDocument document) =>
        new(document.Uuid, document.Stamp, document.Hash, document.Document.LastChange);

    /// <summary>The entry as clients see it.</summary>
    public TimelineItem ToItem() => new()
    {
        Version = Stamp.Version,
        Stamp = Stamp.ToString(),
        Generation = Stamp.Generation,
        Term = Stamp.Term,
        Hash = Hash,
        Time = Change.Time,
        Who = Change.Who,
        What = Change.What,
        Why = Change.Why,
    };
}

/// <summary>An entry as it is stored.</summary>
internal sealed record StoredEntry
{
    [JsonPropertyName("uuid")]
    public required string Uuid { get; init; }

    [JsonPropertyName("stamp")]
    public required string Stamp { get; init; }

    [JsonPropertyName("hash")]
    public required string Hash { get; init; }

    [JsonPropertyName("who")]
    public required string Who { get; init; }

    [JsonPropertyName("what")]
    public required string What { get; init; }

    [JsonPropertyName("why")]
    public required string Why { get; init; }

    [JsonPropertyName("time")]
    public required long Time { get; init; }
}

/// <summary>The stored entry in JSON.</summary>
[JsonSourceGenerationOptions(MaxDepth = 4)]
[JsonSerializable(typeof(StoredEntry))]
internal sealed partial class TimelineJsonContext : JsonSerializerContext;
