using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Skein.Cli.Output;

namespace Skein.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    private static readonly PerTree<Option<bool>> YesOption = new(
        () => new("--yes", "-y") { Description = "Do not ask for confirmation" });

    private static readonly PerTree<Option<bool>> NoHeadersOption = new(
        () => new("--no-headers", "-H") { Description = "Print no headings" });

    private static readonly PerTree<Option<bool>> JsonOption = new(
        () => new("--json", "-j") { Description = "Print one JSON document" });

    private static readonly PerTree<Option<SizeUnits>> UnitsOption = new(() => new("--units")
    {
        Description = "How sizes are shown: iec (KiB, MiB), si (kB, MB), raw (bytes)",
        HelpName = "iec|si|raw",
        Recursive = true,
        CustomParser = ReadUnits,
    });

    private static readonly PerTree<Option<string?>> EndpointOption = new(() => new("--endpoint")
    {
        Description = "URLs of proxies, separated by commas (default: $SKEIN_ENDPOINT, $AIS_ENDPOINT, "
            + "the setting cluster.url, a playground that runs, else http://127.0.0.1:8080)",
        HelpName = "URL",
        Recursive = true,
    });

    /// <summary>Where the cluster is.</summary>
    public static Option<string?> Endpoint => EndpointOption.Value;

    /// <summary>How sizes are shown.</summary>
    public static Option<SizeUnits> Units => UnitsOption.Value;

    /// <summary>Finds the columns or lines of which something is shown.</summary>
    public static Option<string?> Regex(string description) => new("--regex")
    {
        Description = description,
        HelpName = "RE",
    };

    /// <summary>A regular expression that a person typed; it does not look at case and ends in bounded time.</summary>
    /// <exception cref="CliException">When it is none.</exception>
    public static Regex? ReadRegex(string? text)
    {
        try
        {
            return text is null ? null : new Regex(text, RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new CliException($"--regex {text}: {e.Message}");
        }
    }

    /// <summary>
    /// Validator of an argument that takes several words: the parser would give it the options that it does not know.
    /// </summary>
    public static void RefuseOptions(ArgumentResult words)
    {
        foreach (var token in words.Tokens.Where(token => token.Value.StartsWith('-')))
        {
            words.AddError($"unknown or misplaced \"{token.Value}\"");
        }
    }

    /// <summary>JSON instead of tables.</summary>
    public static Option<bool> Json => JsonOption.Value;

    /// <summary>Tables without their first line.</summary>
    public static Option<bool> NoHeaders => NoHeadersOption.Value;

    /// <summary>No questions.</summary>
    public static Option<bool> Yes => YesOption.Value;

    /// <summary>The names that can be given to <c>--units</c>.</summary>
    public static IReadOnlyList<string> UnitWords { get; } = ["iec", "si", "raw"];

    private static SizeUnits ReadUnits(ArgumentResult words)
    {
        var index = UnitWords.ToList().IndexOf(words.Tokens[0].Value.ToLowerInvariant());
        if (index < 0)
        {
            words.AddError($"--units {words.Tokens[0].Value}: expected is one of {string.Join(", ", UnitWords)}");
        }
        return (SizeUnits)Math.Max(index, 0);
    }
}
