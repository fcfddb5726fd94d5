namespace Skein.Core.Errors;

/// <summary>What went wrong, without saying how HTTP or S3 spells it; the gateway holds the one table that does.</summary>
public enum StoreErrorCode
{
    /// <summary>The request cannot be understood or asks for something that makes no sense.</summary>
    InvalidRequest,

    /// <summary>A template of object names is wrong.</summary>
    InvalidTemplate,

    /// <summary>The path of the request names nothing that this node serves.</summary>
    InvalidPath,

    /// <summary>The verb is not one that the resource handles.</summary>
    MethodNotAllowed,

    /// <summary>The bucket name breaks the rules of <see cref="Buckets.BucketName.Validate"/>.</summary>
    InvalidBucketName,

    /// <summary>The object name breaks the rules of <see cref="Objects.ObjectName.Validate"/>.</summary>
    InvalidObjectName,

    /// <summary>The provider is not one that Skein knows.</summary>
    InvalidProvider,

    /// <summary>The provider is known, but the cluster has no backend for it.</summary>
    MissingBackend,

    /// <summary>The operation is for buckets with a remote backend only.</summary>
    NotRemoteBucket,

    /// <summary>No such bucket.</summary>
    BucketNotFound,

    /// <summary>No such bucket in the remote cluster or cloud.</summary>
    RemoteBucketNotFound,

    /// <summary>The bucket to be created exists.</summary>
    BucketExists,

    /// <summary>A bucket is to get the name of one that exists.</summary>
    NewNameTaken,

    /// <summary>The operation cannot be done while another one is.</summary>
    Coexistence,

    /// <summary>The bucket's access attributes forbid the operation.</summary>
    BucketAccessDenied,

    /// <summary>No such object.</summary>
    ObjectNotFound,

    /// <summary>No such thing (job, path, entry) other than bucket, object or node.</summary>
    NotFound,

    /// <summary>No such job.</summary>
    JobNotFound,

    /// <summary>The bytes received or read do not have the expected checksum.</summary>
    BadChecksum,

    /// <summary>The byte range lies outside the object, or cannot be read as one range.</summary>
    RangeNotSatisfiable,

    /// <summary>The operation exists but not for this input (several ranges, range of an archive member).</summary>
    Unsupported,

    /// <summary>The word for a format of archives is not known.</summary>
    UnknownMime,

    /// <summary>The range header asks for several ranges at once.</summary>
    MultiRange,

    /// <summary>The operation is not implemented.</summary>
    NotImplemented,

    /// <summary>The body ended before the announced length.</summary>
    TruncatedBody,

    /// <summary>No such node in the cluster map.</summary>
    NodeNotFound,

    /// <summary>The node that keeps what the request goes on with (an append, an upload) is not in the cluster map.</summary>
    HolderNotFound,

    /// <summary>The join was refused; the message says why and what to do.</summary>
    JoinRefused,

    /// <summary>The object was removed from its remote bucket.</summary>
    Gone,

    /// <summary>The thing is in use or in transition; try again.</summary>
    Busy,

    /// <summary>A mountpath is not known.</summary>
    MountpathNotFound,

    /// <summary>A path cannot be a mountpath.</summary>
    InvalidMountpath,

    /// <summary>The node or the cluster is not ready to serve this; try again.</summary>
    NotReady,

    /// <summary>The other node did not answer.</summary>
    Unreachable,

    /// <summary>No space left by the watermarks or by the file system.</summary>
    OutOfSpace,

    /// <summary>The caller is not authenticated.</summary>
    Unauthenticated,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>A defect or a failing device on this node.</summary>
    Internal,
}
