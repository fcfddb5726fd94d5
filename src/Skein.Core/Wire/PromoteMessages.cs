using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Which files to copy into a bucket (AIStore's PromoteArgs).</summary>
public sealed record PromoteMessage
{
    /// <summary>The target whose files are meant; empty for all targets.</summary>
    [JsonPropertyName("tid")]
    public string? Target { get; init; } = "";

    /// <summary>Absolute path of a file or folder.</summary>
    [JsonPropertyName("src")]
    public string? Source { get; init; } = "";

    /// <summary>Name of the object, or what the names of the objects begin with.</summary>
    [JsonPropertyName("obj")]
    public string? ObjectName { get; init; } = "";

    /// <summary>True to take the folders below, too.</summary>
    [JsonPropertyName("rcr")]
    public bool IsRecursive { get; init; }

    /// <summary>True to replace objects that exist.</summary>
    [JsonPropertyName("ovw")]
    public bool Overwrites { get; init; }

    /// <summary>True to delete each file when it is an object.</summary>
    [JsonPropertyName("dls")]
    public bool DeletesSource { get; init; }

    /// <summary>True when targets never see the same files.</summary>
    [JsonPropertyName("notshr")]
    public bool IsNotShared { get; init; }
}

/// <summary>What a proxy tells a target of a promotion. Between nodes only.</summary>
public sealed record PromoteOrder
{
    /// <summary>Destination.</summary>
    [JsonPropertyName("bucket")]
    public WireBucket Bucket { get; init; } = new();

    /// <summary>Which files.</summary>
    [JsonPropertyName("files")]
    public PromoteMessage Files { get; init; } = new();

    /// <summary>Id of the job; empty to do it at once and answer afterwards.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>
    /// The targets that share the work because they see the same files, by id and in order: each takes the names that it
    /// owns among them. Empty when each takes all.
    /// </summary>
    [JsonPropertyName("sharers")]
    public IReadOnlyList<string> Sharers { get; init; } = [];
}

/// <summary>What a target sees of the files. Between nodes only.</summary>
public sealed record PromoteSight
{
    /// <summary>False when there is nothing at that path.</summary>
    [JsonPropertyName("exists")]
    public bool Exists { get; init; }

    /// <summary>Number of files.</summary>
    [JsonPropertyName("files")]
    public long Files { get; init; }

    /// <summary>Depends on the names and sizes of all files, and not on their order.</summary>
    [JsonPropertyName("sum")]
    public ulong Sum { get; init; }
}
