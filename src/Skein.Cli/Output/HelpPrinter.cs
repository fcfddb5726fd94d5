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

    private static readonly IReadOnlyList<string> RootExamples =
    [
        "skein playground up                   # a cluster here, to try things",
        "skein show cluster",
        "skein create ais://photos",
        "skein put ./album ais://photos --recursive",
        "skein ls ais://photos --endpoint http://10.0.0.7:8080",
    ];

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        using var text = new StringWriter();
        parseResult.InvocationConfiguration.Output = text;
        new HelpAction { MaxWidth = host.Width ?? WidthWithoutTerminal }.Invoke(parseResult);
        foreach (var line in text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            host.Writer.WriteLine(host.Named(line).TrimEnd());
        }
        var examples = parseResult.CommandResult.Command switch
        {
            DocumentedCommand command => command.Examples,
            RootCommand => RootExamples,
            _ => [],
        };
        host.Writer.WriteLine();
        host.Writer.WriteLine("Examples:");
        foreach (var example in examples)
        {
            host.Writer.WriteLine("  " + Named(example));
        }
        return 0;
    }

    // Examples are written for "skein"; under another name they show that name.
    private string Named(string example) => host.Program == CliHost.DefaultProgram ? example
        : example.StartsWith("skein ", StringComparison.Ordinal) ? host.Program + example[CliHost.DefaultProgram.Length..]
        : example.Replace("| skein ", $"| {host.Program} ", StringComparison.Ordinal);
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
        host.Writer.WriteLine($"{host.Program} version " + CommandLine.Version);
        return 0;
    }
}
