using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Core.Wire;

/// <summary>The cluster map in JSON (AIStore's Smap).</summary>
public sealed record WireClusterMap
{
    /// <summary>Proxies by id.</summary>
    [JsonPropertyName("pmap"), JsonPropertyOrder(1)]
    public SortedDictionary<string, NodeInfo> Proxies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The primary; null when unknown.</summary>
    [JsonPropertyName("proxy_si"), JsonPropertyOrder(2)]
    public NodeInfo? Primary { get; init; }

    /// <summary>Targets by id.</summary>
    [JsonPropertyName("tmap"), JsonPropertyOrder(3)]
    public SortedDictionary<string, NodeInfo> Targets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Cluster id.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(4)]
    public string Uuid { get; init; } = "";

    /// <summary>When the cluster was formed.</summary>
    [JsonPropertyName("creation_time"), JsonPropertyOrder(5)]
    public string CreationTime { get; init; } = "";

    /// <summary>Version of the map.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(6)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Version { get; init; }

    /// <summary>The wire form of a map.</summary>
    public static WireClusterMap From(ClusterMap map) => new()
    {
        Proxies = new SortedDictionary<string, NodeInfo>(map.Proxies, StringComparer.Ordinal),
        Primary = map.Primary,
        Targets = new SortedDictionary<string, NodeInfo>(map.Targets, StringComparer.Ordinal),
        Uuid = map.Uuid,
        CreationTime = map.CreationTime,
        Version = map.Version,
    };

    /// <summary>The map.</summary>
    public ClusterMap ToMap() => new(
        ClusterMap.NoNodes.AddRange(Proxies),
        ClusterMap.NoNodes.AddRange(Targets),
        Primary?.Id ?? "",
        Uuid,
        CreationTime,
        Version);
}
