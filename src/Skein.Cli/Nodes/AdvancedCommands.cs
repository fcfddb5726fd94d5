using System.CommandLine;
using Skein.Cli.Archives;
using Skein.Cli.Commands;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Client.Cluster;
using Skein.Core.Nodes;

namespace Skein.Cli.Nodes;

/// <summary><c>skein advanced</c>: for emergencies and for scripts that test.</summary>
internal static class AdvancedCommands
{
    private static readonly PerTree<Argument<string?>> OneTargetArgument = new(() => new("TARGET")
    {
        Description = "Id of a target (default: any)",
        Arity = ArgumentArity.ZeroOrOne,
    });

    private static Argument<string?> OneTarget => OneTargetArgument.Value;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "advanced",
        "Commands for emergencies and for tests",
        "skein advanced remove-from-smap target03",
        "skein advanced random-node",
        "skein advanced random-mountpath target01")
    {
        RemoveFromMap(host),
        RandomNode(host),
        RandomMountpath(host),
        RotateLogs(host),
        GenerateShardsCommand.Create(host, "skein advanced gen-shards"),
        JobCommands.Preload(host),
    };

    private static DocumentedCommand RemoveFromMap(CliHost host)
    {
        var name = new Argument<string>("NODE") { Description = "Id of the node" };
        var command = new DocumentedCommand(
            "remove-from-smap",
            "Take a node that is gone out of the cluster map at once; what only it has is given up",
            "skein advanced remove-from-smap target03",
            "skein advanced remove-from-smap target03 -y")
        {
            name, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var node = NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), parsed.GetRequiredValue(name));
            Confirmation.Require(
                host,
                parsed,
                $"Remove {node.DisplayName} from the cluster map? Nothing is moved: what only it has is given up.");
            await client.Cluster.ChangeNodesAsync(
                new NodeChange("rm-unsafe", [node.Id]) { SkipRebalance = true }, cancellation);
            Write(host, parsed, "removed", node.Id, $"{node.DisplayName} is no longer in the cluster map");
            return 0;
        });
        return command;
    }

    private static DocumentedCommand RandomNode(CliHost host)
    {
        var command = new DocumentedCommand(
            "random-node",
            "Print the id of a target that is in service",
            "skein advanced random-node",
            "skein show cluster $(skein advanced random-node)")
        {
            CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var map = await client.Cluster.GetMapAsync(cancellation);
            var active = map.Targets.Values.Where(node => node.IsActive).ToList();
            var chosen = Choose(host, active, "the cluster has no target in service");
            Write(host, parsed, "chosen", chosen.Id, chosen.Id);
            return 0;
        });
        return command;
    }

    private static DocumentedCommand RotateLogs(CliHost host)
    {
        var name = new Argument<string?>("NODE")
        {
            Description = "Id of a node; all of them without it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DocumentedCommand(
            "rotate-logs", "Begin new log files", "skein advanced rotate-logs", "skein advanced rotate-logs target01")
        {
            name,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var node = parsed.GetValue(name) is { } named
                ? NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), named) : null;
            await client.Operations.RotateLogsAsync(node?.Id, cancellation);
            host.Writer.WriteLine($"{node?.DisplayName ?? "all nodes"}: logs rotated");
            return 0;
        });
        return command;
    }

    private static DocumentedCommand RandomMountpath(CliHost host)
    {
        var command = new DocumentedCommand(
            "random-mountpath",
            "Print a target and one of its mountpaths",
            "skein advanced random-mountpath",
            "skein advanced random-mountpath target01")
        {
            OneTarget, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var all = await client.Cluster.GetMountpathsAsync(cancellation);
            var name = parsed.GetValue(OneTarget);
            var id = name is null ? null : Target(await client.Cluster.GetMapAsync(cancellation), name).Id;
            var pairs = all
                .Where(target => id is null || target.Key == id)
                .SelectMany(target => target.Value.Select(path => (Target: target.Key, Path: path)))
                .ToList();
            var (target, path) = Choose(host, pairs, "there is no mountpath to choose from");
            Write(host, parsed, "chosen", path, id is null ? $"{target} {path}" : path);
            return 0;
        });
        return command;
    }

    private static NodeInfo Target(Core.Wire.WireClusterMap map, string name) =>
        NodeNames.Find(map, name) is { Role: NodeRole.Target } node
            ? node
            : throw new CliException($"\"{name}\" is a proxy, a target is expected");

    private static T Choose<T>(CliHost host, List<T> from, string none) =>
        from.Count == 0 ? throw new CliException(none) : from[host.Random.Next(from.Count)];

    private static void Write(CliHost host, ParseResult parsed, string action, string name, string text)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new NamesDocument { Action = action, Names = [name] };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NamesDocument);
            return;
        }
        host.Writer.WriteLine(text);
    }
}
