namespace Skein.Core.Wire;

/// <summary>Header names of the native API as they stand on the wire. Input is matched without regard to case.</summary>
public static class HeaderNames
{
    /// <summary>Checksum type of the body or object.</summary>
    public const string ChecksumType = "Ais-Checksum-Type";

    /// <summary>Checksum value, lower-case hex.</summary>
    public const string ChecksumValue = "Ais-Checksum-Value";

    /// <summary>Access time, Unix nanoseconds.</summary>
    public const string AccessTime = "Ais-Atime";

    /// <summary>Object version.</summary>
    public const string Version = "Ais-Version";

    /// <summary>Custom metadata, one <c>key=value</c> per line, repeated.</summary>
    public const string CustomMetadata = "Ais-Custom-Md";

    /// <summary>What becomes of an archive that a file is added to: 0 create, 1 append, 2 append or create.</summary>
    public const string AppendMode = "Ais-Pine";

    /// <summary>Bucket properties in JSON.</summary>
    public const string BucketProps = "Ais-Bucket-Props";

    /// <summary>Error body of a HEAD request.</summary>
    public const string Error = "Hdr-Error";

    /// <summary>Time since the cluster started, nanoseconds.</summary>
    public const string ClusterUptime = "Ais-Cluster-Uptime";

    /// <summary>Time since the node started, nanoseconds.</summary>
    public const string NodeUptime = "Ais-Node-Uptime";

    /// <summary>Destination of a reverse call.</summary>
    public const string NodeId = "Ais-Node-Id";

    /// <summary>Alias of a remote cluster that is attached or detached.</summary>
    public const string RemoteAlias = "Ais-Remote-Ais-Alias";

    /// <summary>URL of a remote cluster that is attached.</summary>
    public const string RemoteUrl = "Ais-Remote-Ais-Url";

    /// <summary>True in the answer to HEAD of a remote bucket whose home could not be asked.</summary>
    public const string RemoteOffline = "Ais-Remote-Offline";

    /// <summary>Id of the node that calls; its presence marks an intra-cluster call.</summary>
    public const string CallerId = "Ais-Caller-Id";

    /// <summary>Display name of the node that calls.</summary>
    public const string CallerName = "Ais-Caller-Name";

    /// <summary>Cluster map version of the node that calls.</summary>
    public const string CallerMapVersion = "Ais-Caller-Smap-Ver";

    /// <summary>Skein: cluster UUID, document stamp and hash of the node that calls or answers, separated by spaces.</summary>
    public const string Stamp = "Skein-Stamp";

    /// <summary>Skein: id that follows a request from node to node; a client may choose it.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>Handle of an append, to be given with the next one.</summary>
    public const string AppendHandle = "Ais-Append-Handle";
}
