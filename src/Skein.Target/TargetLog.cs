using Microsoft.Extensions.Logging;

namespace Skein.Target;

/// <summary>Messages of the target: event ids 3200 to 3299. Next free: 3202.</summary>
internal static partial class TargetLog
{
    [LoggerMessage(3200, LogLevel.Information, "Bucket {Bucket} (id {Id:x}) was destroyed: its objects are removed")]
    public static partial void BucketDestroyed(ILogger logger, string bucket, ulong id);

    [LoggerMessage(3201, LogLevel.Error, "Objects of the destroyed bucket {Bucket} (id {Id:x}) could not be removed")]
    public static partial void BucketNotDestroyed(ILogger logger, string bucket, ulong id, Exception error);
}
