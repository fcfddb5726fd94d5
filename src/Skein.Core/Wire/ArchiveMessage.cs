using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>
/// Put many objects of a bucket into one archive (AIStore's ArchiveMsg); which ones is in <see cref="NamesMessage"/>.
/// </summary>
public sealed record ArchiveMessage
{
    /// <summary>Name of the archive, an object.</summary>
    [JsonPropertyName("archname"), JsonPropertyOrder(1)]
    public string? ArchiveName { get; init; }

    /// <summary>Its format; empty to go by the name.</summary>
    [JsonPropertyName("mime"), JsonPropertyOrder(2)]
    public string? Mime { get; init; }

    /// <summary>True to put the name of the bucket before those of the objects.</summary>
    [JsonPropertyName("isbn"), JsonPropertyOrder(3)]
    public bool WithBucketName { get; init; }

    /// <summary>True to keep only what is after the last slash of the objects' names.</summary>
    [JsonPropertyName("bnonly"), JsonPropertyOrder(4)]
    public bool BaseNameOnly { get; init; }

    /// <summary>True to add to the archive when it exists.</summary>
    [JsonPropertyName("aate"), JsonPropertyOrder(5)]
    public bool AppendIfExists { get; init; }

    /// <summary>True to leave out what cannot be read.</summary>
    [JsonPropertyName("coer"), JsonPropertyOrder(6)]
    public bool ContinueOnError { get; init; }

    /// <summary>Bucket of the archive.</summary>
    [JsonPropertyName("tobck"), JsonPropertyOrder(7)]
    public WireBucket? Destination { get; init; }
}
