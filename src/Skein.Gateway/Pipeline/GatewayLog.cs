using Microsoft.Extensions.Logging;

namespace Skein.Gateway.Pipeline;

/// <summary>Messages of the gateway: event ids 3000 to 3099. Next free: 3006.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(3000, LogLevel.Error, "{Method} {Path} failed by a defect of this node")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(3001, LogLevel.Warning, "{Method} {Path} from {Peer}: {Status} {Message}")]
    public static partial void RequestRefused(
        ILogger logger, string method, string path, string peer, int status, string message);

    [LoggerMessage(3002, LogLevel.Debug, "{Method} {Path} from {Peer}: {Status} {Message}")]
    public static partial void RequestError(
        ILogger logger, string method, string path, string peer, int status, string message);

    [LoggerMessage(3003, LogLevel.Debug, "{Method} {Path}: the client went away")]
    public static partial void ClientGone(ILogger logger, string method, string path);

    [LoggerMessage(3004, LogLevel.Warning, "{Method} {Path}: failed after the answer had begun, connection closed")]
    public static partial void AnswerBroken(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(3005, LogLevel.Debug, "{Method} {Path}: {Status} in {Milliseconds} ms (request {RequestId})")]
    public static partial void Served(
        ILogger logger, string method, string path, int status, long milliseconds, string requestId);
}
