using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Output;

namespace Skein.Cli.Config;

/// <summary><c>skein alias</c>: short names of commands.</summary>
internal static class AliasCommands
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var command = new DocumentedCommand(
            "alias", "Show, set and remove short names of commands",
            "skein alias", "skein alias set sc \"show cluster\"", "skein sc target01", "skein alias rm sc")
        {
            Show(host), Set(host), Remove(host), CommonOptions.NoHeaders,
        };
        command.SetAction(parsed => Write(host, parsed));
        return command;
    }

    private static DocumentedCommand Show(CliHost host)
    {
        var command = new DocumentedCommand("show", "Show the short names", "skein alias show") { CommonOptions.NoHeaders };
        command.SetAction(parsed => Write(host, parsed));
        return command;
    }

    private static DocumentedCommand Set(CliHost host)
    {
        var name = new Argument<string>("ALIAS") { Description = "A word: letters, digits, - and _" };
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "The command that it stands for, without the name of the program; in quotes when it has options",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new DocumentedCommand(
            "set", "Set a short name", "skein alias set sc show cluster", "skein alias set big \"ls --props all --units raw\"")
        {
            name, words,
        };
        command.SetAction(parsed =>
        {
            var alias = parsed.GetRequiredValue(name);
            var line = string.Join(' ', parsed.GetRequiredValue(words));
            Check(host, alias, line);
            var settings = CliSettings.Load(host);
            settings.Aliases[alias] = line;
            settings.Save(host);
            host.Writer.WriteLine($"Aliased \"{alias}\"=\"{line}\"");
        });
        return command;
    }

    private static DocumentedCommand Remove(CliHost host)
    {
        var name = new Argument<string>("ALIAS") { Description = "The short name" };
        var command = new DocumentedCommand("rm", "Remove a short name", "skein alias rm sc") { name };
        command.SetAction(parsed =>
        {
            var alias = parsed.GetRequiredValue(name);
            var settings = CliSettings.Load(host);
            if (!settings.Aliases.Remove(alias))
            {
                throw Aliases.BuiltIn.ContainsKey(alias)
                    ? new CliException($"\"{alias}\" is always there and cannot be removed")
                    : new CliException($"there is no alias \"{alias}\"", "'skein alias' shows them");
            }
            settings.Save(host);
        });
        return command;
    }

    private static void Check(CliHost host, string alias, string line)
    {
        if (alias.Length == 0 || !alias.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || alias[0] == '-')
        {
            throw new CliException($"invalid alias \"{alias}\"", "letters, digits, - and _ are possible");
        }
        var root = CommandLine.Create(host);
        if (root.Subcommands.Any(command => command.Name == alias))
        {
            throw new CliException($"\"{alias}\" is a command", "choose another name");
        }
        if (Aliases.Split(line) is not [var first, ..] || root.Subcommands.All(command => command.Name != first))
        {
            throw new CliException($"\"{line}\" does not begin with a command", "'skein --help' shows the commands");
        }
    }

    private static void Write(CliHost host, ParseResult parsed)
    {
        var table = new TextTable().Add("ALIAS").Add("COMMAND");
        foreach (var (alias, line) in Aliases.BuiltIn.Concat(CliSettings.Load(host).Aliases).OrderBy(
            pair => pair.Key, StringComparer.Ordinal))
        {
            table.Row(alias, line);
        }
        table.Write(host.Writer, host.Width, !parsed.GetValue(CommonOptions.NoHeaders));
    }
}
