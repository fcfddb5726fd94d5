using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Core.Sorting;

/// <summary>How a distributed sort stands on one target, or, in a list, on all together (AIStore's dsort JobInfo).</summary>
public sealed record SortJobInfo
{
    /// <summary>Id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string Id { get; init; } = "";

    /// <summary>Bucket that is read.</summary>
    [JsonPropertyName("src-bck"), JsonPropertyOrder(2)]
    public WireBucket Source { get; init; } = new();

    /// <summary>Bucket that is written.</summary>
    [JsonPropertyName("dst-bck"), JsonPropertyOrder(3)]
    public WireBucket Destination { get; init; } = new();

    /// <summary>When it began, UTC.</summary>
    [JsonPropertyName("started_time"), JsonPropertyOrder(4)]
    public DateTime StartedTime { get; init; } = JobSnap.NoTime;

    /// <summary>When its last phase ended, UTC.</summary>
    [JsonPropertyName("finish_time"), JsonPropertyOrder(5)]
    public DateTime FinishTime { get; init; } = JobSnap.NoTime;

    /// <summary>How long shards were read, in nanoseconds; the key is AIStore's.</summary>
    [JsonPropertyName("started_meta_sorting"), JsonPropertyOrder(6)]
    public long ExtractionNanoseconds { get; init; }

    /// <summary>How long was sorted, in nanoseconds.</summary>
    [JsonPropertyName("started_shard_creation"), JsonPropertyOrder(7)]
    public long SortingNanoseconds { get; init; }

    /// <summary>How long shards were written, in nanoseconds.</summary>
    [JsonPropertyName("finished_shard_creation"), JsonPropertyOrder(8)]
    public long CreationNanoseconds { get; init; }

    /// <summary>Shards read.</summary>
    [JsonPropertyName("loc-objs"), JsonPropertyOrder(9)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long Objects { get; init; }

    /// <summary>Bytes of the files in them.</summary>
    [JsonPropertyName("loc-bytes"), JsonPropertyOrder(10)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long Bytes { get; init; }

    /// <summary>The phases; in a list those of one target.</summary>
    [JsonPropertyName("Metrics"), JsonPropertyOrder(11)]
    public SortMetrics Metrics { get; init; } = new();

    /// <summary>True when it was stopped or failed.</summary>
    [JsonPropertyName("aborted"), JsonPropertyOrder(12)]
    public bool IsAborted { get; init; }

    /// <summary>True when it has ended.</summary>
    [JsonPropertyName("archived"), JsonPropertyOrder(13)]
    public bool IsArchived { get; init; }

    /// <summary>What a target says of a sort.</summary>
    /// <param name="snap">The job, with its metrics as <see cref="JobSnap.Extra"/>.</param>
    /// <exception cref="JsonException">When the metrics are something else.</exception>
    public static SortJobInfo Of(JobSnap snap)
    {
        var metrics = snap.Extra is { ValueKind: JsonValueKind.Object } extra
            ? extra.Deserialize(WireJsonContext.Default.SortMetrics) ?? new SortMetrics()
            : new SortMetrics();
        if (snap.IsAborted)
        {
            var errors = metrics.Errors is { Count: > 0 } own ? own : [snap.AbortReason];
            metrics = metrics with { IsAborted = true, Errors = errors };
        }
        metrics = metrics with { IsArchived = !snap.IsRunning };
        return new SortJobInfo
        {
            Id = snap.Id,
            Source = snap.Source,
            Destination = snap.Destination,
            StartedTime = metrics.Extraction.StartedTime,
            FinishTime = metrics.Creation.EndTime,
            ExtractionNanoseconds = metrics.Extraction.ElapsedNanoseconds,
            SortingNanoseconds = metrics.Sorting.ElapsedNanoseconds,
            CreationNanoseconds = metrics.Creation.ElapsedNanoseconds,
            Objects = metrics.Extraction.ExtractedCount,
            Bytes = metrics.Extraction.ExtractedSize,
            Metrics = metrics,
            IsAborted = metrics.IsAborted,
            IsArchived = metrics.IsArchived,
        };
    }

    /// <summary>The same sort on this target and another one together; the metrics stay those of this one.</summary>
    public SortJobInfo With(SortJobInfo other) => this with
    {
        StartedTime = StartedTime == JobSnap.NoTime || (other.StartedTime != JobSnap.NoTime && other.StartedTime < StartedTime)
            ? other.StartedTime
            : StartedTime,
        FinishTime = FinishTime == JobSnap.NoTime || other.FinishTime == JobSnap.NoTime
            ? JobSnap.NoTime
            : FinishTime > other.FinishTime ? FinishTime : other.FinishTime,
        ExtractionNanoseconds = Math.Max(ExtractionNanoseconds, other.ExtractionNanoseconds),
        SortingNanoseconds = Math.Max(SortingNanoseconds, other.SortingNanoseconds),
        CreationNanoseconds = Math.Max(CreationNanoseconds, other.CreationNanoseconds),
        Objects = Objects + other.Objects,
        Bytes = Bytes + other.Bytes,
        IsAborted = IsAborted || other.IsAborted,
        IsArchived = IsArchived && other.IsArchived,
    };
}

/// <summary>What a target has done for a sort (AIStore's dsort Metrics).</summary>
public sealed record SortMetrics
{
    /// <summary>Reading of this target's shards.</summary>
    [JsonPropertyName("local_extraction"), JsonPropertyOrder(1)]
    public SortExtraction Extraction { get; init => field = value ?? new(); } = new();

    /// <summary>Collecting and sorting of the records, or waiting for the target that does.</summary>
    [JsonPropertyName("meta_sorting"), JsonPropertyOrder(2)]
    public SortOrdering Sorting { get; init => field = value ?? new(); } = new();

    /// <summary>Writing of this target's shards.</summary>
    [JsonPropertyName("shard_creation"), JsonPropertyOrder(3)]
    public SortCreation Creation { get; init => field = value ?? new(); } = new();

    /// <summary>What the client said of it; absent for nothing.</summary>
    [JsonPropertyName("description"), JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    /// <summary>What was wrong and did not end it; absent for nothing.</summary>
    [JsonPropertyName("warnings"), JsonPropertyOrder(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Why it was stopped; absent when it was not.</summary>
    [JsonPropertyName("errors"), JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Errors { get; init; }

    /// <summary>True when it was stopped or failed.</summary>
    [JsonPropertyName("aborted"), JsonPropertyOrder(7)]
    public bool IsAborted { get; init; }

    /// <summary>True when it has ended.</summary>
    [JsonPropertyName("archived"), JsonPropertyOrder(8)]
    public bool IsArchived { get; init; }
}

/// <summary>When a phase ran. AIStore's durations are nanoseconds.</summary>
public abstract record SortPhase
{
    /// <summary>When it began, UTC; <see cref="JobSnap.NoTime"/> when it has not.</summary>
    [JsonPropertyName("started_time"), JsonPropertyOrder(-5)]
    public DateTime StartedTime { get; init; } = JobSnap.NoTime;

    /// <summary>When it ended, UTC; <see cref="JobSnap.NoTime"/> when it has not.</summary>
    [JsonPropertyName("end_time"), JsonPropertyOrder(-4)]
    public DateTime EndTime { get; init; } = JobSnap.NoTime;

    /// <summary>How long it has run, in nanoseconds.</summary>
    [JsonPropertyName("elapsed"), JsonPropertyOrder(-3)]
    public long ElapsedNanoseconds { get; init; }

    /// <summary>True while it runs.</summary>
    [JsonPropertyName("running"), JsonPropertyOrder(-2)]
    public bool IsRunning { get; init; }

    /// <summary>True when it has come to its end.</summary>
    [JsonPropertyName("finished"), JsonPropertyOrder(-1)]
    public bool IsFinished { get; init; }
}

/// <summary>Reading of shards.</summary>
public sealed record SortExtraction : SortPhase
{
    /// <summary>Shards of the whole sort; those of this target where only a prefix is known.</summary>
    [JsonPropertyName("total_count"), JsonPropertyOrder(1)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long TotalCount { get; init; }

    /// <summary>Shards read by this target.</summary>
    [JsonPropertyName("extracted_count"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long ExtractedCount { get; init; }

    /// <summary>Bytes of the files in them.</summary>
    [JsonPropertyName("extracted_size"), JsonPropertyOrder(3)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long ExtractedSize { get; init; }

    /// <summary>Records in them.</summary>
    [JsonPropertyName("extracted_record_count"), JsonPropertyOrder(4)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long RecordCount { get; init; }

    /// <summary>Shards whose content was unpacked into work files.</summary>
    [JsonPropertyName("extracted_to_disk_count"), JsonPropertyOrder(5)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long ToDiskCount { get; init; }

    /// <summary>Bytes unpacked so.</summary>
    [JsonPropertyName("extracted_to_disk_size"), JsonPropertyOrder(6)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long ToDiskSize { get; init; }
}

/// <summary>Sorting of the records.</summary>
public sealed record SortOrdering : SortPhase
{
    /// <summary>Lists of records sent to the target that sorts.</summary>
    [JsonPropertyName("sent_stats"), JsonPropertyOrder(1)]
    public SortTimes Sent { get; init => field = value ?? new(); } = new();

    /// <summary>Lists of records received by the target that sorts.</summary>
    [JsonPropertyName("recv_stats"), JsonPropertyOrder(2)]
    public SortTimes Received { get; init => field = value ?? new(); } = new();
}

/// <summary>Writing of shards.</summary>
public sealed record SortCreation : SortPhase
{
    /// <summary>Shards that this target writes.</summary>
    [JsonPropertyName("to_create"), JsonPropertyOrder(1)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long ToCreate { get; init; }

    /// <summary>Shards that it has written.</summary>
    [JsonPropertyName("created_count"), JsonPropertyOrder(2)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long CreatedCount { get; init; }

    /// <summary>Of these, shards whose name had another owner by then: they were sent there.</summary>
    [JsonPropertyName("moved_shard_count"), JsonPropertyOrder(3)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long MovedCount { get; init; }
}

/// <summary>How long something took, in milliseconds.</summary>
[JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
public sealed record SortTimes
{
    /// <summary>All together.</summary>
    [JsonPropertyName("total_ms"), JsonPropertyOrder(1)]
    public long Total { get; init; }

    /// <summary>How often.</summary>
    [JsonPropertyName("count"), JsonPropertyOrder(2)]
    public long Count { get; init; }

    /// <summary>Shortest; 0 for none.</summary>
    [JsonPropertyName("min_ms"), JsonPropertyOrder(3)]
    public long Shortest { get; init; }

    /// <summary>Longest.</summary>
    [JsonPropertyName("max_ms"), JsonPropertyOrder(4)]
    public long Longest { get; init; }

    /// <summary>Average.</summary>
    [JsonPropertyName("avg_ms"), JsonPropertyOrder(5)]
    public long Average { get; init; }

    /// <summary>The same with one more.</summary>
    /// <param name="milliseconds">How long it took.</param>
    public SortTimes With(long milliseconds) => new()
    {
        Total = Total + milliseconds,
        Count = Count + 1,
        Shortest = Count == 0 ? milliseconds : Math.Min(Shortest, milliseconds),
        Longest = Math.Max(Longest, milliseconds),
        Average = (Total + milliseconds) / (Count + 1),
    };
}
