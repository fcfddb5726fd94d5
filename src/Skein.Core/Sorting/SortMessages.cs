using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Core.Sorting;

/// <summary>
/// What a distributed sort of shards is to do (AIStore's dsort RequestSpec). Sizes and the seed may be texts or numbers.
/// </summary>
public sealed record SortMessage
{
    /// <summary>Bucket of the shards to read.</summary>
    [JsonPropertyName("input_bck"), JsonPropertyOrder(1)]
    public WireBucket? InputBucket { get; init; }

    /// <summary>Which of its objects.</summary>
    [JsonPropertyName("input_format"), JsonPropertyOrder(2)]
    public SortInput? InputFormat { get; init; }

    /// <summary>Template of the names of the shards to write; not needed with <see cref="OrderFile"/>.</summary>
    [JsonPropertyName("output_format"), JsonPropertyOrder(3)]
    public string? OutputFormat { get; init; }

    /// <summary>Size of a shard to write, as in <c>10KB</c>; empty for whatever the names of the template suffice for.</summary>
    [JsonPropertyName("output_shard_size"), JsonPropertyOrder(4)]
    public JsonElement? OutputShardSize { get; init; }

    /// <summary>Extension of the shards to read; empty to go by their names.</summary>
    [JsonPropertyName("input_extension"), JsonPropertyOrder(5)]
    public string? InputExtension { get; init; }

    /// <summary>Extension of the shards to write; empty for the same.</summary>
    [JsonPropertyName("output_extension"), JsonPropertyOrder(6)]
    public string? OutputExtension { get; init; }

    /// <summary>For people.</summary>
    [JsonPropertyName("description"), JsonPropertyOrder(7)]
    public string? Description { get; init; }

    /// <summary>Bucket of the shards to write; none for <see cref="InputBucket"/>.</summary>
    [JsonPropertyName("output_bck"), JsonPropertyOrder(8)]
    public WireBucket? OutputBucket { get; init; }

    /// <summary>How the records are sorted; null for by their names.</summary>
    [JsonPropertyName("algorithm"), JsonPropertyOrder(9)]
    public SortAlgorithmMessage? Algorithm { get; init; }

    /// <summary>URL of a file that says which record goes into which shards; empty for none.</summary>
    [JsonPropertyName("order_file"), JsonPropertyOrder(10)]
    public string? OrderFile { get; init; }

    /// <summary>What separates record and shards in a line of that file; empty for a tabulator.</summary>
    [JsonPropertyName("order_file_sep"), JsonPropertyOrder(11)]
    public string? OrderFileSeparator { get; init; }

    /// <summary>Memory of a target that the list of records may take, as <c>80%</c> or <c>10GB</c>.</summary>
    [JsonPropertyName("max_mem_usage"), JsonPropertyOrder(12)]
    public JsonElement? MaxMemoryUsage { get; init; }

    /// <summary>Shards that a target reads at a time; 0 for the default.</summary>
    [JsonPropertyName("extract_concurrency_max_limit"), JsonPropertyOrder(13)]
    public int ExtractWorkers { get; init; }

    /// <summary>Shards that a target writes at a time; 0 for the default.</summary>
    [JsonPropertyName("create_concurrency_max_limit"), JsonPropertyOrder(14)]
    public int CreateWorkers { get; init; }

    /// <summary>AIStore's choice between two ways of working; Skein has one and takes every known word.</summary>
    [JsonPropertyName("dsorter_type"), JsonPropertyOrder(15)]
    public string? SorterType { get; init; }

    /// <summary>True to write nothing.</summary>
    [JsonPropertyName("dry_run"), JsonPropertyOrder(16)]
    public bool IsDryRun { get; init; }

    /// <summary>What overrides the section <c>distributed_sort</c> of the configuration.</summary>
    [JsonPropertyName("Config"), JsonPropertyOrder(17)]
    public SortReactionsMessage? Config { get; init; }

    /// <summary>Members that are none of these; settable since the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Which shards are read: listed, or by a template; with neither all of the bucket.</summary>
public sealed record SortInput
{
    /// <summary>A template or a prefix.</summary>
    [JsonPropertyName("template"), JsonPropertyOrder(1)]
    public string? Template { get; init; }

    /// <summary>Names; they count before the template.</summary>
    [JsonPropertyName("objnames"), JsonPropertyOrder(2)]
    public IReadOnlyList<string>? ObjectNames { get; init; }

    /// <summary>Members that are none of these; settable since the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>How records are sorted.</summary>
public sealed record SortAlgorithmMessage
{
    /// <summary><c>alphanumeric</c> (also when empty), <c>md5</c>, <c>shuffle</c>, <c>content</c> or <c>none</c>.</summary>
    [JsonPropertyName("kind"), JsonPropertyOrder(1)]
    public string? Kind { get; init; }

    /// <summary>True for the greatest first.</summary>
    [JsonPropertyName("decreasing"), JsonPropertyOrder(2)]
    public bool IsDecreasing { get; init; }

    /// <summary>Seed of a shuffle, a number of 0 or more; empty for another order each time.</summary>
    [JsonPropertyName("seed"), JsonPropertyOrder(3)]
    public JsonElement? Seed { get; init; }

    /// <summary>Extension of the file of a record that holds what is sorted by, for <c>content</c>.</summary>
    [JsonPropertyName("extension"), JsonPropertyOrder(4)]
    public string? Extension { get; init; }

    /// <summary>What that file holds: <c>int</c>, <c>float</c> or <c>string</c>.</summary>
    [JsonPropertyName("content_key_type"), JsonPropertyOrder(5)]
    public string? ContentKeyType { get; init; }

    /// <summary>Members that are none of these; settable since the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>
/// The section <c>distributed_sort</c> of the configuration, as far as one sort may differ from it: what happens when
/// something is wrong, <c>ignore</c>, <c>warn</c> or <c>abort</c>.
/// </summary>
public sealed record SortReactionsMessage
{
    /// <summary>A file occurs twice in a shard.</summary>
    [JsonPropertyName("duplicated_records"), JsonPropertyOrder(1)]
    public string? DuplicatedRecords { get; init; }

    /// <summary>A shard to read does not exist.</summary>
    [JsonPropertyName("missing_shards"), JsonPropertyOrder(2)]
    public string? MissingShards { get; init; }

    /// <summary>A line of the order file has not two parts.</summary>
    [JsonPropertyName("ekm_malformed_line"), JsonPropertyOrder(3)]
    public string? MalformedLine { get; init; }

    /// <summary>A record is not in the order file.</summary>
    [JsonPropertyName("ekm_missing_key"), JsonPropertyOrder(4)]
    public string? MissingKey { get; init; }

    /// <summary>As <see cref="SortMessage.MaxMemoryUsage"/>.</summary>
    [JsonPropertyName("default_max_mem_usage"), JsonPropertyOrder(5)]
    public JsonElement? MaxMemoryUsage { get; init; }

    /// <summary>Limit of one call between targets; taken and not used: a sort goes by what targets answer.</summary>
    [JsonPropertyName("call_timeout"), JsonPropertyOrder(6)]
    public JsonElement? CallTimeout { get; init; }

    /// <summary>Taken and not used: content is never kept in memory.</summary>
    [JsonPropertyName("dsorter_mem_threshold"), JsonPropertyOrder(7)]
    public JsonElement? MemoryThreshold { get; init; }

    /// <summary>Taken and not used: what targets send each other is not compressed.</summary>
    [JsonPropertyName("compression"), JsonPropertyOrder(8)]
    public string? Compression { get; init; }

    /// <summary>Taken and not used: connections are made as they are needed.</summary>
    [JsonPropertyName("bundle_multiplier"), JsonPropertyOrder(9)]
    public int BundleMultiplier { get; init; }

    /// <summary>Members that are none of these; settable since the JSON reader demands it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
