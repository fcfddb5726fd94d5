using System.CommandLine;
using Skein.Cli.Playground;
using Skein.Core.Nodes;

namespace Skein.Cli.Commands;

/// <summary><c>skein playground</c>: a cluster of real processes on this machine.</summary>
internal static class PlaygroundCommands
{
    private static readonly PerTree<Option<string?>> FolderOption = new(() => new("--dir", "-d")
    {
        Description = $"Folder of the playground (default: ${PlaygroundFinder.Variable}, else ./playground)",
        HelpName = "DIR",
        Recursive = true,
    });

    private static readonly PerTree<Option<int?>> ProxiesOption = new(() => new("--proxies")
    {
        Description = "Number of proxies (default 3)",
        HelpName = "N",
    });

    private static readonly PerTree<Option<int?>> TargetsOption = new(() => new("--targets")
    {
        Description = "Number of targets (default 3)",
        HelpName = "N",
    });

    private static readonly PerTree<Option<int>> MountpathsOption = new(() => new("--mountpaths")
    {
        Description = "Mountpaths of each target",
        HelpName = "N",
        DefaultValueFactory = _ => 2,
    });

    private static readonly PerTree<Option<int>> PortBaseOption = new(() => new("--port-base")
    {
        Description = "First port, three for each node; 0: choose free ones",
        HelpName = "N",
    });

    private static readonly PerTree<Option<string[]>> SettingsOption = new(() => new("--set")
    {
        Description = "Cluster configuration, section.key=value; may be repeated",
        HelpName = "KEY=VALUE",
    });

    private static readonly PerTree<Option<string[]>> PromoteRootsOption = new(() => new("--promote-root")
    {
        Description = "Folder from which the targets may promote files; may be repeated (default: none)",
        HelpName = "DIR",
    });

    private static readonly PerTree<Option<string?>> SkeindOption = new(() => new("--skeind")
    {
        Description = $"The node executable (default: ${SkeindLocator.Variable}, else beside this program)",
        HelpName = "PATH",
    });

    private static readonly PerTree<Option<int>> TimeoutOption = new(() => new("--timeout")
    {
        Description = "Seconds that nodes may take to become ready",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    });

    private static readonly PerTree<Argument<string[]>> NodesArgument = new(() => new("NODE")
    {
        Description = "Node id, as 'skein playground status' shows it",
        Arity = ArgumentArity.OneOrMore,
    });

    private static Option<string?> Folder => FolderOption.Value;

    private static Option<int?> Proxies => ProxiesOption.Value;

    private static Option<int?> Targets => TargetsOption.Value;

    private static Option<int> Mountpaths => MountpathsOption.Value;

    private static Option<int> PortBase => PortBaseOption.Value;

    private static Option<string[]> Settings => SettingsOption.Value;

    private static Option<string[]> PromoteRoots => PromoteRootsOption.Value;

    private static Option<string?> Skeind => SkeindOption.Value;

    private static Option<int> Timeout => TimeoutOption.Value;

    private static Argument<string[]> Nodes => NodesArgument.Value;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var command = new DocumentedCommand(
            "playground",
            "Run a cluster on this machine: real node processes on 127.0.0.1",
            "skein playground up                  # 3 proxies, 3 targets, 2 mountpaths each",
            "skein playground status",
            "skein playground kill target02       # kill -9",
            "skein playground restart target02",
            "skein playground down --rm");
        command.Options.Add(Folder);
        command.Add(Up(host));
        command.Add(Status(host));
        command.Add(Add(host));
        command.Add(Kill(host));
        command.Add(Restart(host));
        command.Add(Down(host));
        return command;
    }

    private static DocumentedCommand Up(CliHost host)
    {
        var command = new DocumentedCommand(
            "up",
            "Make a playground and start it, or start what does not run of an existing one",
            "skein playground up",
            "skein playground up --proxies 1 --targets 4 --mountpaths 3",
            "skein playground up --port-base 8080       # ports 8080, 8081, ...",
            "skein playground up --dir /tmp/pg --set checksum.type=md5 --set log.level=4")
        {
            Proxies, Targets, Mountpaths, PortBase, Settings, PromoteRoots, Skeind, Timeout, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var started = host.Time.GetTimestamp();
            using var cluster = Open(host, parsed);
            var state = await cluster.UpAsync(Options(host, parsed), cancellation);
            var report = await cluster.StatusAsync(cancellation);
            new PlaygroundPrinter(host).Up(report, host.Time.GetElapsedTime(started), parsed.GetValue(CommonOptions.Json));
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Status(CliHost host)
    {
        var command = new DocumentedCommand(
            "status", "Show the nodes of the playground", "skein playground status", "skein playground status --json")
        {
            CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var cluster = Open(host, parsed);
            var report = await cluster.StatusAsync(cancellation);
            new PlaygroundPrinter(host).Status(report, parsed.GetValue(CommonOptions.Json));
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Add(CliHost host)
    {
        var role = new Argument<string>("ROLE") { Description = "proxy or target" };
        role.AcceptOnlyFromAmong(NodeRoles.Proxy, NodeRoles.Target);
        var command = new DocumentedCommand(
            "add",
            "Start one more node, which knows no more than the URL of one proxy",
            "skein playground add target",
            "skein playground add proxy")
        {
            role, Mountpaths, PortBase, Settings, PromoteRoots, Skeind, Timeout, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var started = host.Time.GetTimestamp();
            using var cluster = Open(host, parsed);
            var wanted = parsed.GetRequiredValue(role) == NodeRoles.Proxy ? NodeRole.Proxy : NodeRole.Target;
            var node = await cluster.AddAsync(wanted, Options(host, parsed), cancellation);
            new PlaygroundPrinter(host).Changed(
                node, "joined", host.Time.GetElapsedTime(started), parsed.GetValue(CommonOptions.Json));
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Kill(CliHost host)
    {
        var signal = new Option<string>("--signal", "-s")
        {
            Description = "KILL, TERM, STOP or CONT",
            HelpName = "SIGNAL",
            DefaultValueFactory = _ => "KILL",
        };
        signal.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "KILL", "TERM", "STOP", "CONT");
        var command = new DocumentedCommand(
            "kill",
            "Send a signal to nodes",
            "skein playground kill target02",
            "skein playground kill proxy001 --signal STOP   # halt it; CONT lets it go on")
        {
            Nodes, signal, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var cluster = Open(host, parsed);
            var started = host.Time.GetTimestamp();
            var wanted = Enum.Parse<NodeSignal>(parsed.GetRequiredValue(signal), ignoreCase: true);
            var nodes = await cluster.KillAsync(parsed.GetRequiredValue(Nodes), wanted, cancellation);
            var verb = wanted switch
            {
                NodeSignal.Kill => "killed",
                NodeSignal.Term => "ended",
                NodeSignal.Stop => "halted",
                _ => "continued",
            };
            await ShowAsync(host, parsed, cluster, nodes, verb, host.Time.GetElapsedTime(started), cancellation);
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Restart(CliHost host)
    {
        var wipe = new Option<bool>("--wipe")
        {
            Description = "Remove the node's metadata and everything on its mountpaths first",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Start the nodes and wait for nothing" };
        var command = new DocumentedCommand(
            "restart",
            "Stop nodes if they run, and start them again on the same ports, all at once",
            "skein playground restart target02",
            "skein playground restart proxy001 proxy002 proxy003",
            "skein playground restart target02 --wipe   # as after the loss of all its disks")
        {
            Nodes, wipe, noWait, Timeout, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var started = host.Time.GetTimestamp();
            using var cluster = Open(host, parsed);
            var nodes = await cluster.RestartAsync(
                parsed.GetRequiredValue(Nodes),
                parsed.GetValue(wipe),
                parsed.GetValue(noWait) ? null : TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
                cancellation);
            var elapsed = host.Time.GetElapsedTime(started);
            await ShowAsync(host, parsed, cluster, nodes, "restarted", elapsed, cancellation);
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Down(CliHost host)
    {
        var remove = new Option<bool>("--rm") { Description = "Remove the folder as well" };
        var command = new DocumentedCommand(
            "down", "Stop every node", "skein playground down", "skein playground down --rm") { remove };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var cluster = Open(host, parsed);
            var stopped = await cluster.DownAsync(parsed.GetValue(remove), cancellation);
            var removed = parsed.GetValue(remove) ? $", removed {cluster.Directory}" : "";
            host.Writer.WriteLine($"Stopped {stopped} node{(stopped == 1 ? "" : "s")}{removed}");
            return 0;
        });
        return command;
    }

    private static async Task ShowAsync(
        CliHost host,
        ParseResult parsed,
        PlaygroundCluster cluster,
        IReadOnlyList<PlaygroundNode> nodes,
        string verb,
        TimeSpan elapsed,
        CancellationToken cancellation)
    {
        var printer = new PlaygroundPrinter(host);
        if (parsed.GetValue(CommonOptions.Json))
        {
            printer.Status(await cluster.StatusAsync(cancellation), json: true);
            return;
        }
        foreach (var node in nodes)
        {
            printer.Changed(node, verb, elapsed, json: false);
        }
    }

    private static PlaygroundCluster Open(CliHost host, ParseResult parsed) =>
        new(host.FullPath(parsed.GetValue(Folder) ?? PlaygroundFinder.DefaultDirectory(host)), host.Time, host.Random);

    private static PlaygroundOptions Options(CliHost host, ParseResult parsed) => new()
    {
        Proxies = parsed.GetResult(Proxies) is null ? null : parsed.GetValue(Proxies),
        Targets = parsed.GetResult(Targets) is null ? null : parsed.GetValue(Targets),
        Mountpaths = parsed.GetValue(Mountpaths),
        PortBase = parsed.GetValue(PortBase),
        Settings = parsed.GetValue(Settings) ?? [],
        PromoteRoots = [.. (parsed.GetValue(PromoteRoots) ?? []).Select(Path.GetFullPath)],
        Skeind = SkeindLocator.Find(
            parsed.GetValue(Skeind), host.Variables, Path.Combine(host.ProgramDirectory, "skein")),
        Patience = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
    };
}
