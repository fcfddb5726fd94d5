using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Nodes;
using Skein.Core.Sorting;

namespace Skein.Core.Wire;

/// <summary>
/// The types of the native API in JSON. Input is matched without regard to the case of names, as AIStore's own decoder
/// does and its clients rely on.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.Strict,
    MaxDepth = 32)]
[JsonSerializable(typeof(ActionMessage))]
[JsonSerializable(typeof(PromoteMessage))]
[JsonSerializable(typeof(PromoteOrder))]
[JsonSerializable(typeof(PromoteSight))]
[JsonSerializable(typeof(WireError))]
[JsonSerializable(typeof(WireBucket))]
[JsonSerializable(typeof(List<WireBucket>))]
[JsonSerializable(typeof(WireClusterMap))]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(NodeStateInfo))]
[JsonSerializable(typeof(SystemInfo))]
[JsonSerializable(typeof(MountpathLists))]
[JsonSerializable(typeof(SortedDictionary<string, DiskRates>))]
[JsonSerializable(typeof(TimelineReply))]
[JsonSerializable(typeof(TimelineDiff))]
[JsonSerializable(typeof(ControlStatus))]
[JsonSerializable(typeof(JoinedNodeReply))]
[JsonSerializable(typeof(RemoveNodeMessage))]
[JsonSerializable(typeof(LifecyclePlan))]
[JsonSerializable(typeof(ForcedPrimaryReply))]
[JsonSerializable(typeof(JobMessage))]
[JsonSerializable(typeof(SummaryMessage))]
[JsonSerializable(typeof(BucketSummary))]
[JsonSerializable(typeof(List<BucketSummary>))]
[JsonSerializable(typeof(SummaryShare))]
[JsonSerializable(typeof(NamesMessage))]
[JsonSerializable(typeof(CopyMessage))]
[JsonSerializable(typeof(BucketWorkState))]
[JsonSerializable(typeof(JobSnap))]
[JsonSerializable(typeof(List<JobSnap>))]
[JsonSerializable(typeof(SortedDictionary<string, IReadOnlyList<JobSnap>>))]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(List<JobStatus>))]
[JsonSerializable(typeof(JobErrors))]
[JsonSerializable(typeof(SortMessage))]
[JsonSerializable(typeof(SortedDictionary<string, List<string>>))]
[JsonSerializable(typeof(SortMetrics))]
[JsonSerializable(typeof(List<SortJobInfo>))]
[JsonSerializable(typeof(SortedDictionary<string, SortJobInfo>))]
[JsonSerializable(typeof(ListObjectsMessage))]
[JsonSerializable(typeof(BatchMessage))]
[JsonSerializable(typeof(ArchiveMessage))]
[JsonSerializable(typeof(BatchDescription))]
[JsonSerializable(typeof(ListObjectsResult))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(SortedDictionary<string, long>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(BackendRequest))]
[JsonSerializable(typeof(PrefetchMessage))]
[JsonSerializable(typeof(BackendBucket))]
[JsonSerializable(typeof(RemoteClustersReply))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
public sealed partial class WireJsonContext : JsonSerializerContext
{
    /// <summary>The context to write with: escapes only what JSON demands.</summary>
    public static WireJsonContext Output { get; } = new(new JsonSerializerOptions
    {
        PropertyNameCaseInsensitive = true,
        MaxDepth = 32,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
