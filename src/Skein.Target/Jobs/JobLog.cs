using Microsoft.Extensions.Logging;

namespace Skein.Target.Jobs;

/// <summary>Messages of jobs: event ids 3240 to 3259. Next free: 3251.</summary>
internal static partial class JobLog
{
    [LoggerMessage(3240, LogLevel.Information, "{Job} began")]
    public static partial void Began(ILogger logger, string job);

    [LoggerMessage(3241, LogLevel.Information, "{Job} is being aborted: {Reason}")]
    public static partial void Aborted(ILogger logger, string job, string reason);

    [LoggerMessage(
        3242, LogLevel.Information, "{Job} ended ({State}): {Local} objects here, {Sent} sent, {Received} received")]
    public static partial void Ended(ILogger logger, string job, string state, long local, long sent, long received);

    [LoggerMessage(3243, LogLevel.Warning, "{Job} had {Count} errors, the first: {Message}")]
    public static partial void HadErrors(ILogger logger, string job, long count, string message);

    [LoggerMessage(3244, LogLevel.Warning, "The jobs of this target could not be written to {Path}")]
    public static partial void NotWritten(ILogger logger, string path, Exception error);

    [LoggerMessage(3245, LogLevel.Warning, "The past jobs of this target cannot be read and are forgotten: {Problem}")]
    public static partial void NotRead(ILogger logger, string problem);

    [LoggerMessage(3246, LogLevel.Warning, "The target stops although these jobs have not ended: {Jobs}")]
    public static partial void DidNotEnd(ILogger logger, string jobs);

    [LoggerMessage(3247, LogLevel.Information, "{Job} goes on when the target is back")]
    public static partial void Suspended(ILogger logger, string job);

    [LoggerMessage(3248, LogLevel.Information, "{Job} goes on after a restart, from \"{Cursor}\"")]
    public static partial void Resumed(ILogger logger, string job, string cursor);

    [LoggerMessage(3249, LogLevel.Warning, "A job over a bucket cannot be gone on with: {Problem}")]
    public static partial void NotResumed(ILogger logger, string problem);

    [LoggerMessage(3250, LogLevel.Information, "{Job} looks again at all names: {Reason}")]
    public static partial void WalksAgain(ILogger logger, string job, string reason);
}
