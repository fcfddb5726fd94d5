using Microsoft.Extensions.Logging;

namespace Skein.Transport;

/// <summary>Messages of the transport: event ids 3300 to 3349. Next free: 3304.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(3300, LogLevel.Error, "A connection failed by a defect of this node")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(3301, LogLevel.Warning, "No connection can be accepted for want of descriptors: {Reason}")]
    public static partial void NotAccepting(ILogger logger, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "A connection was refused: there are {Count}, and no more are taken")]
    public static partial void Refused(ILogger logger, int count);

    [LoggerMessage(3303, LogLevel.Debug, "A connection was aborted: {Reason}")]
    public static partial void Aborted(ILogger logger, string reason);
}
