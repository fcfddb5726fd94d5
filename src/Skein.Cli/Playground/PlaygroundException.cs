namespace Skein.Cli.Playground;

/// <summary>A playground command that could not do what it was asked.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="hint">What to do about it; null when there is nothing to advise.</param>
internal sealed class PlaygroundException(string message, string? hint = null) : Exception(message)
{
    /// <summary>What to do about it; null when there is nothing to advise.</summary>
    public string? Hint { get; } = hint;
}
