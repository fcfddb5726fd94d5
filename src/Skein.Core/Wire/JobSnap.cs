using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>How one job stands on one target (AIStore's Snap); keys in this order.</summary>
public sealed record JobSnap
{
    /// <summary>What <see cref="StartTime"/> and <see cref="EndTime"/> hold for "not yet".</summary>
    public static readonly DateTime NoTime = new(0, DateTimeKind.Utc);

    /// <summary>
    /// More about the job: for a distributed sort a <see cref="Sorting.SortMetrics"/>, for another one that had errors a
    /// <see cref="JobErrors"/>, else null.
    /// </summary>
    [JsonPropertyName("ext"), JsonPropertyOrder(1)]
    public JsonElement? Extra { get; init; }

    /// <summary>When it began, UTC.</summary>
    [JsonPropertyName("start-time"), JsonPropertyOrder(2)]
    public DateTime StartTime { get; init; } = NoTime;

    /// <summary>When it ended, UTC; <see cref="NoTime"/> while it runs.</summary>
    [JsonPropertyName("end-time"), JsonPropertyOrder(3)]
    public DateTime EndTime { get; init; } = NoTime;

    /// <summary>The bucket it works on; an empty name for none.</summary>
    [JsonPropertyName("bck"), JsonPropertyOrder(4)]
    public WireBucket Bucket { get; init; } = new();

    /// <summary>Where it reads from, when it has two buckets.</summary>
    [JsonPropertyName("src-bck"), JsonPropertyOrder(5)]
    public WireBucket Source { get; init; } = new();

    /// <summary>Where it writes to, when it has two buckets.</summary>
    [JsonPropertyName("dst-bck"), JsonPropertyOrder(6)]
    public WireBucket Destination { get; init; } = new();

    /// <summary>Id; the same on all targets.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(7)]
    public string Id { get; init; } = "";

    /// <summary>Kind by its name on the wire.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(8)]
    public string Kind { get; init; } = "";

    /// <summary>Why it was aborted; empty when it was not.</summary>
    [JsonPropertyName("abort-err"), JsonPropertyOrder(9)]
    public string AbortReason { get; init; } = "";

    /// <summary>What went wrong, and how much more did; empty when nothing did.</summary>
    [JsonPropertyName("err"), JsonPropertyOrder(10)]
    public string Error { get; init; } = "";

    /// <summary>Number of a rebalance; 0 for other kinds.</summary>
    [JsonPropertyName("glob.id"), JsonPropertyOrder(11)]
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long RebalanceNumber { get; init; }

    /// <summary>What it has done.</summary>
    [JsonPropertyName("stats"), JsonPropertyOrder(12)]
    public JobStats Stats { get; init; } = new();

    /// <summary>True when it was aborted, even if it has not ended yet.</summary>
    [JsonPropertyName("aborted"), JsonPropertyOrder(13)]
    public bool IsAborted { get; init; }

    /// <summary>True when it has nothing to do at the moment, or has ended.</summary>
    [JsonPropertyName("is_idle"), JsonPropertyOrder(14)]
    public bool IsIdle { get; init; }

    /// <summary>True until it has ended.</summary>
    [JsonIgnore]
    public bool IsRunning => EndTime == NoTime;

    /// <summary>True when it has ended as it should.</summary>
    [JsonIgnore]
    public bool IsFinished => !IsRunning && !IsAborted;
}

/// <summary>Counters of a job on one target. AIStore writes them as texts.</summary>
[JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
public sealed record JobStats
{
    /// <summary>Objects dealt with on this target.</summary>
    [JsonPropertyName("loc-objs"), JsonPropertyOrder(1)]
    public long LocalObjects { get; init; }

    /// <summary>Their bytes.</summary>
    [JsonPropertyName("loc-bytes"), JsonPropertyOrder(2)]
    public long LocalBytes { get; init; }

    /// <summary>Objects sent to other targets.</summary>
    [JsonPropertyName("out-objs"), JsonPropertyOrder(3)]
    public long SentObjects { get; init; }

    /// <summary>Their bytes.</summary>
    [JsonPropertyName("out-bytes"), JsonPropertyOrder(4)]
    public long SentBytes { get; init; }

    /// <summary>Objects received from other targets.</summary>
    [JsonPropertyName("in-objs"), JsonPropertyOrder(5)]
    public long ReceivedObjects { get; init; }

    /// <summary>Their bytes.</summary>
    [JsonPropertyName("in-bytes"), JsonPropertyOrder(6)]
    public long ReceivedBytes { get; init; }
}

/// <summary>Skein: the objects that a job could not deal with; the first of them by name.</summary>
public sealed record JobErrors
{
    /// <summary>How many errors there were.</summary>
    [JsonPropertyName("error_count"), JsonPropertyOrder(1)]
    public long Count { get; init; }

    /// <summary>The first of them.</summary>
    [JsonPropertyName("errors"), JsonPropertyOrder(2)]
    public IReadOnlyList<JobError> First { get; init; } = [];
}

/// <summary>One object that a job could not deal with.</summary>
public sealed record JobError
{
    /// <summary>The object, as in <c>ais://b/o</c>; empty when the error is of no single object.</summary>
    [JsonPropertyName("object"), JsonPropertyOrder(1)]
    public string Object { get; init; } = "";

    /// <summary>What went wrong.</summary>
    [JsonPropertyName("message"), JsonPropertyOrder(2)]
    public string Message { get; init; } = "";
}
