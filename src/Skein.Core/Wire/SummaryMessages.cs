using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>What is to be summed up (AIStore's BsummMsg).</summary>
public sealed record SummaryMessage
{
    /// <summary>Id of the job; empty to begin one.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string? Uuid { get; init; } = "";

    /// <summary>Only names that begin so.</summary>
    [JsonPropertyName("prefix"), JsonPropertyOrder(2)]
    public string? Prefix { get; init; } = "";

    /// <summary>Only what is in the cluster; Skein's own buckets have nothing else.</summary>
    [JsonPropertyName("cached"), JsonPropertyOrder(3)]
    public bool Cached { get; init; }

    /// <summary>Only buckets that the cluster knows.</summary>
    [JsonPropertyName("present"), JsonPropertyOrder(4)]
    public bool Present { get; init; }

    /// <summary>Do not make a remote bucket known.</summary>
    [JsonPropertyName("dont_add_remote"), JsonPropertyOrder(5)]
    public bool DontAddRemote { get; init; }
}

/// <summary>The sum of a bucket (AIStore's BsummResult).</summary>
public sealed record BucketSummary
{
    /// <summary>Bucket name.</summary>
    [JsonPropertyName("name"), JsonPropertyOrder(1)]
    public string Name { get; init; } = "";

    /// <summary>Provider.</summary>
    [JsonPropertyName("provider"), JsonPropertyOrder(2)]
    public string Provider { get; init; } = "";

    /// <summary>Namespace.</summary>
    [JsonPropertyName("namespace"), JsonPropertyOrder(3)]
    public WireNamespace Namespace { get; init; } = new();

    /// <summary>How many objects.</summary>
    [JsonPropertyName("ObjCount"), JsonPropertyOrder(4)]
    public SummaryCount Count { get; init; } = new();

    /// <summary>How large they are, in bytes.</summary>
    [JsonPropertyName("ObjSize"), JsonPropertyOrder(5)]
    public SummarySizes Sizes { get; init; } = new();

    /// <summary>How large they are together, in bytes.</summary>
    [JsonPropertyName("TotalSize"), JsonPropertyOrder(6)]
    public SummaryTotals Totals { get; init; } = new();

    /// <summary>Part of the disks that the bucket takes, in percent.</summary>
    [JsonPropertyName("used_pct"), JsonPropertyOrder(7)]
    public long UsedPercent { get; init; }

    /// <summary>True when the cluster knows the bucket; told by HEAD only.</summary>
    [JsonPropertyName("is_present"), JsonPropertyOrder(8)]
    public bool IsPresent { get; init; }
}

/// <summary>Numbers of objects.</summary>
[JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
public sealed record SummaryCount
{
    /// <summary>In the cluster.</summary>
    [JsonPropertyName("obj_count_present"), JsonPropertyOrder(1)]
    public long Present { get; init; }

    /// <summary>In a remote backend only.</summary>
    [JsonPropertyName("obj_count_remote"), JsonPropertyOrder(2)]
    public long Remote { get; init; }
}

/// <summary>Sizes of objects, in bytes; 0 when there are none.</summary>
public sealed record SummarySizes
{
    /// <summary>The smallest.</summary>
    [JsonPropertyName("obj_min_size"), JsonPropertyOrder(1)]
    public long Smallest { get; init; }

    /// <summary>The average.</summary>
    [JsonPropertyName("obj_avg_size"), JsonPropertyOrder(2)]
    public long Average { get; init; }

    /// <summary>The largest.</summary>
    [JsonPropertyName("obj_max_size"), JsonPropertyOrder(3)]
    public long Largest { get; init; }
}

/// <summary>Sizes in sum, in bytes.</summary>
[JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
public sealed record SummaryTotals
{
    /// <summary>What the objects take on disk: their sizes in whole blocks.</summary>
    [JsonPropertyName("size_on_disk"), JsonPropertyOrder(1)]
    public long OnDisk { get; init; }

    /// <summary>The objects in the cluster.</summary>
    [JsonPropertyName("size_all_present_objs"), JsonPropertyOrder(2)]
    public long Present { get; init; }

    /// <summary>The objects in a remote backend only.</summary>
    [JsonPropertyName("size_all_remote_objs"), JsonPropertyOrder(3)]
    public long Remote { get; init; }

    /// <summary>All disks of all targets.</summary>
    [JsonPropertyName("total_disks_size"), JsonPropertyOrder(4)]
    public long Disks { get; init; }
}

/// <summary>Between nodes: what one target has counted for a summary.</summary>
public sealed record SummaryShare
{
    /// <summary>True when it has counted everything.</summary>
    [JsonPropertyName("done"), JsonPropertyOrder(1)]
    public bool IsDone { get; init; }

    /// <summary>Why it could not; empty when it could.</summary>
    [JsonPropertyName("err"), JsonPropertyOrder(2)]
    public string Error { get; init; } = "";

    /// <summary>Bytes of this target's disks.</summary>
    [JsonPropertyName("disks"), JsonPropertyOrder(3)]
    public long Disks { get; init; }

    /// <summary>The buckets.</summary>
    [JsonPropertyName("buckets"), JsonPropertyOrder(4)]
    public IReadOnlyList<SummaryFigures> Buckets { get; init; } = [];
}

/// <summary>Between nodes: what one target has counted of a bucket.</summary>
public sealed record SummaryFigures
{
    /// <summary>The bucket.</summary>
    [JsonPropertyName("bck"), JsonPropertyOrder(1)]
    public WireBucket Bucket { get; init; } = new();

    /// <summary>Objects.</summary>
    [JsonPropertyName("objs"), JsonPropertyOrder(2)]
    public long Objects { get; init; }

    /// <summary>Their bytes.</summary>
    [JsonPropertyName("bytes"), JsonPropertyOrder(3)]
    public long Bytes { get; init; }

    /// <summary>The same in whole blocks of the disk.</summary>
    [JsonPropertyName("on-disk"), JsonPropertyOrder(4)]
    public long OnDisk { get; init; }

    /// <summary>Bytes of the smallest; <see cref="long.MaxValue"/> for none.</summary>
    [JsonPropertyName("min"), JsonPropertyOrder(5)]
    public long Smallest { get; init; } = long.MaxValue;

    /// <summary>Bytes of the largest.</summary>
    [JsonPropertyName("max"), JsonPropertyOrder(6)]
    public long Largest { get; init; }

    /// <summary>Size of a block that is assumed for <see cref="OnDisk"/>, in bytes.</summary>
    public const long BlockBytes = 4096;

    /// <summary>The same with one more object.</summary>
    public SummaryFigures With(long size) => this with
    {
        Objects = Objects + 1,
        Bytes = Bytes + size,
        OnDisk = OnDisk + ((size + BlockBytes - 1) / BlockBytes * BlockBytes),
        Smallest = Math.Min(Smallest, size),
        Largest = Math.Max(Largest, size),
    };

    /// <summary>Both together.</summary>
    public SummaryFigures With(SummaryFigures other) => this with
    {
        Objects = Objects + other.Objects,
        Bytes = Bytes + other.Bytes,
        OnDisk = OnDisk + other.OnDisk,
        Smallest = Math.Min(Smallest, other.Smallest),
        Largest = Math.Max(Largest, other.Largest),
    };

    /// <summary>As clients see it.</summary>
    /// <param name="disks">Bytes of all disks.</param>
    /// <param name="isPresent">See <see cref="BucketSummary.IsPresent"/>.</param>
    public BucketSummary Show(long disks, bool isPresent) => new()
    {
        Name = Bucket.Name,
        Provider = Bucket.Provider,
        Namespace = Bucket.Namespace ?? new WireNamespace(),
        Count = new SummaryCount { Present = Objects },
        Sizes = new SummarySizes
        {
            Smallest = Objects == 0 ? 0 : Smallest,
            Average = Objects == 0 ? 0 : Bytes / Objects,
            Largest = Largest,
        },
        Totals = new SummaryTotals { OnDisk = OnDisk, Present = Bytes, Disks = disks },
        UsedPercent = disks == 0 ? 0 : OnDisk * 100 / disks,
        IsPresent = isPresent,
    };
}
