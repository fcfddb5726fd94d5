using System.Text.Json.Serialization;

namespace Skein.Client.Cluster;

/// <summary>Answer to <c>GET /v1/cluster?what=mountpaths</c>, as far as it is read here.</summary>
internal sealed record MountpathsReply
{
    [JsonPropertyName("targets")]
    public Dictionary<string, MountpathsOfTarget> Targets { get; init; } = [];
}

/// <summary>The mountpaths of one target.</summary>
internal sealed record MountpathsOfTarget
{
    [JsonPropertyName("available")]
    public IReadOnlyList<string>? Available { get; init; }
}

/// <summary>JSON of the types that only the client reads.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, MaxDepth = 32)]
[JsonSerializable(typeof(MountpathsReply))]
internal sealed partial class ClientJsonContext : JsonSerializerContext;
