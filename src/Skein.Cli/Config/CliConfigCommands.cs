using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Output;

namespace Skein.Cli.Config;

/// <summary><c>skein config cli</c>: settings of the command line itself.</summary>
internal static class CliConfigCommands
{
    private const string UrlKey = "cluster.url";
    private const string UnitsKey = "units";

    private static readonly PerTree<Option<bool>> PathOnlyOption = new(
        () => new("--path") { Description = "Show where the settings are kept" });

    private static Option<bool> PathOnly => PathOnlyOption.Value;

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string shown)
    {
        var show = new DocumentedCommand("show", "Show the settings", $"{shown} show", $"{shown} show --path")
        {
            PathOnly, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        show.SetAction(parsed => Write(host, parsed));
        var command = new DocumentedCommand(
            "cli", "Show and change the settings of this command line",
            shown, $"{shown} set {UrlKey} http://10.0.0.7:8080", $"{shown} set {UnitsKey}=si", $"{shown} reset")
        {
            show, Set(host, shown), Reset(host, shown), PathOnly, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(parsed => Write(host, parsed));
        return command;
    }

    private static DocumentedCommand Set(CliHost host, string shown)
    {
        var words = new Argument<string[]>("KEY=VALUE")
        {
            Description = $"{UrlKey}, or {UnitsKey} ({string.Join(", ", CommonOptions.UnitWords)})",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new DocumentedCommand(
            "set", "Change settings", $"{shown} set {UrlKey}=http://10.0.0.7:8080", $"{shown} set {UnitsKey} raw")
        {
            words,
        };
        command.SetAction(parsed =>
        {
            var settings = CliSettings.Load(host);
            foreach (var (key, value) in ConfigWords.Pairs(parsed.GetRequiredValue(words)))
            {
                settings = Changed(settings, key, value);
                host.Writer.WriteLine($"\"{key}\" set to: \"{value}\"");
            }
            settings.Save(host);
        });
        return command;
    }

    private static DocumentedCommand Reset(CliHost host, string shown)
    {
        var command = new DocumentedCommand("reset", "Take the defaults again; aliases are kept", $"{shown} reset");
        command.SetAction(_ =>
        {
            (new CliSettings { Aliases = CliSettings.Load(host).Aliases }).Save(host);
            host.Writer.WriteLine("CLI config successfully reset to all defaults");
        });
        return command;
    }

    private static CliSettings Changed(CliSettings settings, string key, string value) => key switch
    {
        UrlKey when value.Length == 0 || Uri.TryCreate(value, UriKind.Absolute, out _) => settings with { Endpoint = value },
        UrlKey => throw new CliException($"{UrlKey}: \"{value}\" is no URL", "write it as http://10.0.0.7:8080"),
        UnitsKey when CommonOptions.UnitWords.Contains(value) => settings with { Units = value },
        UnitsKey => throw new CliException(
            $"{UnitsKey}: \"{value}\" is unknown", "expected is one of " + string.Join(", ", CommonOptions.UnitWords)),
        _ => throw new CliException($"unknown setting \"{key}\"", $"the settings are {UrlKey} and {UnitsKey}"),
    };

    private static void Write(CliHost host, ParseResult parsed)
    {
        if (parsed.GetValue(PathOnly))
        {
            host.Writer.WriteLine(CliSettings.PathOf(host) ?? "there is no home directory");
            return;
        }
        var settings = CliSettings.Load(host);
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, settings, CliJsonContext.Output.CliSettings);
            return;
        }
        var aliases = string.Join("; ", settings.Aliases.Select(pair => $"{pair.Key} => '{pair.Value}'"));
        PropertyTable.Write(
            host,
            [new("aliases", aliases), new(UrlKey, settings.Endpoint), new(UnitsKey, settings.Units)],
            !parsed.GetValue(CommonOptions.NoHeaders));
    }
}
