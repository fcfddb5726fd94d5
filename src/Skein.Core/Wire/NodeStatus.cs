using System.Text.Json.Serialization;
using Skein.Core.Nodes;

namespace Skein.Core.Wire;

/// <summary>Everything a node says of itself (<c>what=node_status</c>).</summary>
public sealed record NodeStatus
{
    /// <summary>The node.</summary>
    [JsonPropertyName("snode"), JsonPropertyOrder(1)]
    public NodeInfo? Node { get; init; }

    /// <summary>Counters by name, plain numbers.</summary>
    [JsonPropertyName("tracker"), JsonPropertyOrder(2)]
    public SortedDictionary<string, long>? Tracker { get; init; }

    /// <summary>Capacity; zero for a proxy.</summary>
    [JsonPropertyName("capacity"), JsonPropertyOrder(3)]
    public TargetCapacity Capacity { get; init; } = new();

    /// <summary>What the node knows of the cluster.</summary>
    [JsonPropertyName("Cluster"), JsonPropertyOrder(4)]
    public NodeStateInfo Cluster { get; init; } = new();

    /// <summary>Empty for a live node; <c>maintenance</c> or <c>decommission</c> when a proxy answers for the node.</summary>
    [JsonPropertyName("status"), JsonPropertyOrder(5)]
    public string Status { get; init; } = "";

    /// <summary>Kind of deployment.</summary>
    [JsonPropertyName("deployment"), JsonPropertyOrder(6)]
    public string Deployment { get; init; } = "";

    /// <summary>Product version.</summary>
    [JsonPropertyName("ais_version"), JsonPropertyOrder(7)]
    public string ProductVersion { get; init; } = "";

    /// <summary>Build time.</summary>
    [JsonPropertyName("build_time"), JsonPropertyOrder(8)]
    public string BuildTime { get; init; } = "";

    /// <summary>Kubernetes pod, or empty.</summary>
    [JsonPropertyName("k8s_pod_name"), JsonPropertyOrder(9)]
    public string PodName { get; init; } = "";

    /// <summary>Memory, CPU and load of the machine.</summary>
    [JsonPropertyName("sys_info"), JsonPropertyOrder(10)]
    public SystemInfo System { get; init; } = new();

    /// <summary>Version of the node's cluster map.</summary>
    [JsonPropertyName("smap_version"), JsonPropertyOrder(11)]
    public string MapVersion { get; init; } = "0";
}

/// <summary>Capacity of a target (AIStore's Tcdf).</summary>
public sealed record TargetCapacity
{
    /// <summary>Capacity by mountpath; null for a proxy.</summary>
    [JsonPropertyName("Mountpaths"), JsonPropertyOrder(1)]
    public SortedDictionary<string, MountpathCapacity>? Mountpaths { get; init; }

    /// <summary>Bytes used on all file systems, each counted once.</summary>
    [JsonPropertyName("total_used"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long TotalUsed { get; init; }

    /// <summary>Bytes available on all file systems, each counted once.</summary>
    [JsonPropertyName("total_avail"), JsonPropertyOrder(3)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long TotalAvailable { get; init; }

    /// <summary>Fullest mountpath, percent.</summary>
    [JsonPropertyName("pct_max"), JsonPropertyOrder(4)]
    public int PercentMax { get; init; }

    /// <summary>Average over mountpaths, percent.</summary>
    [JsonPropertyName("pct_avg"), JsonPropertyOrder(5)]
    public int PercentAverage { get; init; }

    /// <summary>Emptiest mountpath, percent.</summary>
    [JsonPropertyName("pct_min"), JsonPropertyOrder(6)]
    public int PercentMin { get; init; }

    /// <summary>Why capacity is a problem; empty when it is none.</summary>
    [JsonPropertyName("cs_err"), JsonPropertyOrder(7)]
    public string Problem { get; init; } = "";
}

/// <summary>Capacity of one mountpath.</summary>
public sealed record MountpathCapacity
{
    /// <summary>Bytes used of the file system.</summary>
    [JsonPropertyName("used"), JsonPropertyOrder(1)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Used { get; init; }

    /// <summary>Bytes available on the file system.</summary>
    [JsonPropertyName("avail"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Available { get; init; }

    /// <summary>Percent used.</summary>
    [JsonPropertyName("pct_used"), JsonPropertyOrder(3)]
    public int PercentUsed { get; init; }

    /// <summary>Disks under the file system.</summary>
    [JsonPropertyName("disks"), JsonPropertyOrder(4)]
    public IReadOnlyList<string> Disks { get; init; } = [];

    /// <summary>Operator's label.</summary>
    [JsonPropertyName("mountpath_label"), JsonPropertyOrder(5)]
    public string Label { get; init; } = "";

    /// <summary>File system.</summary>
    [JsonPropertyName("fs"), JsonPropertyOrder(6)]
    public FileSystemInfo FileSystem { get; init; } = new();
}

/// <summary>A file system as AIStore prints it.</summary>
public sealed record FileSystemInfo
{
    /// <summary>Device.</summary>
    [JsonPropertyName("Fs"), JsonPropertyOrder(1)]
    public string Device { get; init; } = "";

    /// <summary>Type, for example <c>ext4</c>.</summary>
    [JsonPropertyName("FsType"), JsonPropertyOrder(2)]
    public string Type { get; init; } = "";

    /// <summary>File system id.</summary>
    [JsonPropertyName("FsID"), JsonPropertyOrder(3)]
    public string Id { get; init; } = "";
}

/// <summary>Memory, CPU and load (AIStore's MemCPUInfo).</summary>
public sealed record SystemInfo
{
    /// <summary>Bytes of memory that the node uses.</summary>
    [JsonPropertyName("mem_used"), JsonPropertyOrder(1)]
    public long MemoryUsed { get; init; }

    /// <summary>Bytes of memory available on the machine.</summary>
    [JsonPropertyName("mem_avail"), JsonPropertyOrder(2)]
    public long MemoryAvailable { get; init; }

    /// <summary>Percent of the machine's memory that the node uses.</summary>
    [JsonPropertyName("pct_mem_used"), JsonPropertyOrder(3)]
    public double PercentMemoryUsed { get; init; }

    /// <summary>Percent of one CPU that the node uses.</summary>
    [JsonPropertyName("pct_cpu_used"), JsonPropertyOrder(4)]
    public double PercentCpuUsed { get; init; }

    /// <summary>Load averages.</summary>
    [JsonPropertyName("load_avg"), JsonPropertyOrder(5)]
    public LoadAverage Load { get; init; } = new();
}

/// <summary>Load averages of the machine.</summary>
public sealed record LoadAverage
{
    /// <summary>Over one minute.</summary>
    [JsonPropertyName("One"), JsonPropertyOrder(1)]
    public double One { get; init; }

    /// <summary>Over five minutes.</summary>
    [JsonPropertyName("Five"), JsonPropertyOrder(2)]
    public double Five { get; init; }

    /// <summary>Over fifteen minutes.</summary>
    [JsonPropertyName("Fifteen"), JsonPropertyOrder(3)]
    public double Fifteen { get; init; }
}
