using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Cli.Storage;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Performance;

/// <summary><c>skein performance</c>, which is also <c>show performance</c>.</summary>
internal static class PerformanceCommands
{
    private const string Idle = "Warning: for better results, use '--refresh' option and/or run several iterations";

    // Two samples are needed for a rate.
    private static readonly TimeSpan SampleTime = TimeSpan.FromSeconds(5);

    private static readonly PerTree<Argument<string?>> TargetArgument = new(() => new("TARGET")
    {
        Description = "Id of a target (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    });

    private static readonly PerTree<Option<string?>> ColumnsOption = new(() => CommonOptions.Regex(
        "Only the columns whose headings match, for example \"put|err\"; shows zeros, too"));

    private static readonly PerTree<Option<bool>> AveragesOption = new(() => new("--average-size")
    {
        Description = "Show the average size for one operation",
    });

    private static Argument<string?> Target => TargetArgument.Value;

    private static Option<string?> Columns => ColumnsOption.Value;

    private static Option<bool> Averages => AveragesOption.Value;

    private delegate Task ShowAsync(
        SkeinClient client, IReadOnlyList<NodeInfo> targets, ParseResult parsed, CancellationToken token);

    /// <summary>Builds <c>performance</c> or <c>show performance</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    /// <param name="withShow">True to add <c>show</c>, in which everything is once more.</param>
    public static Command Create(CliHost host, string name, string shown, bool withShow)
    {
        var command = new DocumentedCommand(
            name,
            "Show counters, throughput, latency, capacity and disks of targets",
            shown, $"{shown} counters --regex \"get|put\"", $"{shown} throughput --refresh 10", $"{shown} latency target01")
        {
            Target, Columns, Averages, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
            Part(host, shown, "counters", "Show numbers of operations, their bytes and errors",
                (client, targets, parsed, token) => CountersAsync(host, client, targets, parsed, token)),
            Part(host, shown, "throughput", "Show how much is read and written, between two looks",
                (client, targets, parsed, token) => RatesAsync(host, client, targets, parsed, "throughput", token)),
            Part(host, shown, "latency", "Show how long operations take, between two looks",
                (client, targets, parsed, token) => RatesAsync(host, client, targets, parsed, "latency", token)),
            StorageShowCommand.Create(host, "capacity", "Show how full the mountpaths are", shown, StoragePrinter.Capacity),
            StorageShowCommand.Create(host, "disk", "Show what the disks do at the moment", shown, StoragePrinter.Disks),
        };
        if (withShow)
        {
            command.Subcommands.Add(Create(host, "show", shown + " show", withShow: false));
        }
        command.SetAction((parsed, cancellation) => RunAsync(
            host, parsed, (client, targets, all, token) => AllAsync(host, client, targets, all, token), cancellation));
        return command;
    }

    /// <summary>Shows counters, throughput and latency, one after the other; also <c>show cluster stats</c>.</summary>
    public static async Task AllAsync(
        CliHost host, SkeinClient client, IReadOnlyList<NodeInfo> targets, ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            await CountersAsync(host, client, targets, parsed, cancellation);
            return;
        }
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        Title(host, headings, "counters");
        await CountersAsync(host, client, targets, parsed, cancellation);
        foreach (var what in (string[])["throughput", "latency"])
        {
            host.Writer.WriteLine();
            await RatesAsync(host, client, targets, parsed, what, cancellation);
        }
    }

    private static DocumentedCommand Part(CliHost host, string shown, string name, string description, ShowAsync show)
    {
        var command = new DocumentedCommand(
            name, description, $"{shown} {name}", $"{shown} {name} target01 --refresh 10 --count 5",
            $"{shown} {name} --regex \"put|err\"")
        {
            Target, Columns, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        if (name == "counters")
        {
            command.Options.Add(Averages);
        }
        command.SetAction((parsed, cancellation) => RunAsync(host, parsed, show, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, ShowAsync show, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var targets = await TargetsAsync(client, parsed.GetValue(Target), cancellation);
        return await RepeatOptions.RunAsync(
            host, parsed,
            async () =>
            {
                await show(client, targets, parsed, cancellation);
                return true;
            },
            cancellation);
    }

    /// <summary>The targets that a person means: one, or all in service.</summary>
    /// <exception cref="CliException">When it is a proxy.</exception>
    public static async Task<IReadOnlyList<NodeInfo>> TargetsAsync(
        SkeinClient client, string? name, CancellationToken cancellation)
    {
        var map = await client.Cluster.GetMapAsync(cancellation);
        if (name is null)
        {
            return [.. map.Targets.Values.Where(node => node.IsActive)];
        }
        var node = NodeNames.Find(map, name);
        return node.Role == NodeRole.Target
            ? [node]
            : throw new CliException($"{node.DisplayName} is a proxy", "see 'skein show cluster target'");
    }

    private static async Task CountersAsync(
        CliHost host, SkeinClient client, IReadOnlyList<NodeInfo> targets, ParseResult parsed, CancellationToken cancellation)
    {
        var sample = await PerformanceSample.TakeAsync(host, client, targets, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(
                host.Writer, new PerformanceDocument { Targets = sample.Targets }, CliJsonContext.Output.PerformanceDocument);
            return;
        }
        Printer(host, parsed).Counters(sample, parsed.GetResult(Averages) is not null && parsed.GetValue(Averages));
    }

    private static async Task RatesAsync(
        CliHost host, SkeinClient client, IReadOnlyList<NodeInfo> targets, ParseResult parsed, string what,
        CancellationToken cancellation)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            await CountersAsync(host, client, targets, parsed, cancellation);
            return;
        }
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        var interval = RepeatOptions.Interval(parsed);
        if (headings && interval is null)
        {
            host.Error.Profile.Out.Writer.WriteLine(Idle);
        }
        var before = await PerformanceSample.TakeAsync(host, client, targets, cancellation);
        await Task.Delay(interval ?? SampleTime, host.Time, cancellation);
        var after = await PerformanceSample.TakeAsync(host, client, targets, cancellation);
        Title(host, headings, what);
        if (what == "latency")
        {
            Printer(host, parsed).Latency(before, after);
        }
        else
        {
            Printer(host, parsed).Throughput(before, after);
        }
    }

    private static PerformancePrinter Printer(CliHost host, ParseResult parsed) => new(
        host, !parsed.GetValue(CommonOptions.NoHeaders),
        CommonOptions.ReadRegex(parsed.GetResult(Columns) is null ? null : parsed.GetValue(Columns)));

    private static void Title(CliHost host, bool headings, string what)
    {
        if (headings)
        {
            var time = host.Time.GetLocalNow().ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            host.Writer.WriteLine($"{what} {new string('-', 25 - what.Length)} {time}");
        }
    }
}
