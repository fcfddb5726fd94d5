using System.CommandLine;
using Skein.Cli.Cluster;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Cli.Storage;
using Skein.Core.Nodes;

namespace Skein.Cli.Commands;

/// <summary><c>skein show</c>.</summary>
internal static class ShowCommands
{
    private const string MapWord = "smap";
    private const string ControlWord = "control";

    private static readonly Argument<string?> What = new("NODE|proxy|target|smap|control")
    {
        Description = "One node, the proxies, the targets, the cluster map, or the control plane (default: everything)",
        Arity = ArgumentArity.ZeroOrOne,
    };

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
            shown + " control                 # who leads, who votes, who is behind",
            shown + " --json | jq '.nodes | keys'")
        {
            What, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => ClusterAsync(host, parsed, cancellation));
        return command;
    }

    private static async Task<int> ClusterAsync(CliHost host, ParseResult parsed, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var what = parsed.GetValue(What);
        var json = parsed.GetValue(CommonOptions.Json);
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        if (what == MapWord)
        {
            var map = await client.Cluster.GetMapAsync(cancellation);
            if (json)
            {
                CliJsonContext.Write(host.Writer, map, CliJsonContext.Output.WireClusterMap);
            }
            else
            {
                new MapPrinter(host, map, headings).Write();
            }
            return 0;
        }
        if (what == ControlWord)
        {
            var control = await client.Cluster.GetControlAsync(cancellation);
            if (json)
            {
                CliJsonContext.Write(host.Writer, control, CliJsonContext.Output.ControlStatus);
            }
            else
            {
                new ControlPrinter(host, control).Write(headings);
            }
            return 0;
        }
        var view = await ClusterView.LoadAsync(client, cancellation);
        var shown = Select(view, what);
        if (json)
        {
            Json(host, view, shown);
            return 0;
        }
        var printer = new ClusterPrinter(host, view, headings);
        if (shown is null)
        {
            printer.All();
            return 0;
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
        return 0;
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
