using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Answer to <c>what=history</c>: who changed what, when and why, oldest first.</summary>
public sealed record TimelineReply
{
    /// <summary>Node that answers.</summary>
    [JsonPropertyName("node"), JsonPropertyOrder(1)]
    public string Node { get; init; } = "";

    /// <summary>Cluster.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(2)]
    public string Uuid { get; init; } = "";

    /// <summary>True when the node that answers leads; otherwise it tells what it knows itself.</summary>
    [JsonPropertyName("from_primary"), JsonPropertyOrder(3)]
    public bool IsFromPrimary { get; init; }

    /// <summary>The document versions, in order, with gaps where nobody knows one.</summary>
    [JsonPropertyName("entries"), JsonPropertyOrder(4)]
    public IReadOnlyList<TimelineItem> Entries { get; init; } = [];
}

/// <summary>One document version, or a gap of some.</summary>
public sealed record TimelineItem
{
    /// <summary>Version of the document; of a gap the first.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(1)]
    public long Version { get; init; }

    /// <summary>Of a gap: the last version that is missing; 0 for a document.</summary>
    [JsonPropertyName("missing_to"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long MissingTo { get; init; }

    /// <summary>The whole stamp: generation, term, version; empty for a gap.</summary>
    [JsonPropertyName("stamp"), JsonPropertyOrder(3)]
    public string Stamp { get; init; } = "";

    /// <summary>Generation: raised by a forced recovery.</summary>
    [JsonPropertyName("generation"), JsonPropertyOrder(4)]
    public long Generation { get; init; }

    /// <summary>Term of the primary that committed it.</summary>
    [JsonPropertyName("term"), JsonPropertyOrder(5)]
    public long Term { get; init; }

    /// <summary>Hash of the document.</summary>
    [JsonPropertyName("hash"), JsonPropertyOrder(6)]
    public string Hash { get; init; } = "";

    /// <summary>Unix milliseconds by the primary's clock.</summary>
    [JsonPropertyName("time"), JsonPropertyOrder(7)]
    public long Time { get; init; }

    /// <summary>On whose request.</summary>
    [JsonPropertyName("who"), JsonPropertyOrder(8)]
    public string Who { get; init; } = "";

    /// <summary>The change in words.</summary>
    [JsonPropertyName("what"), JsonPropertyOrder(9)]
    public string What { get; init; } = "";

    /// <summary>The reason; may be empty.</summary>
    [JsonPropertyName("why"), JsonPropertyOrder(10)]
    public string Why { get; init; } = "";

    /// <summary>True for versions that no proxy knows.</summary>
    [JsonIgnore]
    public bool IsGap => MissingTo != 0;

    /// <summary>A gap.</summary>
    public static TimelineItem Gap(long first, long last) => new() { Version = first, MissingTo = last };
}

/// <summary>Answer to <c>what=history_diff</c>.</summary>
public sealed record TimelineDiff
{
    /// <summary>The document compared from.</summary>
    [JsonPropertyName("from"), JsonPropertyOrder(1)]
    public TimelineItem From { get; init; } = new();

    /// <summary>The document compared with.</summary>
    [JsonPropertyName("to"), JsonPropertyOrder(2)]
    public TimelineItem To { get; init; } = new();

    /// <summary>What differs, in order of the path.</summary>
    [JsonPropertyName("changes"), JsonPropertyOrder(3)]
    public IReadOnlyList<DocumentDifference> Changes { get; init; } = [];

    /// <summary>True when there are more differences than are listed.</summary>
    [JsonPropertyName("truncated"), JsonPropertyOrder(4)]
    public bool IsTruncated { get; init; }
}

/// <summary>One place at which two documents differ.</summary>
public sealed record DocumentDifference
{
    /// <summary>Where, for example <c>smap.tmap.target01.flags</c>.</summary>
    [JsonPropertyName("path"), JsonPropertyOrder(1)]
    public string Path { get; init; } = "";

    /// <summary>The value before; absent when there was none.</summary>
    [JsonPropertyName("before"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Before { get; init; }

    /// <summary>The value after; absent when there is none.</summary>
    [JsonPropertyName("after"), JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? After { get; init; }
}

/// <summary>Which versions are asked for.</summary>
/// <param name="From">First version; null for the earliest.</param>
/// <param name="To">Last version; null for the newest.</param>
/// <param name="Limit">Most entries; the newest of the range are shown. Gaps do not count.</param>
public sealed record TimelineRange(long? From, long? To, int Limit)
{
    /// <summary>Most entries of one answer, and how many are shown when nothing is said.</summary>
    public const int MaxLimit = 1000;

    /// <summary>The range in numbers, for a cluster whose newest document has a version.</summary>
    /// <returns>First and last; empty when the first is greater.</returns>
    public (long First, long Last) Within(long newest) => (Math.Max(1, From ?? 1), Math.Min(To ?? newest, newest));
}
