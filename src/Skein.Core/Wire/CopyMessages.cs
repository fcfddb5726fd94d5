using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>How objects are copied from one bucket to another (AIStore's TCBMsg, and of TCOMsg what is not names).</summary>
public sealed record CopyMessage
{
    /// <summary>Endings of names that become others, without their dots or with them; null for none.</summary>
    [JsonPropertyName("ext"), JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Endings { get; init; }

    /// <summary>What is put before every name; may be empty.</summary>
    [JsonPropertyName("prepend"), JsonPropertyOrder(2)]
    public string? Prepend { get; init; }

    /// <summary>Only names that begin so, of a whole bucket.</summary>
    [JsonPropertyName("prefix"), JsonPropertyOrder(3)]
    public string? Prefix { get; init; }

    /// <summary>True to count only.</summary>
    [JsonPropertyName("dry_run"), JsonPropertyOrder(4)]
    public bool IsDryRun { get; init; }

    /// <summary>True to copy although something speaks against it.</summary>
    [JsonPropertyName("force"), JsonPropertyOrder(5)]
    public bool Force { get; init; }

    /// <summary>True to look at a remote backend for newer versions first.</summary>
    [JsonPropertyName("latest-ver"), JsonPropertyOrder(6)]
    public bool LatestVersion { get; init; }

    /// <summary>True to delete from the destination what the source has no more.</summary>
    [JsonPropertyName("synchronize"), JsonPropertyOrder(7)]
    public bool Synchronize { get; init; }

    /// <summary>True to leave out what is in folders below the prefix.</summary>
    [JsonPropertyName("non-recurs"), JsonPropertyOrder(8)]
    public bool NonRecursive { get; init; }

    /// <summary>Objects at a time on each target; 0 for the default, negative for one.</summary>
    [JsonPropertyName("num-workers"), JsonPropertyOrder(9)]
    public int Workers { get; init; }

    /// <summary>True not to end at the first error. Skein never does.</summary>
    [JsonPropertyName("coer"), JsonPropertyOrder(10)]
    public bool ContinueOnError { get; init; }

    /// <summary>The bucket that objects are copied to, where the message names it; null else.</summary>
    [JsonPropertyName("tobck"), JsonPropertyOrder(11)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WireBucket? Destination { get; init; }

    /// <summary>Template of the names, where the message names objects; null else.</summary>
    [JsonPropertyName("template"), JsonPropertyOrder(12)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Template { get; init; }

    /// <summary>Names, where the message names objects; null else.</summary>
    [JsonPropertyName("objnames"), JsonPropertyOrder(13)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ObjectNames { get; init; }

    /// <summary>The name of an object's copy.</summary>
    public string NameOf(string name)
    {
        foreach (var (from, to) in Endings ?? [])
        {
            var (old, other) = ("." + from.TrimStart('.'), "." + to.TrimStart('.'));
            if (name.EndsWith(old, StringComparison.Ordinal))
            {
                name = name[..^old.Length] + other;
                break;
            }
        }
        return Prepend + name;
    }
}
