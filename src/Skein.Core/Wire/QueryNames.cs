namespace Skein.Core.Wire;

/// <summary>Names of query parameters of the native API.</summary>
public static class QueryNames
{
    /// <summary>What to show.</summary>
    public const string What = "what";

    /// <summary>Id of a job.</summary>
    public const string Uuid = "uuid";

    /// <summary>Pattern for the descriptions of jobs.</summary>
    public const string Regex = "regex";

    /// <summary>Only jobs that run.</summary>
    public const string OnlyActive = "only_active";

    /// <summary>Bucket provider.</summary>
    public const string Provider = "provider";

    /// <summary>Bucket namespace.</summary>
    public const string Namespace = "namespace";

    /// <summary>Id of the proxy that redirected.</summary>
    public const string ProxyId = "pid";

    /// <summary>Time of the redirect, Unix nanoseconds in decimal; its presence marks a redirected request.</summary>
    public const string RedirectTime = "utm";

    /// <summary>Skein: document stamp of the node that redirected.</summary>
    public const string Stamp = "stamp";

    /// <summary>Skein: id of the request that was redirected.</summary>
    public const string RequestId = "rid";

    /// <summary>Destination bucket of a copy or rename, by unique name.</summary>
    public const string BucketTo = "bck_to";

    /// <summary>Presence filter.</summary>
    public const string Presence = "presence";

    /// <summary>Replace all custom metadata instead of merging.</summary>
    public const string SetNewCustom = "set-new-custom";

    /// <summary>Change in memory only.</summary>
    public const string Transient = "transient";

    /// <summary>Force.</summary>
    public const string Force = "frc";

    /// <summary>Do not load or verify the existing version and checksum.</summary>
    public const string SkipVersionCheck = "skip_vc";

    /// <summary>Name of a file in an archive.</summary>
    public const string ArchivePath = "archpath";

    /// <summary>Format of an archive.</summary>
    public const string ArchiveMime = "archmime";

    /// <summary>What the names of the wanted files of an archive are compared with.</summary>
    public const string ArchivePattern = "archregx";

    /// <summary>How they are compared.</summary>
    public const string ArchiveMode = "archmode";

    /// <summary>Do not add a remote bucket to the metadata.</summary>
    public const string DontAddRemote = "dont_add_remote_bck_md";

    /// <summary>Do not ask the home of a remote bucket.</summary>
    public const string DontHeadRemote = "dont_head_remote_bck";

    /// <summary>Keep the properties of a remote bucket that is evicted.</summary>
    public const string KeepMetadata = "keep_bck_md";

    /// <summary>Compare with what the home of a remote bucket has.</summary>
    public const string LatestVersion = "latest-ver";

    /// <summary>Properties of an object that a HEAD asks for, separated by commas.</summary>
    public const string Props = "props";

    /// <summary>As <see cref="LatestVersion"/>, and what its home does not have any more is removed at the destination.</summary>
    public const string Synchronize = "synchronize";

    /// <summary>Destination of a copy, by unique name.</summary>
    public const string ObjectTo = "object_to";

    /// <summary>What to do with an append: <c>append</c> or <c>flush</c>.</summary>
    public const string AppendType = "append_type";

    /// <summary>Handle of an append.</summary>
    public const string AppendHandle = "append_handle";

    /// <summary>Id of a multipart upload.</summary>
    public const string UploadId = "uploadId";

    /// <summary>Number of a part of a multipart upload.</summary>
    public const string PartNumber = "partNumber";
}
