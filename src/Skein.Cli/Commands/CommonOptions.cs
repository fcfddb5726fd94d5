using System.CommandLine;

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

    /// <summary>JSON instead of tables.</summary>
    public static Option<bool> Json { get; } = new("--json", "-j") { Description = "Print one JSON document" };

    /// <summary>Tables without their first line.</summary>
    public static Option<bool> NoHeaders { get; } = new("--no-headers", "-H") { Description = "Print no headings" };

    /// <summary>No questions.</summary>
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask for confirmation" };
}
