using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>The body of most requests that are not objects: an action, a name and a value (AIStore's ActMsg).</summary>
public sealed record ActionMessage
{
    /// <summary>What to do, for example <c>create-bck</c>.</summary>
    [JsonPropertyName("action"), JsonPropertyOrder(1)]
    public string Action { get; init => field = value ?? ""; } = "";

    /// <summary>What it is done to; often empty.</summary>
    [JsonPropertyName("name"), JsonPropertyOrder(2)]
    public string? Name { get; init; } = "";

    /// <summary>Arguments; depends on the action; null or absent when there are none.</summary>
    [JsonPropertyName("value"), JsonPropertyOrder(3)]
    public JsonElement? Value { get; init; }
}

/// <summary>The actions by their names on the wire.</summary>
public static class Actions
{
    /// <summary>Create a bucket.</summary>
    public const string CreateBucket = "create-bck";

    /// <summary>Destroy a bucket.</summary>
    public const string DestroyBucket = "destroy-bck";

    /// <summary>Set bucket properties.</summary>
    public const string SetBucketProps = "set-bprops";

    /// <summary>Reset bucket properties to the cluster's defaults.</summary>
    public const string ResetBucketProps = "reset-bprops";

    /// <summary>List buckets or objects.</summary>
    public const string List = "list";

    /// <summary>Evict a remote bucket.</summary>
    public const string EvictRemoteBucket = "evict-remote-bck";

    /// <summary>Delete the objects that are named.</summary>
    public const string DeleteNames = "delete-listrange";

    /// <summary>Evict the objects of a remote bucket that are named.</summary>
    public const string EvictNames = "evict-listrange";

    /// <summary>Fetch the objects of a remote bucket that are named.</summary>
    public const string PrefetchNames = "prefetch-listrange";

    /// <summary>Copy a bucket.</summary>
    public const string CopyBucket = "copy-bck";

    /// <summary>Copy the objects that are named.</summary>
    public const string CopyNames = "copy-listrange";

    /// <summary>Transform a bucket.</summary>
    public const string TransformBucket = "etl-bck";

    /// <summary>Transform some objects.</summary>
    public const string TransformNames = "etl-listrange";

    /// <summary>Rename a bucket.</summary>
    public const string MoveBucket = "move-bck";

    /// <summary>Sum up buckets.</summary>
    public const string SummarizeBucket = "summary-bck";

    /// <summary>Give an object another name in its bucket.</summary>
    public const string RenameObject = "rename-obj";

    /// <summary>Say whether an object is locked.</summary>
    public const string CheckLock = "check-lock";

    /// <summary>Begin a multipart upload.</summary>
    public const string BeginUpload = "mpt-upload";

    /// <summary>Make the parts of an upload the object.</summary>
    public const string CompleteUpload = "mpt-complete";

    /// <summary>Give a multipart upload up.</summary>
    public const string AbortUpload = "mpt-abort";

    /// <summary>Copy files of the targets' own file systems into a bucket.</summary>
    public const string Promote = "promote";

    /// <summary>Download one large object of a remote bucket.</summary>
    public const string BlobDownload = "blob-download";

    /// <summary>Start a job.</summary>
    public const string StartJob = "start";

    /// <summary>Stop jobs.</summary>
    public const string StopJob = "stop";

    /// <summary>Between nodes: forget a job that has ended.</summary>
    public const string ForgetJob = "forget";

    /// <summary>Set configuration.</summary>
    public const string SetConfig = "set-config";

    /// <summary>Reset configuration.</summary>
    public const string ResetConfig = "reset-config";

    /// <summary>Begin new log files.</summary>
    public const string RotateLogs = "rotate-logs";

    /// <summary>Set counters to zero; the value true means those of errors only.</summary>
    public const string ResetStatistics = "reset-stats";

    /// <summary>Take nodes out of service.</summary>
    public const string StartMaintenance = "start-maintenance";

    /// <summary>Bring nodes back into service.</summary>
    public const string StopMaintenance = "stop-maintenance";

    /// <summary>Take nodes out of service and end their processes.</summary>
    public const string ShutdownNode = "shutdown-node";

    /// <summary>Take nodes out of the cluster for good.</summary>
    public const string DecommissionNode = "decommission-node";

    /// <summary>Take nodes out of the map at once, with what they hold.</summary>
    public const string RemoveUnsafe = "rm-unsafe";

    /// <summary>End the processes of all nodes.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>Give the whole cluster up.</summary>
    public const string Decommission = "decommission";

    /// <summary>Take a new mountpath into service.</summary>
    public const string AttachMountpath = "attach-mp";

    /// <summary>Give a mountpath up.</summary>
    public const string DetachMountpath = "detach-mp";

    /// <summary>Take a mountpath back into service.</summary>
    public const string EnableMountpath = "enable-mp";

    /// <summary>Take a mountpath out of service.</summary>
    public const string DisableMountpath = "disable-mp";

    /// <summary>Look for the disks of a mountpath again.</summary>
    public const string RescanMountpath = "rescan-mp";

    /// <summary>Check whether a mountpath is in order.</summary>
    public const string CheckMountpath = "fshc-mp";

    /// <summary>True for an action on named nodes.</summary>
    public static bool IsOfNodes(string action) =>
        action is StartMaintenance or StopMaintenance or ShutdownNode or DecommissionNode or RemoveUnsafe;

    /// <summary>True for an action on all nodes.</summary>
    public static bool IsOfCluster(string action) => action is Shutdown or Decommission;
}
