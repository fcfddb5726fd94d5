using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Skein.Cli.Commands;

namespace Skein.Cli.Output;

/// <summary>Prints the help of a command, and its examples after it.</summary>
/// <param name="host">Where to print.</param>
internal sealed class HelpPrinter(CliHost host) : SynchronousCommandLineAction
{
    private const int WidthWithoutTerminal = 100;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output = host.Writer;
        new HelpAction { MaxWidth = host.Width ?? WidthWithoutTerminal }.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand { Examples.Count: > 0 } command)
        {
            host.Writer.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                host.Writer.WriteLine("  " + example);
            }
            host.Writer.WriteLine();
        }
        return 0;
    }
}

/// <summary>Prints the version.</summary>
/// <param name="host">Where to print.</param>
internal sealed class VersionPrinter(CliHost host) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        host.Writer.WriteLine("skein version " + CommandLine.Version);
        return 0;
    }
}
