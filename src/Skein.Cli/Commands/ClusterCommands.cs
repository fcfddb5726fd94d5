using System.CommandLine;
using Skein.Cli.Cluster;
using Skein.Cli.Jobs;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein cluster</c>: who leads, what has happened, who is brought in.</summary>
internal static class ClusterCommands
{
    private const int DefaultLimit = 50;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "cluster",
        "Show and change the cluster itself: who leads, its history, its nodes, where its data lies",
        "skein cluster show",
        "skein cluster history",
        "skein cluster set-primary proxy002",
        "skein cluster add-remove-nodes join --role=target 10.0.0.7:8081",
        "skein cluster rebalance start")
    {
        ShowCommands.ClusterCommand(host, "show", "skein cluster show"),
        History(host),
        SetPrimary(host),
        ForcePrimaryCommand.Create(host),
        JobCommands.Rebalance(host),
        NodeCommands.Create(host),
        ResetStats(host),
        LogCommands.Get(host, "download-logs", "skein cluster download-logs"),
        RemoteClusterCommands.Attach(host),
        RemoteClusterCommands.Detach(host),
        ClusterEndCommands.Shutdown(host),
        ClusterEndCommands.Decommission(host),
    };

    private static DocumentedCommand History(CliHost host)
    {
        var limit = new Option<int>("--limit")
        {
            Description = $"Show the last N versions, at most {TimelineRange.MaxLimit}",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var command = new DocumentedCommand(
            "history",
            "Show who changed what in the cluster, when and why",
            "skein cluster history",
            "skein cluster history --limit 5",
            "skein cluster history --json | jq '.entries[] | select(.who == \"p[proxy001]\")'",
            "skein cluster history diff 17 18          # what version 18 changed")
        {
            limit, CommonOptions.NoHeaders, CommonOptions.Json, HistoryDiff(host),
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var range = new TimelineRange(null, null, parsed.GetValue(limit));
            var timeline = await client.Cluster.GetHistoryAsync(range, cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, timeline, CliJsonContext.Output.TimelineReply);
            }
            else
            {
                new TimelinePrinter(host, !parsed.GetValue(CommonOptions.NoHeaders)).Write(timeline);
            }
            return 0;
        });
        return command;
    }

    private static DocumentedCommand HistoryDiff(CliHost host)
    {
        var from = new Argument<string>("A") { Description = "A version, for example 17" };
        var to = new Argument<string>("B") { Description = "Another version" };
        var command = new DocumentedCommand(
            "diff",
            "Show what differs between two versions",
            "skein cluster history diff 17 18",
            "skein cluster history diff 1 18 --json | jq -r '.changes[].path'")
        {
            from, to, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var diff = await client.Cluster.GetHistoryDiffAsync(
                parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, diff, CliJsonContext.Output.TimelineDiff);
            }
            else
            {
                new TimelinePrinter(host, !parsed.GetValue(CommonOptions.NoHeaders)).Write(diff);
            }
            return 0;
        });
        return command;
    }

    private static DocumentedCommand ResetStats(CliHost host)
    {
        var name = new Argument<string?>("NODE")
        {
            Description = "Id of a node; all of them without it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var errorsOnly = new Option<bool>("--errors-only") { Description = "Only the counters of errors" };
        var command = new DocumentedCommand(
            "reset-stats", "Set counters to zero", "skein cluster reset-stats",
            "skein cluster reset-stats target01 --errors-only")
        {
            name, errorsOnly,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var node = parsed.GetValue(name) is { } named
                ? NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), named) : null;
            await client.Operations.ResetStatsAsync(node?.Id, parsed.GetValue(errorsOnly), cancellation);
            var what = parsed.GetValue(errorsOnly) ? "error stats" : "stats";
            host.Writer.WriteLine($"{(node is null ? "Cluster" : node.DisplayName)} {what} successfully reset");
            return 0;
        });
        return command;
    }

    private static DocumentedCommand SetPrimary(CliHost host)
    {
        var proxy = new Argument<string>("PROXY") { Description = "Id of an electable proxy" };
        var command = new DocumentedCommand(
            "set-primary",
            "Make a proxy the primary",
            "skein cluster set-primary proxy002")
        {
            proxy, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var node = await FindAsync(client, parsed.GetRequiredValue(proxy), cancellation);
            await client.Cluster.SetPrimaryAsync(node.Id, cancellation);
            Done(host, parsed, "set-primary", node.Id, $"{node.DisplayName} is now a new primary");
            return 0;
        });
        return command;
    }

    /// <summary>The proxy that a person named, as <c>proxy002</c> or <c>p[proxy002]</c>.</summary>
    /// <exception cref="CliException">When there is none.</exception>
    public static async Task<NodeInfo> FindAsync(SkeinClient client, string name, CancellationToken cancellation)
    {
        var map = await client.Cluster.GetMapAsync(cancellation);
        var node = NodeNames.Find(map, name);
        return node.Role == NodeRole.Proxy
            ? node
            : throw new CliException(
                $"{node.DisplayName} is a target, a proxy is expected",
                "the proxies are " + string.Join(", ", map.Proxies.Keys));
    }

    private static void Done(CliHost host, ParseResult parsed, string action, string id, string text)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new NamesDocument { Action = action, Names = [id] };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NamesDocument);
        }
        else
        {
            host.Writer.WriteLine(text);
        }
    }
}
