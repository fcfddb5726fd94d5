using System.Text.Json.Serialization;
using Skein.Core.Jobs;

namespace Skein.Core.Wire;

/// <summary>
/// Which jobs are meant, or what job to start. AIStore has two shapes for it, QueryMsg and ArgsMsg, and its clients mix
/// them: names count without regard to case, and the node is <c>node</c> or <c>DaemonID</c>.
/// </summary>
public sealed record JobMessage
{
    /// <summary>Id of a job; empty for any.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string? Id { get; init; }

    /// <summary>Kind by name or display name; empty for any.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(2)]
    public string? Kind { get; init; }

    /// <summary>Node; empty for every target.</summary>
    [JsonPropertyName("node"), JsonPropertyOrder(3)]
    public string? Node { get; init; }

    /// <summary>Another name of <see cref="Node"/>.</summary>
    [JsonPropertyName("DaemonID"), JsonPropertyOrder(4)]
    public string? DaemonId { get; init; }

    /// <summary>True for jobs that run, false for those that have ended, null for both.</summary>
    [JsonPropertyName("show_active"), JsonPropertyOrder(5)]
    public bool? ShowActive { get; init; }

    /// <summary>Bucket; null or without a name for any.</summary>
    [JsonPropertyName("bck"), JsonPropertyOrder(6)]
    public WireBucket? Bucket { get; init; }

    /// <summary>Further buckets.</summary>
    [JsonPropertyName("buckets"), JsonPropertyOrder(7)]
    public IReadOnlyList<WireBucket>? Buckets { get; init; }

    /// <summary>Do it although something speaks against it.</summary>
    [JsonPropertyName("Force"), JsonPropertyOrder(8)]
    public bool? Force { get; init; }

    /// <summary>The same as <see cref="ShowActive"/> true.</summary>
    [JsonPropertyName("OnlyRunning"), JsonPropertyOrder(9)]
    public bool? OnlyRunning { get; init; }

    /// <summary>Between nodes: what a job over the objects of a bucket does; null for any other job.</summary>
    [JsonPropertyName("work"), JsonPropertyOrder(10)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BucketWork? Work { get; init; }

    /// <summary><see cref="Id"/>, never null.</summary>
    [JsonIgnore]
    public string AskedId => Id ?? "";

    /// <summary><see cref="Kind"/>, never null.</summary>
    [JsonIgnore]
    public string AskedKind => Kind ?? "";

    /// <summary>The node by either name; empty for every target.</summary>
    [JsonIgnore]
    public string AskedNode => string.IsNullOrEmpty(Node) ? DaemonId ?? "" : Node;

    /// <summary>The bucket; null for any.</summary>
    [JsonIgnore]
    public WireBucket? AskedBucket => string.IsNullOrEmpty(Bucket?.Name) ? null : Bucket;

    /// <summary><see cref="ShowActive"/> or <see cref="OnlyRunning"/>.</summary>
    [JsonIgnore]
    public bool? AskedActive => ShowActive ?? (OnlyRunning == true ? true : null);

    /// <summary>The same with only the fields that nodes send each other, each under one name.</summary>
    public JobMessage Tidy() => this with
    {
        Node = AskedNode,
        DaemonId = null,
        ShowActive = AskedActive,
        OnlyRunning = null,
        Bucket = AskedBucket,
    };

    /// <summary>True when a job is meant. An unknown kind stands for every kind, as in AIStore.</summary>
    public bool Matches(JobSnap snap) =>
        (AskedId.Length == 0 || snap.Id == AskedId)
        && (JobKinds.Find(AskedKind) is not { } kind || snap.Kind == kind.Name)
        && (AskedActive is not { } active || active == snap.IsRunning)
        && (AskedBucket is not { } bucket
            || Same(bucket, snap.Bucket) || Same(bucket, snap.Source) || Same(bucket, snap.Destination));

    private static bool Same(WireBucket asked, WireBucket has) =>
        asked.Name == has.Name
        && (asked.Provider.Length == 0 ? "ais" : asked.Provider) == has.Provider
        && (asked.Namespace?.Name ?? "") == (has.Namespace?.Name ?? "")
        && (asked.Namespace?.Uuid ?? "") == (has.Namespace?.Uuid ?? "");
}

/// <summary>How one job stands on all targets together (AIStore's nl.Status).</summary>
public sealed record JobStatus
{
    /// <summary>Kind by its name on the wire.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(1)]
    public string Kind { get; init; } = "";

    /// <summary>Id.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(2)]
    public string Id { get; init; } = "";

    /// <summary>What went wrong on any target; empty when nothing did.</summary>
    [JsonPropertyName("err"), JsonPropertyOrder(3)]
    public string Error { get; init; } = "";

    /// <summary>When the last target was done, Unix nanoseconds; 0 while it runs anywhere.</summary>
    [JsonPropertyName("end_time"), JsonPropertyOrder(4)]
    public long EndTime { get; init; }

    /// <summary>True when it was aborted on any target.</summary>
    [JsonPropertyName("aborted"), JsonPropertyOrder(5)]
    public bool IsAborted { get; init; }
}
