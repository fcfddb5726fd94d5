namespace Skein.Node.CommandLine;

/// <summary>One flag of the command line.</summary>
/// <param name="Name">Name as it is shown, without dashes in front.</param>
/// <param name="Value">Name of the value in the help; empty for a switch.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Apply">Takes the value over; throws <see cref="StartupException"/> when it is wrong.</param>
internal sealed record NodeFlag(
    string Name, string Value, string Help, Func<NodeOptions, string, NodeOptions> Apply)
{
    /// <summary>True for a flag that may stand alone.</summary>
    public bool IsSwitch => Value.Length == 0;
}
