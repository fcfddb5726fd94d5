using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Skein.Cli.Bench;
using Skein.Cli.Cluster;
using Skein.Cli.Config;
using Skein.Cli.Listing;
using Skein.Cli.Nodes;
using Skein.Cli.Objects;
using Skein.Cli.Performance;
using Skein.Cli.Storage;
using Skein.Cli.Transfers;
using Skein.Core.Sorting;
using Skein.Core.Wire;

namespace Skein.Cli.Output;

/// <summary>The documents that <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(BenchDocument))]
[JsonSerializable(typeof(CliSettings))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(PerformanceDocument))]
[JsonSerializable(typeof(ObjectDocument))]
[JsonSerializable(typeof(TransferReport))]
[JsonSerializable(typeof(NamesDocument))]
[JsonSerializable(typeof(ListedObject))]
[JsonSerializable(typeof(CountDocument))]
[JsonSerializable(typeof(List<WireBucket>))]
[JsonSerializable(typeof(ClusterDocument))]
[JsonSerializable(typeof(WireClusterMap))]
[JsonSerializable(typeof(ControlStatus))]
[JsonSerializable(typeof(TimelineReply))]
[JsonSerializable(typeof(TimelineDiff))]
[JsonSerializable(typeof(JoinedNodeReply))]
[JsonSerializable(typeof(ForcedPrimaryReply))]
[JsonSerializable(typeof(SortedDictionary<string, IReadOnlyList<JobSnap>>))]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(List<SortJobInfo>))]
[JsonSerializable(typeof(SortedDictionary<string, SortMetrics>))]
[JsonSerializable(typeof(List<BucketSummary>))]
[JsonSerializable(typeof(LifecyclePlan))]
[JsonSerializable(typeof(NodeChangeDocument))]
[JsonSerializable(typeof(StorageDocument))]
[JsonSerializable(typeof(RemoteClustersReply))]
internal sealed partial class CliJsonContext : JsonSerializerContext
{
    /// <summary>The context to write with: escapes only what JSON demands.</summary>
    public static CliJsonContext Output { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a document and a line break.</summary>
    public static void Write<T>(TextWriter writer, T document, JsonTypeInfo<T> type) =>
        writer.WriteLine(JsonSerializer.Serialize(document, type));
}

/// <summary>What was done to which names.</summary>
internal sealed record NamesDocument
{
    /// <summary>What was done, for example <c>created</c>.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>The names.</summary>
    [JsonPropertyName("names")]
    public required IReadOnlyList<string> Names { get; init; }
}
