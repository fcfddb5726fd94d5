using System.CommandLine;
using System.Text.RegularExpressions;

namespace Skein.Cli.Commands;

/// <summary><c>skein search</c>: finds commands by words.</summary>
internal static class SearchCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var words = new Argument<string[]>("WORD")
        {
            Description = "Words that the command line or the description contains, all of them",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var regex = CommonOptions.Regex("Find command lines that match");
        var command = new DocumentedCommand(
            "search", "Find commands by words", "skein search mountpath", "skein search bucket create",
            "skein search --regex \"mv|cp\"")
        {
            words, regex,
        };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(words) ?? [];
            var pattern = CommonOptions.ReadRegex(parsed.GetValue(regex));
            if (asked.Length == 0 && pattern is null)
            {
                throw new CliException("no word is given", "for example: skein search mountpath");
            }
            var found = Lines(CommandLine.Create(host), host.Program)
                .Where(line => Matches(line, asked, pattern)).Select(line => line.Text)
                .Order(StringComparer.Ordinal).ToList();
            if (found.Count == 0)
            {
                throw new CliException("no command was found", "'skein --help' shows the commands");
            }
            foreach (var line in found)
            {
                host.Writer.WriteLine(line);
            }
        });
        return command;
    }

    private static bool Matches((string Text, string Description) line, string[] words, Regex? pattern) =>
        (pattern is null || pattern.IsMatch(line.Text))
        && words.All(word => line.Text.Contains(word, StringComparison.OrdinalIgnoreCase)
            || line.Description.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(string Text, string Description)> Lines(Command command, string text)
    {
        foreach (var next in command.Subcommands.Where(next => !next.Hidden))
        {
            var line = $"{text} {next.Name}";
            if (next.Action is not null)
            {
                yield return (line, next.Description ?? "");
            }
            foreach (var below in Lines(next, line))
            {
                yield return below;
            }
        }
    }
}
