using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Client.Cluster;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Nodes;

/// <summary><c>skein cluster add-remove-nodes</c>: nodes come, leave for a while, and leave for good.</summary>
internal static class NodeCommands
{
    private const string Shown = "skein cluster add-remove-nodes ";

    private static readonly PerTree<Option<bool>> NoRebalanceOption = new(() => new("--no-rebalance")
    {
        Description = "Leave the data where it is",
    });

    private static readonly PerTree<Option<bool>> RemoveUserDataOption = new(() => new("--rm-user-data")
    {
        Description = "Also remove the objects on the node's disks",
    });

    private static readonly PerTree<Option<bool>> NoShutdownOption = new(
        () => new("--no-shutdown") { Description = "Let the process run on" });

    private static readonly PerTree<Option<bool>> KeepConfigOption = new(() => new("--keep-initial-config")
    {
        Description = "Keep the configuration file, so that the node can be started as a new one",
    });

    private static readonly PerTree<Option<bool>> DryRunOption = new(() => new("--dry-run", "-n")
    {
        Description = "Only show what would move and what would be lost",
    });

    private static readonly PerTree<Option<bool>> WaitOption = new(
        () => new("--wait", "-w") { Description = "Wait until it is done" });

    private static readonly PerTree<Argument<string[]>> NamesArgument = new(() => new("NODE")
    {
        Description = "Ids of nodes, as target01 or t[target01]; the beginning of an id will do when it is unique",
        Arity = ArgumentArity.OneOrMore,
        Validators = { CommonOptions.RefuseOptions },
    });

    private static Option<bool> NoRebalance => NoRebalanceOption.Value;

    private static Option<bool> RemoveUserData => RemoveUserDataOption.Value;

    private static Option<bool> NoShutdown => NoShutdownOption.Value;

    private static Option<bool> KeepConfig => KeepConfigOption.Value;

    private static Option<bool> DryRun => DryRunOption.Value;

    private static Option<bool> Wait => WaitOption.Value;

    private static Argument<string[]> Names => NamesArgument.Value;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "add-remove-nodes",
        "Bring nodes in, take them out of service, bring them back, remove them",
        Shown + "join --role=target 10.0.0.7:8081",
        Shown + "start-maintenance target03 --wait",
        Shown + "stop-maintenance target03",
        Shown + "decommission target03 --dry-run")
    {
        NodeJoinCommand.Create(host),
        Change(host, NodeAction.StartMaintenance, "target03", "target03 --wait", "target03 --no-rebalance -y"),
        Change(host, NodeAction.StopMaintenance, "target03", "target03 target04 --wait"),
        Change(
            host, NodeAction.Decommission, "target03 --dry-run     # what would move", "target03 --wait -y",
            "target03 --no-rebalance --rm-user-data    # gives its data up"),
        Change(host, NodeAction.Shutdown, "target03", "proxy002 -y"),
    };

    private static DocumentedCommand Change(CliHost host, NodeAction action, params IReadOnlyList<string> examples)
    {
        var command = new DocumentedCommand(
            action.Name, action.Description, [.. examples.Select(example => $"{Shown}{action.Name} {example}")])
        {
            Names, NoRebalance, DryRun, Wait, CommonOptions.Yes, CommonOptions.Json,
        };
        if (action.IsFinal)
        {
            command.Options.Add(RemoveUserData);
            command.Options.Add(NoShutdown);
            command.Options.Add(KeepConfig);
        }
        command.SetAction((parsed, cancellation) => RunAsync(host, parsed, action, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, NodeAction action, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var map = await client.Cluster.GetMapAsync(cancellation);
        var nodes = NodeNames.FindAll(map, parsed.GetRequiredValue(Names));
        var change = new NodeChange(action.Action, [.. nodes.Select(node => node.Id)])
        {
            SkipRebalance = parsed.GetValue(NoRebalance),
            RemoveUserData = action.IsFinal && parsed.GetValue(RemoveUserData),
            NoShutdown = action.IsFinal && parsed.GetValue(NoShutdown),
            KeepInitialConfig = action.IsFinal && parsed.GetValue(KeepConfig),
        };
        if (parsed.GetValue(DryRun))
        {
            var plan = await client.Cluster.PlanNodesAsync(change, cancellation);
            ShowPlan(host, plan, parsed.GetValue(CommonOptions.Json));
            return 0;
        }
        await AskAsync(host, parsed, client, action, change, nodes, cancellation);
        var rebalance = await client.Cluster.ChangeNodesAsync(change, cancellation);
        await ReportAsync(host, parsed, client, action, new NodeWait(action, change, nodes, rebalance), cancellation);
        return 0;
    }

    /// <summary>What cannot be undone is shown before it is asked for, and also when nobody is asked.</summary>
    private static async Task AskAsync(
        CliHost host, ParseResult parsed, SkeinClient client, NodeAction action, NodeChange change,
        IReadOnlyList<NodeInfo> nodes, CancellationToken cancellation)
    {
        var question = action.Question;
        if (action.IsFinal && change.SkipRebalance && nodes.Any(node => node.Role == NodeRole.Target))
        {
            var plan = await client.Cluster.PlanNodesAsync(change, cancellation);
            ShowPlan(host, host.Error.Profile.Out.Writer, plan);
            if (plan.Lost.Objects != 0)
            {
                question = "Decommission {0} and give up " + Amount(host, plan.Lost) + "?";
            }
        }
        if (question is not null)
        {
            Confirmation.Require(
                host, parsed, Say(question, string.Join(", ", nodes.Select(node => node.DisplayName))));
        }
    }

    private static async Task ReportAsync(
        CliHost host, ParseResult parsed, SkeinClient client, NodeAction action, NodeWait wait,
        CancellationToken cancellation)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        if (!json)
        {
            if (wait.RebalanceId.Length != 0)
            {
                host.Writer.WriteLine(
                    $"Started rebalance \"{wait.RebalanceId}\" (to monitor, run '{host.Program} show rebalance').");
            }
            var isOver = wait.RebalanceId.Length == 0 && action.EndsAtOnce;
            foreach (var node in isOver && parsed.GetValue(Wait) ? [] : wait.Nodes)
            {
                host.Writer.WriteLine(Say(isOver ? action.Done : action.Begun, node.DisplayName));
            }
        }
        if (parsed.GetValue(Wait))
        {
            await new NodeWaiter(host, json).WaitAsync(client, wait, cancellation);
            foreach (var node in json ? [] : wait.Nodes)
            {
                host.Writer.WriteLine(Say(action.Done, node.DisplayName));
            }
        }
        if (json)
        {
            var document = new NodeChangeDocument
            {
                Action = action.Name,
                Nodes = wait.Change.NodeIds,
                RebalanceId = wait.RebalanceId,
                IsDone = parsed.GetValue(Wait),
            };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NodeChangeDocument);
        }
        else if (action == NodeAction.Shutdown)
        {
            host.Writer.WriteLine();
            host.Writer.WriteLine(
                "Note: a node that was shut down is _not_ decommissioned: it stays in the cluster map. Start it again and");
            host.Writer.WriteLine($"bring it back with '{Shown}stop-maintenance NODE'.");
        }
    }

    private static void ShowPlan(CliHost host, LifecyclePlan plan, bool json)
    {
        if (json)
        {
            CliJsonContext.Write(host.Writer, plan, CliJsonContext.Output.LifecyclePlan);
            return;
        }
        ShowPlan(host, host.Writer, plan);
        host.Writer.WriteLine("Nothing was done.");
    }

    private static void ShowPlan(CliHost host, TextWriter writer, LifecyclePlan plan)
    {
        writer.WriteLine("Nodes:  " + string.Join(", ", plan.Nodes));
        writer.WriteLine("Moves:  " + Amount(host, plan.Moves));
        writer.WriteLine("Lost:   " + (plan.Lost.Objects == 0 ? "nothing" : Amount(host, plan.Lost)));
        foreach (var note in plan.Notes)
        {
            writer.WriteLine("  - " + note);
        }
    }

    private static string Amount(CliHost host, PlannedObjects amount) => string.Create(
        CultureInfo.InvariantCulture, $"{SizeText.Objects(amount.Objects)} ({host.Size(amount.Bytes)})");

    private static string Say(string text, string nodes) => text.Replace("{0}", nodes, StringComparison.Ordinal);
}
