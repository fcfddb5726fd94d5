using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>
/// What nodes tell each other of a job over the objects of a bucket, besides its kind, id and bucket: with
/// <see cref="JobMessage"/>, to the targets that take part in it.
/// </summary>
public sealed record BucketWork
{
    /// <summary>Id of the bucket; a bucket of the same name with another id is another bucket.</summary>
    [JsonPropertyName("bid"), JsonPropertyOrder(1)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong BucketId { get; init; }

    /// <summary>Ids of the targets that take part; each deals with its share of the names.</summary>
    [JsonPropertyName("participants"), JsonPropertyOrder(2)]
    public IReadOnlyList<string> Participants { get; init; } = [];

    /// <summary>The names.</summary>
    [JsonPropertyName("names"), JsonPropertyOrder(3)]
    public NamesMessage Names { get; init; } = new();

    /// <summary>The bucket that is written to; null for none.</summary>
    [JsonPropertyName("dst"), JsonPropertyOrder(4)]
    public WireBucket? Destination { get; init; }

    /// <summary>Id of that bucket; 0 for none, or one that need not exist.</summary>
    [JsonPropertyName("dst-bid"), JsonPropertyOrder(5)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong DestinationId { get; init; }

    /// <summary>The message as the client sent it, for the kind; null for none.</summary>
    [JsonPropertyName("value"), JsonPropertyOrder(6)]
    public JsonElement? Value { get; init; }
}

/// <summary>How a target stands with its share of a job over a bucket, for the others that take part.</summary>
public sealed record BucketWorkState
{
    /// <summary>It has not dealt with its whole share.</summary>
    public const string Working = "working";

    /// <summary>It has, and waits for the others.</summary>
    public const string Done = "done";

    /// <summary>Everybody has.</summary>
    public const string Ended = "ended";

    /// <summary>It was told to stop.</summary>
    public const string Aborted = "aborted";

    /// <summary>One of the words above.</summary>
    [JsonPropertyName("phase"), JsonPropertyOrder(1)]
    public string Phase { get; init; } = "";

    /// <summary>Version of the owners of names under which it has; 0 for none.</summary>
    [JsonPropertyName("owners"), JsonPropertyOrder(2)]
    public long Owners { get; init; }

    /// <summary>Why it was stopped, or what went wrong; empty for nothing.</summary>
    [JsonPropertyName("reason"), JsonPropertyOrder(3)]
    public string Reason { get; init; } = "";
}
