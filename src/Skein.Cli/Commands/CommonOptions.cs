using System.CommandLine;
using System.CommandLine.Parsing;

namespace Skein.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Where the cluster is.</summary>
    public static Option<string?> Endpoint { get; } = new("--endpoint")
    {
        Description = "URLs of proxies, separated by commas (default: $SKEIN_ENDPOINT, $AIS_ENDPOINT, "
            + "a playground that runs, else http://127.0.0.1:8080)",
        HelpName = "URL",
        Recursive = true,
    };

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
    public static Option<bool> Json { get; } = new("--json", "-j") { Description = "Print one JSON document" };

    /// <summary>Tables without their first line.</summary>
    public static Option<bool> NoHeaders { get; } = new("--no-headers", "-H") { Description = "Print no headings" };

    /// <summary>No questions.</summary>
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask for confirmation" };
}
