using System.CommandLine;
using Skein.Cli.Config;
using Skein.Cli.Playground;
using Skein.Client;

namespace Skein.Cli.Commands;

/// <summary>Decides which cluster a command speaks to, and makes the client.</summary>
internal static class EndpointFinder
{
    /// <summary>Where a cluster is looked for when nothing else says.</summary>
    public const string Default = "http://127.0.0.1:8080";

    private static readonly string[] Variables = ["SKEIN_ENDPOINT", "AIS_ENDPOINT"];

    /// <summary>
    /// The endpoints, in this order of precedence: <c>--endpoint</c>, <c>SKEIN_ENDPOINT</c>, <c>AIS_ENDPOINT</c>, the
    /// setting <c>cluster.url</c> of the command line, a playground that runs, <see cref="Default"/>.
    /// </summary>
    /// <param name="told">Value of <c>--endpoint</c>; null when not given.</param>
    /// <param name="host">The machine.</param>
    public static IReadOnlyList<string> Find(string? told, CliHost host)
    {
        foreach (var text in (string?[])[told, .. Variables.Select(host.Variables)])
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            }
        }
        if (CliSettings.Load(host).Endpoint is { Length: > 0 } configured)
        {
            return [configured];
        }
        return PlaygroundFinder.RunningEndpoints(host) is { Count: > 0 } running ? running : [Default];
    }

    /// <summary>Makes the client of a command.</summary>
    /// <exception cref="CliException">When an endpoint is no URL.</exception>
    public static SkeinClient Connect(CliHost host, ParseResult parsed)
    {
        try
        {
            return new SkeinClient(new SkeinClientOptions
            {
                Endpoints = Find(parsed.GetValue(CommonOptions.Endpoint), host),
                Token = host.Variables("AIS_AUTHN_TOKEN") is { Length: > 0 } token ? token : null,
                UserAgent = "skein/" + CommandLine.Version,
                Time = host.Time,
                Random = host.Random,
            });
        }
        catch (ArgumentException e)
        {
            throw new CliException(e.Message, "name a proxy with --endpoint, SKEIN_ENDPOINT or AIS_ENDPOINT");
        }
    }
}
