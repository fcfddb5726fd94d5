using System.CommandLine;

namespace Skein.Cli.Output;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageError
{
    /// <summary>Writes the errors, the subcommands that exist, and where to find help.</summary>
    public static void Write(CliHost host, ParseResult parsed)
    {
        var error = host.Error.Profile.Out.Writer;
        foreach (var message in Messages(parsed))
        {
            error.WriteLine("Incorrect usage: " + message);
        }
        var command = parsed.CommandResult.Command;
        var names = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).ToList();
        if (names.Count != 0)
        {
            error.WriteLine("Commands: " + string.Join(", ", names));
        }
        error.WriteLine($"Try '{FullName(command)} --help'.");
    }

    // A wrong word also means that no right one was given; that need not be said.
    private static IEnumerable<string> Messages(ParseResult parsed) => parsed.UnmatchedTokens.Count != 0
        ? parsed.UnmatchedTokens.Select(token => $"unknown or misplaced \"{token}\"")
        : parsed.Errors.Select(problem => Plain(problem.Message)).Distinct();

    // The parser names types of the programming language, which mean nothing to people.
    private static string Plain(string message)
    {
        var type = message.IndexOf(" as expected type", StringComparison.Ordinal);
        return type < 0 ? message : message[..type] + ": a number is expected";
    }

    private static string FullName(Symbol command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "skein" : FullName(parent) + " " + command.Name;
    }
}
