using Microsoft.Extensions.Logging;

namespace Skein.Proxy.Forwarding;

/// <summary>Messages of the proxy: event ids 3100 to 3199. Next free: 3102.</summary>
internal static partial class ForwardLog
{
    [LoggerMessage(3100, LogLevel.Warning, "{Node} did not answer {Url}: {Reason}")]
    public static partial void NoAnswer(ILogger logger, string node, string url, string reason);

    [LoggerMessage(3101, LogLevel.Warning, "The renaming of {Bucket} is not ended yet: {Problem}")]
    public static partial void RenameNotEnded(ILogger logger, string bucket, string problem);
}
