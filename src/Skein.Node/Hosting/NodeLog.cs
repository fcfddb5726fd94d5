using Microsoft.Extensions.Logging;

namespace Skein.Node.Hosting;

/// <summary>Log messages of starting and stopping. Ids 100-199; next free: 109.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(100, LogLevel.Information,
        "{Node} of skeind {Version} starts: public {Public}, control {Control}, data {Data}")]
    public static partial void Starting(
        ILogger log, string node, string version, string @public, string control, string data);

    [LoggerMessage(101, LogLevel.Warning, "Unknown configuration key, kept and not used: {Key}")]
    public static partial void UnknownKey(ILogger log, string key);

    [LoggerMessage(102, LogLevel.Information, "{Node} is ready after {Milliseconds} ms")]
    public static partial void Ready(ILogger log, string node, long milliseconds);

    [LoggerMessage(103, LogLevel.Information, "{Node} stops on {Signal}")]
    public static partial void Stopping(ILogger log, string node, string signal);

    [LoggerMessage(104, LogLevel.Information, "{Node} has stopped")]
    public static partial void Stopped(ILogger log, string node);

    [LoggerMessage(105, LogLevel.Critical, "{Node} cannot go on")]
    public static partial void Fatal(ILogger log, Exception error, string node);

    [LoggerMessage(107, LogLevel.Information, "{Node} has left its cluster and forgotten it")]
    public static partial void HasLeft(ILogger log, string node);

    [LoggerMessage(108, LogLevel.Warning, "{Node} stops and could not hand the lead over: {Reason}")]
    public static partial void NotHandedOver(ILogger log, string node, string reason);

    [LoggerMessage(106, LogLevel.Warning, "Timeline: {Problem}")]
    public static partial void TimelineDamaged(ILogger log, string problem);

    [LoggerMessage(
        109, LogLevel.Warning, "What is set for this node does not fit the cluster's configuration and is ignored: {Problem}")]
    public static partial void SettingsIgnored(ILogger log, string problem);
}
