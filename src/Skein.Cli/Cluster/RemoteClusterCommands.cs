using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Other clusters whose buckets this one shows: attach, detach, show.</summary>
internal static class RemoteClusterCommands
{
    /// <summary>Builds <c>remote-cluster</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "remote-cluster", "Attach, detach and show other clusters",
        "skein remote-cluster attach lab=http://10.0.0.7:8080", "skein remote-cluster show", "skein remote-cluster detach lab")
    {
        Attach(host, "attach", "skein remote-cluster attach"),
        Detach(host, "detach", "skein remote-cluster detach"),
        Show(host, "show", "skein remote-cluster show"),
    };

    /// <summary>Builds <c>cluster remote-attach</c>.</summary>
    public static Command Attach(
        CliHost host, string name = "remote-attach", string shown = "skein cluster remote-attach")
    {
        var what = new Argument<string[]>("ALIAS=URL")
        {
            Description = "Its name here, and the URL of one of its proxies",
            Arity = ArgumentArity.OneOrMore,
            Validators = { CommonOptions.RefuseOptions },
        };
        var command = new DocumentedCommand(
            name,
            "Attach another cluster: its buckets are ais://@ALIAS/BUCKET here",
            $"{shown} lab=http://10.0.0.7:8080",
            "skein ls ais://@lab/photos")
        {
            what,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            foreach (var (alias, url) in parsed.GetRequiredValue(what).Select(Split).ToList())
            {
                await client.RemoteClusters.AttachAsync(alias, url, cancellation);
                host.Writer.WriteLine($"Remote cluster (alias {alias}, url {url}) attached");
            }
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>cluster remote-detach</c>.</summary>
    public static Command Detach(
        CliHost host, string name = "remote-detach", string shown = "skein cluster remote-detach")
    {
        var what = new Argument<string>("ALIAS") { Description = "Alias or id of the cluster" };
        var command = new DocumentedCommand(
            name, "Detach another cluster", $"{shown} lab")
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
    public static Command Show(
        CliHost host, string name = "remote-cluster", string shown = "skein show remote-cluster")
    {
        var command = new DocumentedCommand(
            name,
            "Show the attached clusters",
            shown,
            $"{shown} --json")
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
            .Add("UUID").Add("URL").Add("Alias").Add("Primary").Add("Smap").Add("Targets").Add("Status");
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
