using System.Text.Json.Serialization;
using Skein.Core.Buckets;

namespace Skein.Core.Wire;

/// <summary>A bucket name in JSON (AIStore's Bck).</summary>
public sealed record WireBucket
{
    /// <summary>Bucket name.</summary>
    [JsonPropertyName("name"), JsonPropertyOrder(1)]
    public string Name { get; init; } = "";

    /// <summary>Provider.</summary>
    [JsonPropertyName("provider"), JsonPropertyOrder(2)]
    public string Provider { get; init; } = "";

    /// <summary>Namespace; may be absent on input.</summary>
    [JsonPropertyName("namespace"), JsonPropertyOrder(3)]
    public WireNamespace? Namespace { get; init; } = new();

    /// <summary>The wire form of a name.</summary>
    public static WireBucket From(BucketName name) => new()
    {
        Name = name.Name,
        Provider = name.Provider,
        Namespace = new WireNamespace { Uuid = name.Namespace.Uuid, Name = name.Namespace.Name },
    };

    /// <summary>The validated name.</summary>
    /// <exception cref="Errors.StoreException">When a part is invalid.</exception>
    public BucketName ToName()
    {
        var ns = Namespace is null ? "" : $"@{Namespace.Uuid}#{Namespace.Name}";
        return BucketName.Parse(Name, Provider, ns);
    }
}

/// <summary>A namespace in JSON.</summary>
public sealed record WireNamespace
{
    /// <summary>Remote cluster's UUID or alias.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string Uuid { get; init; } = "";

    /// <summary>Name.</summary>
    [JsonPropertyName("name"), JsonPropertyOrder(2)]
    public string Name { get; init; } = "";
}
