namespace Skein.Cli;

/// <summary>A command that failed for a reason that the person who typed it can be told in one line.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="hint">What to do about it; null when there is nothing to advise.</param>
internal sealed class CliException(string message, string? hint = null) : Exception(message)
{
    /// <summary>What to do about it; null when there is nothing to advise.</summary>
    public string? Hint { get; } = hint;
}
