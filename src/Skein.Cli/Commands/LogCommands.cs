using System.CommandLine;
using Skein.Cli.Nodes;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Commands;

/// <summary><c>skein log</c>, <c>show log</c> and <c>cluster download-logs</c>: what the nodes have written.</summary>
internal static class LogCommands
{
    private static readonly string[] Severities = ["info", "warning", "error"];

    private static readonly PerTree<Option<string>> SeverityOption = new(() => new("--severity")
    {
        Description = "Only lines that are at least so severe: i or info, w or warning, e or error",
        HelpName = "S",
        DefaultValueFactory = _ => "info",
    });

    private static Option<string> Severity => SeverityOption.Value;

    /// <summary>Builds <c>log</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "log", "Show and download the logs of nodes",
        "skein log show target01 --severity error", "skein log get target01 /tmp/target01.log", "skein log get cluster /tmp")
    {
        Show(host, "show", "skein log show"),
        Get(host, "get", "skein log get"),
    };

    /// <summary>Builds <c>log show</c>, which is also <c>show log</c>.</summary>
    public static Command Show(CliHost host, string name, string shown)
    {
        var node = new Argument<string>("NODE") { Description = "Id of a node" };
        var command = new DocumentedCommand(
            name, "Show the newest log of a node", $"{shown} target01 | less", $"{shown} target01 --severity=e")
        {
            node, Severity,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var severity = Letter(parsed.GetValue(Severity)!);
            using var client = EndpointFinder.Connect(host, parsed);
            var found = NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), parsed.GetRequiredValue(node));
            await using var output = host.OpenOutput();
            await client.Operations.ReadLogAsync(found.Id, severity, all: false, output, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>log get</c>, which is also <c>cluster download-logs</c>.</summary>
    public static Command Get(CliHost host, string name, string shown)
    {
        var node = new Argument<string?>("NODE")
        {
            Description = "Id of a node; cluster for all",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var folder = new Argument<string?>("OUT")
        {
            Description = "File for one node, folder for all (default: here); - for standard output",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "All log files of the node as a compressed archive" };
        var command = new DocumentedCommand(
            name, "Download the logs of one node, or of all",
            $"{shown} target01", $"{shown} target01 /tmp/target01.tar.gz --all", $"{shown} cluster /tmp/logs --severity w")
        {
            node, folder, all, Severity,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var severity = Letter(parsed.GetValue(Severity)!);
            using var client = EndpointFinder.Connect(host, parsed);
            var map = await client.Cluster.GetMapAsync(cancellation);
            var one = parsed.GetValue(node) is { Length: > 0 } named and not "cluster" ? NodeNames.Find(map, named) : null;
            var output = parsed.GetValue(folder);
            var ending = parsed.GetValue(all) ? ".tar.gz" : ".log";
            if (one is not null && output == "-")
            {
                await using var stream = host.OpenOutput();
                await client.Operations.ReadLogAsync(one.Id, severity, parsed.GetValue(all), stream, cancellation);
                return 0;
            }
            var nodes = one is not null ? [one] : map.Proxies.Values.Concat(map.Targets.Values).ToList();
            var directory = host.FullPath(output ?? ".");
            foreach (var next in nodes)
            {
                var path = one is not null && output is not null && !Directory.Exists(directory)
                    ? directory : Path.Combine(directory, next.Id + ending);
                await DownloadAsync(host, client, next, (severity, parsed.GetValue(all)), path, cancellation);
            }
            return 0;
        });
        return command;
    }

    private static async Task DownloadAsync(
        CliHost host, SkeinClient client, NodeInfo node, (string Severity, bool All) what, string path,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{host.Random.Next():x8}.part";
        try
        {
            await using (var file = File.Create(temporary))
            {
                await client.Operations.ReadLogAsync(node.Id, what.Severity, what.All, file, cancellation);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        host.Writer.WriteLine($"Downloaded the log of {node.DisplayName} as {path}");
    }

    private static string Letter(string severity) => severity.Length != 0
        && Severities.FirstOrDefault(word => word.StartsWith(severity, StringComparison.Ordinal)) is { } found
            ? found[..1]
            : throw new CliException(
                $"unknown severity \"{severity}\"", "expected is one of " + string.Join(", ", Severities));
}
