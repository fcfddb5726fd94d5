namespace Skein.DataPath.Measuring;

/// <summary>One of the servers that are compared in a row.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="ProcessId">The process whose time is counted.</param>
/// <param name="Url">Base URL.</param>
internal sealed record Contender(string Name, int ProcessId, string Url)
{
    /// <summary>The script of a run; called before each, so that it may make room for new names first.</summary>
    public required Func<Task<string>> Script { get; init; }

    /// <summary>Removes what a run has left; it is not measured.</summary>
    public Func<Task> CleanUp { get; init; } = () => Task.CompletedTask;
}
