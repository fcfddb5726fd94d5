using System.CommandLine;
using System.Text;
using Skein.Cli;
using Skein.Cli.Config;
using Skein.TestKit;

namespace Skein.UnitTests.Cli;

/// <summary>
/// Writes the tables of docs/reference/cli.md from the commands and fails when they are out of date. To rewrite them, run
/// these tests with SKEIN_REWRITE_DOCS=1.
/// </summary>
public sealed class CliPageTests
{
    private const string Page = "docs/reference/cli.md";

    private static readonly HashSet<string> Everywhere = ["--help", "--version"];

    [Fact]
    public void The_table_shows_the_commands()
    {
        var text = new StringBuilder("\n| command | options | what it does |\n|---|---|---|\n");
        Add(text, Root(), "");
        GeneratedPart.Check(Page, "commands: written by CliPageTests", text.Append('\n').ToString(), "commands");
    }

    [Fact]
    public void The_table_shows_the_short_names()
    {
        var text = new StringBuilder("\n| short | stands for |\n|---|---|\n");
        foreach (var (alias, command) in Aliases.BuiltIn)
        {
            text.Append("| `").Append(alias).Append("` | `").Append(command).Append("` |\n");
        }
        GeneratedPart.Check(Page, "aliases: written by CliPageTests", text.Append('\n').ToString(), "aliases");
    }

    [Fact]
    public void A_short_name_is_the_command_that_it_stands_for()
    {
        var root = Root();
        foreach (var (alias, line) in Aliases.BuiltIn)
        {
            var meant = line.Split(' ').Aggregate((Command)root, Sub);
            var named = Sub(root, alias);
            Assert.Equal(meant.Description, named.Description);
            Assert.Equal(meant.Options.Select(option => option.Name), named.Options.Select(option => option.Name));
            Assert.Equal(meant.Arguments.Select(argument => argument.Name), named.Arguments.Select(argument => argument.Name));
        }
    }

    private static RootCommand Root() => CommandLine.Create(CliHost.FromSystem());

    private static Command Sub(Command command, string name) => command.Subcommands.Single(next => next.Name == name);

    // A short name is in a table of its own; what has subcommands is shown when it also does something itself.
    private static void Add(StringBuilder text, Command command, string line)
    {
        foreach (var next in command.Subcommands.Where(next => !next.Hidden).OrderBy(next => next.Name, StringComparer.Ordinal))
        {
            var full = line.Length == 0 ? next.Name : $"{line} {next.Name}";
            if (Aliases.BuiltIn.ContainsKey(full))
            {
                continue;
            }
            if (next.Action is not null)
            {
                var arguments = string.Concat(next.Arguments.Select(argument => $" {Shown(argument)}"));
                var options = next.Options
                    .Where(option => !Everywhere.Contains(option.Name) && !option.Hidden).Select(option => $"`{option.Name}`");
                text.Append($"| `{(full + arguments).Replace("|", "\\|", StringComparison.Ordinal)}` ")
                    .Append($"| {string.Join(' ', options)} | {next.Description} |\n");
            }
            Add(text, next, full);
        }
    }

    private static string Shown(Argument argument)
    {
        var name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }
}
