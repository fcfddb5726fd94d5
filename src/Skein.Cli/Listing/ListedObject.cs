using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Cli.Listing;

/// <summary>An object in the JSON of <c>skein ls</c>.</summary>
internal sealed record ListedObject
{
    /// <summary>Object name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>True for what <c>--nr</c> shows of deeper objects.</summary>
    [JsonPropertyName("directory"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDirectory { get; init; }

    /// <summary>Size in bytes; absent with <c>--name-only</c> and for a directory.</summary>
    [JsonPropertyName("size"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Size { get; init; }

    /// <summary>Checksum value.</summary>
    [JsonPropertyName("checksum"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Checksum { get; init; }

    /// <summary>Access time.</summary>
    [JsonPropertyName("atime"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AccessTime { get; init; }

    /// <summary>Version.</summary>
    [JsonPropertyName("version"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>Number of copies.</summary>
    [JsonPropertyName("copies"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Copies { get; init; }

    /// <summary>Custom metadata.</summary>
    [JsonPropertyName("custom"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Custom { get; init; }

    /// <summary>Where it lies.</summary>
    [JsonPropertyName("location"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Location { get; init; }

    /// <summary>The JSON form of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="nameOnly">True to leave the size out, which was not asked for.</param>
    public static ListedObject From(ListEntry entry, bool nameOnly)
    {
        var isDirectory = (entry.Flags & ListEntry.DirectoryFlag) != 0;
        return new ListedObject
        {
            Name = entry.Name,
            IsDirectory = isDirectory,
            Size = nameOnly || isDirectory ? null : entry.Size,
            Checksum = entry.Checksum,
            AccessTime = entry.AccessTime,
            Version = entry.Version,
            Copies = entry.Copies,
            Custom = entry.Custom,
            Location = entry.Location,
        };
    }
}

/// <summary>The JSON of <c>skein ls --count-only</c>.</summary>
internal sealed record CountDocument
{
    /// <summary>Number of names.</summary>
    [JsonPropertyName("count")]
    public required long Count { get; init; }

    /// <summary>Sum of the sizes in bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }
}
