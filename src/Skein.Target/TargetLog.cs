using Microsoft.Extensions.Logging;

namespace Skein.Target;

/// <summary>Messages of the target: event ids 3200 to 3299. Next free: 3207.</summary>
internal static partial class TargetLog
{
    [LoggerMessage(3200, LogLevel.Information, "Bucket {Bucket} (id {Id:x}) was destroyed: its objects are removed")]
    public static partial void BucketDestroyed(ILogger logger, string bucket, ulong id);

    [LoggerMessage(3201, LogLevel.Error, "Objects of the destroyed bucket {Bucket} (id {Id:x}) could not be removed")]
    public static partial void BucketNotDestroyed(ILogger logger, string bucket, ulong id, Exception error);

    [LoggerMessage(3202, LogLevel.Error, "Rebalance {Id} failed on this target and is begun again")]
    public static partial void RebalanceFailed(ILogger logger, string id, Exception error);

    [LoggerMessage(3203, LogLevel.Information, "Rebalance {Id}: {Left} objects are left for another pass: {Problem}")]
    public static partial void RebalanceTriesAgain(ILogger logger, string id, int left, string problem);

    [LoggerMessage(3204, LogLevel.Error, "Rebalance {Id}: nothing could be moved for a long time: {Problem}")]
    public static partial void RebalanceGivesUp(ILogger logger, string id, string problem);

    [LoggerMessage(3205, LogLevel.Information, "{Job} was started: {Reason}")]
    public static partial void JobStarted(ILogger logger, string job, string reason);

    [LoggerMessage(3206, LogLevel.Error, "No {Kind} could be started ({Reason}): {Problem}")]
    public static partial void JobNotStarted(ILogger logger, string kind, string reason, string problem);
}
