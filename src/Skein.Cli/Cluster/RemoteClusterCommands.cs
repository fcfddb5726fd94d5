using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Other clusters whose buckets this one shows: attach, detach, show.</summary>
internal static class RemoteClusterCommands
{
    /// <summary>Builds <c>cluster remote-attach</c>.</summary>
    public static Command Attach(CliHost host)
    {
        var what = new Argument<string>("ALIAS=URL") { Description = "Its name here, and the URL of one of its proxies" };
        var command = new DocumentedCommand(
            "remote-attach",
            "Attach another cluster: its buckets are ais://@ALIAS/BUCKET here",
            "skein cluster remote-attach lab=http://10.0.0.7:8080",
            "skein ls ais://@lab/photos")
        {
            what,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (alias, url) = Split(parsed.GetRequiredValue(what));
            using var client = EndpointFinder.Connect(host, parsed);
            await client.RemoteClusters.AttachAsync(alias, url, cancellation);
            host.Writer.WriteLine($"Remote cluster (alias {alias}, url {url}) attached");
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>cluster remote-detach</c>.</summary>
    public static Command Detach(CliHost host)
    {
        var what = new Argument<string>("ALIAS") { Description = "Alias or id of the cluster" };
        var command = new DocumentedCommand(
            "remote-detach", "Detach another cluster", "skein cluster remote-detach lab")
        {
            what,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var alias = parsed.GetRequiredValue(what);
            using var client = EndpointFinder.Connect(host, parsed);
            await client.RemoteClusters.DetachAsync(alias, cancellation);
            host.Writer.WriteLine($"Remote cluster {alias} detached");
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>show remote-cluster</c>.</summary>
    public static Command Show(CliHost host)
    {
        var command = new DocumentedCommand(
            "remote-cluster",
            "Show the attached clusters",
            "skein show remote-cluster",
            "skein show remote-cluster --json")
        {
            CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var remotes = await client.RemoteClusters.ListAsync(cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, remotes, CliJsonContext.Output.RemoteClustersReply);
                return 0;
            }
            Write(host, remotes, !parsed.GetValue(CommonOptions.NoHeaders));
            return 0;
        });
        return command;
    }

    private static (string Alias, string Url) Split(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1
            ? (text[..at], text[(at + 1)..])
            : throw new CliException(
                $"\"{text}\" is no ALIAS=URL", "write it as in: skein cluster remote-attach lab=http://10.0.0.7:8080");
    }

    private static void Write(CliHost host, RemoteClustersReply remotes, bool headings)
    {
        if (remotes.Clusters is not { Count: > 0 } clusters)
        {
            host.Writer.WriteLine("No remote clusters are attached. To attach one: skein cluster remote-attach ALIAS=URL");
            return;
        }
        var table = new TextTable("-")
            .Add("UUID").Add("URL").Add("ALIAS").Add("PRIMARY").Add("SMAP").Add("TARGETS").Add("STATUS");
        foreach (var remote in clusters)
        {
            table.Row(
                remote.Uuid,
                remote.Url,
                remote.Alias,
                remote.Map?.Primary?.Id ?? "",
                remote.Map is null ? "" : "v" + remote.Map.Version.ToString(CultureInfo.InvariantCulture),
                remote.Map?.Targets.Count.ToString(CultureInfo.InvariantCulture) ?? "",
                remote.Map is null ? "unreachable" : "online");
        }
        table.Write(host.Writer, host.Width, headings);
    }
}
