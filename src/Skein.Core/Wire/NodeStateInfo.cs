using System.Text.Json.Serialization;
using Skein.Core.Maps;

namespace Skein.Core.Wire;

/// <summary>What a node knows of the cluster, by versions (health <c>cii=true</c>).</summary>
public sealed record NodeStateInfo
{
    /// <summary>State flag: the cluster has started.</summary>
    public const ulong ClusterStarted = 2;

    /// <summary>State flag: the node has started.</summary>
    public const ulong NodeStarted = 4;

    /// <summary>State flag: objects are being moved between the node's mountpaths.</summary>
    public const ulong Resilvering = 1 << 5;

    /// <summary>State flag: moving objects between the node's mountpaths was cut off.</summary>
    public const ulong ResilverInterrupted = 1 << 6;

    /// <summary>State flag: a mountpath is so full that it takes no objects.</summary>
    public const ulong OutOfSpace = 1 << 8;

    /// <summary>State flag: a mountpath is nearly full.</summary>
    public const ulong LowCapacity = 1 << 11;

    /// <summary>State flag: a mountpath is out of service because of its disk, or none is in service.</summary>
    public const ulong DiskFault = 1 << 13;

    /// <summary>State flag: the node is out of service or on its way.</summary>
    public const ulong Maintenance = 1 << 10;

    /// <summary>Cluster map.</summary>
    [JsonPropertyName("smap"), JsonPropertyOrder(1)]
    public MapState Map { get; init; } = new();

    /// <summary>Bucket metadata.</summary>
    [JsonPropertyName("bmd"), JsonPropertyOrder(2)]
    public PartState Buckets { get; init; } = new() { Uuid = "" };

    /// <summary>Rebalance metadata.</summary>
    [JsonPropertyName("rmd"), JsonPropertyOrder(3)]
    public PartState Rebalance { get; init; } = new();

    /// <summary>Configuration.</summary>
    [JsonPropertyName("config"), JsonPropertyOrder(4)]
    public PartState Config { get; init; } = new();

    /// <summary>ETL metadata; always version 0.</summary>
    [JsonPropertyName("etlmd"), JsonPropertyOrder(5)]
    public PartState Etl { get; init; } = new();

    /// <summary>State flags.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(6)]
    public ulong Flags { get; init; }

    /// <summary>The state that a document shows.</summary>
    public static NodeStateInfo From(ControlDocument document, ulong flags) => new()
    {
        Map = new MapState
        {
            Primary = new PrimaryState
            {
                PublicUrl = document.Map.Primary?.PublicNet.Url ?? "",
                ControlUrl = document.Map.Primary?.ControlNet.Url ?? "",
                Id = document.Map.PrimaryId,
            },
            Version = document.Map.Version,
            Uuid = document.Uuid,
        },
        Buckets = new PartState { Uuid = document.Buckets.Uuid, Version = document.Buckets.Version },
        Rebalance = new PartState { Version = document.Rebalance.Version },
        Config = new PartState { Version = document.Config.Version },
        Flags = flags,
    };
}

/// <summary>State of the cluster map.</summary>
public sealed record MapState
{
    /// <summary>The primary.</summary>
    [JsonPropertyName("Primary"), JsonPropertyOrder(1)]
    public PrimaryState Primary { get; init; } = new();

    /// <summary>Version.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Version { get; init; }

    /// <summary>Cluster id.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(3)]
    public string Uuid { get; init; } = "";
}

/// <summary>Where the primary is.</summary>
public sealed record PrimaryState
{
    /// <summary>Public URL.</summary>
    [JsonPropertyName("pub_url"), JsonPropertyOrder(1)]
    public string PublicUrl { get; init; } = "";

    /// <summary>Intra-control URL.</summary>
    [JsonPropertyName("control_url"), JsonPropertyOrder(2)]
    public string ControlUrl { get; init; } = "";

    /// <summary>Node id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(3)]
    public string Id { get; init; } = "";
}

/// <summary>Version of one part of the metadata.</summary>
public sealed record PartState
{
    /// <summary>Id, where the part has one.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Uuid { get; init; }

    /// <summary>Version.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Version { get; init; }
}
