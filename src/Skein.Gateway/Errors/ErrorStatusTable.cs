using Skein.Core.Errors;

namespace Skein.Gateway.Errors;

/// <summary>The one table from what went wrong to what HTTP and AIStore's clients call it.</summary>
public static class ErrorStatusTable
{
    /// <summary>HTTP status of an error.</summary>
    public static int Status(StoreErrorCode code) => code switch
    {
        StoreErrorCode.MethodNotAllowed => 405,
        StoreErrorCode.BucketNotFound => 404,
        StoreErrorCode.RemoteBucketNotFound => 404,
        StoreErrorCode.Gone => 410,
        StoreErrorCode.BucketExists => 409,
        StoreErrorCode.BucketAccessDenied => 403,
        StoreErrorCode.ObjectNotFound => 404,
        StoreErrorCode.NotFound => 404,
        StoreErrorCode.JobNotFound => 404,
        StoreErrorCode.RangeNotSatisfiable => 416,
        StoreErrorCode.MultiRange => 416,
        StoreErrorCode.NotImplemented => 501,
        StoreErrorCode.TruncatedBody => 500,
        StoreErrorCode.NodeNotFound => 404,
        StoreErrorCode.JoinRefused => 409,
        StoreErrorCode.Busy => 409,
        StoreErrorCode.MountpathNotFound => 404,
        StoreErrorCode.NotReady => 503,
        StoreErrorCode.Unreachable => 502,
        StoreErrorCode.OutOfSpace => 507,
        StoreErrorCode.Unauthenticated => 401,
        StoreErrorCode.Forbidden => 403,
        StoreErrorCode.Internal => 500,
        _ => 400,
    };

    /// <summary>AIStore's name of the error type (<c>tcode</c>); null when it has none.</summary>
    public static string? TypeCode(StoreErrorCode code) => code switch
    {
        StoreErrorCode.InvalidTemplate => "errTemplateInvalid",
        StoreErrorCode.InvalidObjectName => "ErrInvalidObjName",
        StoreErrorCode.InvalidProvider => "ErrInvalidBackendProvider",
        StoreErrorCode.MissingBackend => "ErrMissingBackend",
        StoreErrorCode.NotRemoteBucket => "ErrNotRemoteBck",
        StoreErrorCode.BucketNotFound => "ErrBckNotFound",
        StoreErrorCode.RemoteBucketNotFound => "ErrRemoteBckNotFound",
        StoreErrorCode.BucketExists => "ErrBucketAlreadyExists",
        StoreErrorCode.NewNameTaken => "ErrBucketAlreadyExists",
        StoreErrorCode.Coexistence => "ErrLimitedCoexistence",
        StoreErrorCode.BucketAccessDenied => "ErrBucketAccessDenied",
        StoreErrorCode.ObjectNotFound => "ErrNotFound",
        StoreErrorCode.NotFound => "ErrNotFound",
        StoreErrorCode.BadChecksum => "ErrBadCksum",
        StoreErrorCode.RangeNotSatisfiable => "ErrRangeNotSatisfiable",
        StoreErrorCode.Unsupported => "ErrUnsupp",
        StoreErrorCode.MultiRange => "ErrUnsupp",
        StoreErrorCode.UnknownMime => "ErrUnknownMime",
        StoreErrorCode.NotImplemented => "ErrNotImpl",
        StoreErrorCode.NodeNotFound => "errNodeNotFound",
        StoreErrorCode.HolderNotFound => "errNodeNotFound",
        StoreErrorCode.Busy => "ErrBusy",
        StoreErrorCode.MountpathNotFound => "ErrMountpathNotFound",
        StoreErrorCode.InvalidMountpath => "ErrInvalidMountpath",
        StoreErrorCode.OutOfSpace => "ErrCapExceeded",
        _ => null,
    };

    /// <summary>What an answer with that status and type stands for: the way back, for errors of other nodes.</summary>
    /// <param name="status">HTTP status, 400 to 599.</param>
    /// <param name="typeCode">AIStore's name of the error type; null or empty for none.</param>
    public static StoreErrorCode CodeOf(int status, string? typeCode)
    {
        if (string.IsNullOrEmpty(typeCode))
        {
            return status switch
            {
                401 => StoreErrorCode.Unauthenticated,
                403 => StoreErrorCode.Forbidden,
                404 => StoreErrorCode.NotFound,
                409 => StoreErrorCode.Busy,
                410 => StoreErrorCode.Gone,
                416 => StoreErrorCode.RangeNotSatisfiable,
                501 => StoreErrorCode.NotImplemented,
                502 => StoreErrorCode.Unreachable,
                503 => StoreErrorCode.NotReady,
                507 => StoreErrorCode.OutOfSpace,
                >= 500 => StoreErrorCode.Internal,
                _ => StoreErrorCode.InvalidRequest,
            };
        }
        if (status == 404 && typeCode == "ErrNotFound")
        {
            return StoreErrorCode.ObjectNotFound;
        }
        foreach (var code in Enum.GetValues<StoreErrorCode>())
        {
            if (Status(code) == status && TypeCode(code) == typeCode)
            {
                return code;
            }
        }
        return CodeOf(status, null);
    }
}
