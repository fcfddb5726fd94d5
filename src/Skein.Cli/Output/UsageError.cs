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
        var options = command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (NearestWord.Find(token, token.StartsWith('-') ? options : names) is { } near)
            {
                error.WriteLine($"Did you mean '{near}'?");
            }
        }
        if (names.Count != 0)
        {
            error.WriteLine("Commands: " + string.Join(", ", names));
        }
        var full = FullName(command);
        error.WriteLine($"Try '{full} --help'" + (parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-')
            ? $", or search: '{host.Program} search {word}'."
            : "."));

        string FullName(Symbol symbol) => symbol.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? FullName(parent) + " " + symbol.Name
            : host.Program;
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
}
