using System.CommandLine;

namespace Skein.Cli.Commands;

/// <summary><c>skein show</c>.</summary>
internal static class ShowCommands
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand("show", "Show the cluster");
}
