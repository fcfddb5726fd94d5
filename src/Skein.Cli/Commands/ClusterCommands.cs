using System.CommandLine;
using Skein.Cli.Cluster;
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
        "Show and change the cluster itself: who leads, its history, its nodes",
        "skein cluster show",
        "skein cluster history",
        "skein cluster set-primary proxy002",
        "skein cluster add-remove-nodes join --role=target 10.0.0.7:8081")
    {
        ShowCommands.ClusterCommand(host, "show", "skein cluster show"),
        History(host),
        SetPrimary(host),
        ForcePrimaryCommand.Create(host),
        AddRemoveNodes(host),
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

    private static DocumentedCommand AddRemoveNodes(CliHost host)
    {
        var role = new Option<string>("--role")
        {
            Description = "proxy or target; the cluster asks the node itself",
            HelpName = "ROLE",
            Required = true,
        };
        role.AcceptOnlyFromAmong(NodeRoles.Proxy, NodeRoles.Target);
        var nonElectable = new Option<bool>("--non-electable") { Description = "A proxy that must never become primary" };
        var address = new Argument<string>("IP:PORT") { Description = "Where the node's control network listens" };
        var join = new DocumentedCommand(
            "join",
            "Bring in a node that stands by",
            "skeind -role target -standby ...          # on the new machine",
            "skein cluster add-remove-nodes join --role=target 10.0.0.7:8081")
        {
            role, nonElectable, address, CommonOptions.Json,
        };
        join.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var text = parsed.GetRequiredValue(address);
            var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
            if (!Uri.TryCreate(full, UriKind.Absolute, out var url))
            {
                throw new CliException($"\"{text}\" is no address", "write it as 10.0.0.7:8081");
            }
            var joined = await client.Cluster.JoinNodeAsync(
                url, parsed.GetRequiredValue(role), parsed.GetValue(nonElectable), cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, joined, CliJsonContext.Output.JoinedNodeReply);
                return 0;
            }
            var map = await client.Cluster.GetMapAsync(cancellation);
            host.Writer.WriteLine($"{Name(map, joined.NodeId)} successfully joined the cluster");
            if (joined.RebalanceId.Length != 0)
            {
                host.Writer.WriteLine($"Started rebalance \"{joined.RebalanceId}\".");
            }
            return 0;
        });
        return new DocumentedCommand(
            "add-remove-nodes",
            "Bring nodes in",
            "skein cluster add-remove-nodes join --role=target 10.0.0.7:8081")
        {
            join,
        };
    }

    /// <summary>The proxy that a person named, as <c>proxy002</c> or <c>p[proxy002]</c>.</summary>
    /// <exception cref="CliException">When there is none.</exception>
    public static async Task<NodeInfo> FindAsync(SkeinClient client, string name, CancellationToken cancellation)
    {
        var map = await client.Cluster.GetMapAsync(cancellation);
        var node = map.Proxies.Values.Concat(map.Targets.Values)
            .FirstOrDefault(candidate => candidate.Id == name || candidate.DisplayName == name);
        if (node is null)
        {
            throw new CliException($"node \"{name}\" does not exist", "see 'skein show cluster'");
        }
        return node.Role == NodeRole.Proxy
            ? node
            : throw new CliException(
                $"{node.DisplayName} is a target, a proxy is expected",
                "the proxies are " + string.Join(", ", map.Proxies.Keys));
    }

    private static string Name(WireClusterMap map, string id) =>
        map.Proxies.TryGetValue(id, out var node) || map.Targets.TryGetValue(id, out node) ? node.DisplayName : id;

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
