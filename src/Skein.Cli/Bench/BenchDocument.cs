using System.Text.Json.Serialization;

namespace Skein.Cli.Bench;

/// <summary>The result of a run, as it is printed with <c>--json</c> and saved.</summary>
internal sealed record BenchDocument
{
    /// <summary>Version of this format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the format.</summary>
    [JsonPropertyName("format")]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>When the counted part began, in UTC.</summary>
    [JsonPropertyName("started")]
    public required DateTimeOffset Started { get; init; }

    /// <summary>Bucket.</summary>
    [JsonPropertyName("bucket")]
    public required string Bucket { get; init; }

    /// <summary>Operations with their weights.</summary>
    [JsonPropertyName("mix")]
    public required string Mix { get; init; }

    /// <summary>Sizes of objects.</summary>
    [JsonPropertyName("sizes")]
    public required string Sizes { get; init; }

    /// <summary>Requests at once, in all processes together.</summary>
    [JsonPropertyName("workers")]
    public required int Workers { get; init; }

    /// <summary>Client processes.</summary>
    [JsonPropertyName("processes")]
    public required int Processes { get; init; }

    /// <summary>Operations due each second; null for as fast as they are answered.</summary>
    [JsonPropertyName("rate")]
    public required double? Rate { get; init; }

    /// <summary>Length of the counted part, in seconds.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>What was measured, an entry for each operation.</summary>
    [JsonPropertyName("results")]
    public required IReadOnlyList<BenchResult> Results { get; init; }
}

/// <summary>What was measured of one operation. Latencies are in microseconds.</summary>
internal sealed record BenchResult
{
    /// <summary>The operation.</summary>
    [JsonPropertyName("operation")]
    public required string Operation { get; init; }

    /// <summary>Operations that succeeded.</summary>
    [JsonPropertyName("count")]
    public required long Count { get; init; }

    /// <summary>Operations that failed; their times are not among the latencies.</summary>
    [JsonPropertyName("errors")]
    public required long Errors { get; init; }

    /// <summary>The first error; empty for none.</summary>
    [JsonPropertyName("first_error")]
    public required string FirstError { get; init; }

    /// <summary>Bytes of objects, sent or received; for a listing, the number of names.</summary>
    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>Operations a second.</summary>
    [JsonPropertyName("per_second")]
    public required double PerSecond { get; init; }

    /// <summary>Least latency.</summary>
    [JsonPropertyName("min_us")]
    public required long Min { get; init; }

    /// <summary>Mean latency.</summary>
    [JsonPropertyName("mean_us")]
    public required double Mean { get; init; }

    /// <summary>Median.</summary>
    [JsonPropertyName("p50_us")]
    public required long P50 { get; init; }

    /// <summary>90 of 100 were not slower.</summary>
    [JsonPropertyName("p90_us")]
    public required long P90 { get; init; }

    /// <summary>99 of 100 were not slower.</summary>
    [JsonPropertyName("p99_us")]
    public required long P99 { get; init; }

    /// <summary>999 of 1,000 were not slower.</summary>
    [JsonPropertyName("p999_us")]
    public required long P999 { get; init; }

    /// <summary>Greatest latency.</summary>
    [JsonPropertyName("max_us")]
    public required long Max { get; init; }

    /// <summary>The histogram: pairs of a latency and how often it came, three digits exact.</summary>
    [JsonPropertyName("histogram")]
    public required IReadOnlyList<IReadOnlyList<long>> Histogram { get; init; }
}
