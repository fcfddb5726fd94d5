using System.CommandLine;
using System.CommandLine.Completions;
using Skein.Cli.Buckets;
using Skein.Cli.Cluster;
using Skein.Cli.Config;
using Skein.Cli.Jobs;
using Skein.Cli.Nodes;
using Skein.Cli.Objects;
using Skein.Cli.Output;
using Skein.Cli.Performance;
using Skein.Cli.Storage;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Commands;

/// <summary><c>skein show</c>.</summary>
internal static class ShowCommands
{
    private const string MapWord = "smap";
    private const string ControlWord = "control";
    private const string BucketsWord = "bmd";
    private const string ConfigWord = "config";
    private const string StatsWord = "stats";

    private static readonly PerTree<Argument<string?>> WhatArgument = new(() => new("NODE|WHAT")
    {
        Description = "One node, or proxy, target, smap (the cluster map), bmd (the buckets), config, stats (counters), "
            + "control (who leads, who votes); default: all nodes",
        Arity = ArgumentArity.ZeroOrOne,
        CompletionSources =
        {
            _ => ((string[])[NodeRoles.Proxy, NodeRoles.Target, MapWord, BucketsWord, ConfigWord, StatsWord, ControlWord])
                .Select(word => new CompletionItem(word)),
        },
    });

    private static readonly PerTree<Argument<string?>> WhichArgument = new(() => new("NODE|SECTION")
    {
        Description = "Of proxy, target, smap and stats one node; of config a section",
        Arity = ArgumentArity.ZeroOrOne,
    });

    private static Argument<string?> What => WhatArgument.Value;

    private static Argument<string?> Which => WhichArgument.Value;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "show",
        "Show the cluster and its jobs",
        "skein show cluster",
        "skein show cluster smap --json",
        "skein show job --all",
        "skein show rebalance")
    {
        ClusterCommand(host, "cluster", "skein show cluster"),
        BucketPropsCommands.Show(host, "bucket", "skein show bucket"),
        ObjectShowCommand.Create(host, "object", "skein show object"),
        PerformanceCommands.Create(host, "performance", "skein show performance", withShow: false),
        ConfigCommands.Show(host, "config", "skein show config"),
        LogCommands.Show(host, "log", "skein show log"),
        NotServedCommands.Auth(host),
        NotServedCommands.Etl(host),
        JobShowCommand.Create(host, "job", "skein show job"),
        JobShowCommand.Rebalance(host, "rebalance", "skein show rebalance"),
        StorageCommands.Show(host),
        RemoteClusterCommands.Show(host),
    };

    /// <summary>Builds <c>show cluster</c>, which is also <c>cluster show</c>.</summary>
    public static Command ClusterCommand(CliHost host, string name, string shown)
    {
        var command = new DocumentedCommand(
            name,
            "Show the nodes of the cluster and how they are",
            shown,
            shown + " target",
            shown + " target01                # one node, with its version",
            shown + " smap                    # the cluster map",
            shown + " bmd                     # the buckets",
            shown + " config lru              # a section of the configuration",
            shown + " stats                   # counters, throughput and latency",
            shown + " control                 # who leads, who votes, who is behind",
            shown + " --json | jq '.nodes | keys'")
        {
            What, Which, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            return await RepeatOptions.RunAsync(
                host, parsed,
                async () =>
                {
                    await ClusterAsync(host, client, parsed, cancellation);
                    return true;
                },
                cancellation);
        });
        return command;
    }

    private static async Task ClusterAsync(
        CliHost host, SkeinClient client, ParseResult parsed, CancellationToken cancellation)
    {
        var what = parsed.GetValue(What);
        if (what is BucketsWord or ConfigWord or StatsWord)
        {
            await PartAsync(host, client, parsed, what, cancellation);
            return;
        }
        var json = parsed.GetValue(CommonOptions.Json);
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        if (what == MapWord)
        {
            var map = await client.Cluster.GetMapAsync(cancellation);
            if (json)
            {
                CliJsonContext.Write(host.Writer, map, CliJsonContext.Output.WireClusterMap);
                return;
            }
            var only = parsed.GetValue(Which) is { } named ? NodeNames.Find(map, named) : null;
            new MapPrinter(host, map, headings).Write(only);
            return;
        }
        if (what == ControlWord)
        {
            var control = await client.Cluster.GetControlAsync(cancellation);
            if (json)
            {
                CliJsonContext.Write(host.Writer, control, CliJsonContext.Output.ControlStatus);
                return;
            }
            new ControlPrinter(host, control).Write(headings);
            return;
        }
        var view = await ClusterView.LoadAsync(client, cancellation);
        var shown = Select(view, parsed.GetValue(Which) ?? what);
        if (json)
        {
            Json(host, view, shown);
            return;
        }
        Nodes(new ClusterPrinter(host, view, headings), shown, what);
    }

    private static void Nodes(ClusterPrinter printer, List<NodeInfo>? shown, string? what)
    {
        if (shown is null)
        {
            printer.All();
            return;
        }
        var withVersion = what is not (NodeRoles.Proxy or NodeRoles.Target);
        if (shown.Any(node => node.Role == NodeRole.Proxy))
        {
            printer.Proxies(shown, withVersion);
        }
        else
        {
            printer.Targets(shown, withVersion);
        }
    }

    private static async Task PartAsync(
        CliHost host, SkeinClient client, ParseResult parsed, string what, CancellationToken cancellation)
    {
        var which = parsed.GetValue(Which);
        switch (what)
        {
            case ConfigWord:
                await ConfigCommands.ShowClusterAsync(host, parsed, client, which ?? "", cancellation);
                return;
            case StatsWord:
                var targets = await PerformanceCommands.TargetsAsync(client, which, cancellation);
                await PerformanceCommands.AllAsync(host, client, targets, parsed, cancellation);
                return;
            default:
                var metadata = await client.Operations.GetBucketMetadataAsync(cancellation);
                new BucketMetadataPrinter(host, metadata).Write(parsed);
                return;
        }
    }

    // The nodes that were asked for; null for all.
    private static List<NodeInfo>? Select(ClusterView view, string? what)
    {
        switch (what)
        {
            case null:
                return null;
            case NodeRoles.Proxy:
                return [.. view.Map.Proxies.Values];
            case NodeRoles.Target:
                return [.. view.Map.Targets.Values];
            default:
                // Both "target01" and "t[target01]", as the tables print it.
                var node = view.Nodes.FirstOrDefault(candidate => candidate.Id == what || candidate.DisplayName == what);
                return node is not null
                    ? [node]
                    : throw new CliException(
                        $"there is no node \"{what}\" in the cluster",
                        "the nodes are " + string.Join(", ", view.Nodes.Select(candidate => candidate.Id)));
        }
    }

    private static void Json(CliHost host, ClusterView view, List<NodeInfo>? shown)
    {
        var ids = shown?.Select(node => node.Id).ToHashSet();
        var document = new ClusterDocument
        {
            Map = view.Map,
            Nodes = new(view.Statuses.Where(pair => ids?.Contains(pair.Key) ?? true).ToDictionary()),
            Control = shown is null ? view.Control : null,
            Offline = new(view.Offline.Where(pair => ids?.Contains(pair.Key) ?? true).ToDictionary()),
        };
        CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.ClusterDocument);
    }
}
