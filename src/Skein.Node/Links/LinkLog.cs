using Microsoft.Extensions.Logging;

namespace Skein.Node.Links;

/// <summary>Log messages of control links. Ids 200-299; next free: 205.</summary>
internal static partial class LinkLog
{
    [LoggerMessage(200, LogLevel.Information, "Control link to {Node} at {Url} is up")]
    public static partial void Up(ILogger log, string node, string url);

    [LoggerMessage(201, LogLevel.Information, "Control link to {Node} at {Url} is down: {Reason}")]
    public static partial void Down(ILogger log, string node, string url, string reason);

    [LoggerMessage(202, LogLevel.Debug, "Control link from {Address} ended: {Reason}")]
    public static partial void Ended(ILogger log, string address, string reason);

    [LoggerMessage(203, LogLevel.Error, "A control link failed; it is made anew")]
    public static partial void Failed(ILogger log, Exception error);

    [LoggerMessage(204, LogLevel.Error, "Connections cannot be accepted at the moment: {Reason}")]
    public static partial void NotAccepting(ILogger log, string reason);
}
