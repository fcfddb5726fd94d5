using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>What a proxy asks of the backend of a remote bucket through a target, or of the primary.</summary>
public sealed record BackendRequest
{
    /// <summary>One of <see cref="BackendOperations"/>.</summary>
    [JsonPropertyName("op"), JsonPropertyOrder(1)]
    public string Operation { get; init; } = "";

    /// <summary>The bucket; only provider and namespace count where buckets are listed.</summary>
    [JsonPropertyName("bck"), JsonPropertyOrder(2)]
    public WireBucket Bucket { get; init; } = new();

    /// <summary>Arguments; depends on the operation.</summary>
    [JsonPropertyName("value"), JsonPropertyOrder(3)]
    public JsonElement? Value { get; init; }
}

/// <summary>The operations of <see cref="BackendRequest"/>.</summary>
public static class BackendOperations
{
    /// <summary>Path on the control network.</summary>
    public const string Path = "/v1/backend";

    /// <summary>Look at a bucket: answers <see cref="BackendBucket"/>.</summary>
    public const string Head = "head-bck";

    /// <summary>Create a bucket with the properties of the value.</summary>
    public const string Create = "create-bck";

    /// <summary>Destroy a bucket with everything in it.</summary>
    public const string Destroy = "destroy-bck";

    /// <summary>List buckets: answers an array of <see cref="WireBucket"/>.</summary>
    public const string Buckets = "list-bck";

    /// <summary>List a page of objects: the value is a <see cref="ListObjectsMessage"/>, the answer its result.</summary>
    public const string Objects = "list";

    /// <summary>Make a remote bucket known, for the primary: the value is a <see cref="BackendBucket"/>.</summary>
    public const string Add = "add-remote-bck";
}

/// <summary>What a backend tells of a bucket.</summary>
public sealed record BackendBucket
{
    /// <summary>True when it keeps versions of objects.</summary>
    [JsonPropertyName("versioning"), JsonPropertyOrder(1)]
    public bool Versioning { get; init; }
}

/// <summary>The attached clusters (AIStore's RemAisVec).</summary>
public sealed record RemoteClustersReply
{
    /// <summary>The clusters; null when there are none, as a proxy shows it.</summary>
    [JsonPropertyName("a"), JsonPropertyOrder(1)]
    public IReadOnlyList<RemoteClusterReply>? Clusters { get; init; }

    /// <summary>Version of the cluster configuration that they are taken from.</summary>
    [JsonPropertyName("ver"), JsonPropertyOrder(2)]
    public long Version { get; init; }
}

/// <summary>An attached cluster (AIStore's RemAis).</summary>
public sealed record RemoteClusterReply
{
    /// <summary>Base URL through which it is reached; where it is not, all configured ones in brackets.</summary>
    [JsonPropertyName("url"), JsonPropertyOrder(1)]
    public string Url { get; init; } = "";

    /// <summary>Alias.</summary>
    [JsonPropertyName("alias"), JsonPropertyOrder(2)]
    public string Alias { get; init; } = "";

    /// <summary>Id; <see cref="Defunct"/> when it was never reached.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(3)]
    public string Uuid { get; init; } = "";

    /// <summary>Its cluster map; null when it does not answer.</summary>
    [JsonPropertyName("smap"), JsonPropertyOrder(4)]
    public WireClusterMap? Map { get; init; }

    /// <summary>Stands for the id of a cluster that was never reached.</summary>
    public const string Defunct = "defunct";
}

/// <summary>What a prefetch asks besides the names (AIStore's PrefetchMsg).</summary>
public sealed record PrefetchMessage
{
    /// <summary>True to fetch anew what differs from its home.</summary>
    [JsonPropertyName("latest-ver"), JsonPropertyOrder(1)]
    public bool LatestVersion { get; init; }
}
