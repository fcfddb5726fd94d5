using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Core.Buckets;

namespace Skein.Cli.Bench;

/// <summary><c>skein bench</c>: measures a cluster with the load that one asks for.</summary>
internal sealed class BenchCommand
{
    private readonly Argument<string> _operation = new("OPERATION")
    {
        Description = $"mixed, or one of: {BenchMix.Names}",
    };

    private readonly Argument<string> _bucket = new("BUCKET")
    {
        Description = "Bucket; made for the run, and removed, when it does not exist",
    };

    private readonly Option<string> _size = new("--size")
    {
        Description = "Sizes: 10KiB, 4KiB..1MiB (any between), 4KiB:70,1MiB:30 (weighted)",
        HelpName = "SIZE",
        DefaultValueFactory = _ => "10KiB",
    };

    private readonly Option<int> _workers = new("--workers", "-c")
    {
        Description = "Requests at once, in all processes together",
        HelpName = "N",
        DefaultValueFactory = _ => 8,
    };

    private readonly Option<int> _processes = new("--processes")
    {
        Description = "Client processes",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string> _duration = new("--duration", "-d")
    {
        Description = "How long, as 30s or 5m",
        HelpName = "TIME",
        DefaultValueFactory = _ => "10s",
    };

    private readonly Option<long?> _count = new("--count", "-n")
    {
        Description = "How many operations; then --duration ends it only when given",
        HelpName = "N",
    };

    private readonly Option<string> _warmUp = new("--warm-up")
    {
        Description = "Time at the beginning that is not counted",
        HelpName = "TIME",
        DefaultValueFactory = _ => "2s",
    };

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Operations due each second; waiting counts as latency",
        HelpName = "N",
    };

    private readonly Option<int> _objects = new("--objects")
    {
        Description = "Objects stored beforehand, to be read, listed or deleted",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    };

    private readonly Option<string> _mix = new("--mix")
    {
        Description = "What mixed does, with weights",
        HelpName = "OP:N,...",
        DefaultValueFactory = _ => BenchMix.Default,
    };

    private readonly Option<string> _range = new("--range-length")
    {
        Description = "Bytes that range reads",
        HelpName = "SIZE",
        DefaultValueFactory = _ => "64KiB",
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of sizes and order",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _save = new("--save") { Description = "File for the result", HelpName = "FILE" };
    private readonly Option<bool> _keep = new("--keep") { Description = "Leave the objects of the run in the bucket" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Given to other processes", Hidden = true };
    private readonly Option<int> _part = new("--part")
    {
        Description = "Given to other processes",
        Hidden = true,
        DefaultValueFactory = _ => -1,
    };

    private readonly CliHost _host;

    private BenchCommand(CliHost host) => _host = host;

    /// <summary>Builds the command and the one below it.</summary>
    public static Command Create(CliHost host)
    {
        var bench = new BenchCommand(host);
        var command = new DocumentedCommand(
            "bench",
            "Measure a cluster: operations a second, throughput and latencies",
            "skein bench put ais://bench --size 10KiB --workers 16 --duration 30s",
            "skein bench mixed ais://bench --mix get:80,put:20 --size 4KiB:70,1MiB:30 --save before.json",
            "skein bench get ais://bench --rate 2000 --processes 2",
            "skein bench compare before.json after.json")
        {
            bench._operation, bench._bucket, bench._size, bench._workers, bench._processes, bench._duration, bench._count,
            bench._warmUp, bench._rate, bench._objects, bench._mix, bench._range, bench._seed, bench._save, bench._keep,
            bench._prefix, bench._part, CommonOptions.Json,
        };
        command.SetAction(bench.RunAsync);
        command.Subcommands.Add(Comparison(host));
        return command;
    }

    private static DocumentedCommand Comparison(CliHost host)
    {
        var first = new Argument<string>("FIRST") { Description = "A saved run" };
        var second = new Argument<string>("SECOND") { Description = "Another one" };
        var command = new DocumentedCommand(
            "compare",
            "Show two saved runs side by side",
            "skein bench compare before.json after.json")
        {
            first, second,
        };
        command.SetAction(parsed =>
        {
            BenchPrinter.Compare(
                host, Read(host, parsed.GetRequiredValue(first)), Read(host, parsed.GetRequiredValue(second)));
            return 0;
        });
        return command;
    }

    private static BenchDocument Read(CliHost host, string file)
    {
        try
        {
            var document = JsonSerializer.Deserialize(
                File.ReadAllText(host.FullPath(file)), CliJsonContext.Default.BenchDocument);
            return document is { Format: BenchDocument.CurrentFormat }
                ? document
                : throw new CliException($"{file} is of another version of this program");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file} is no saved run: {e.Message}");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var bucket = BucketCommands.Parse(parsed.GetRequiredValue(_bucket), out var rest);
        if (rest.Length != 0)
        {
            throw new CliException($"\"{rest}\": a benchmark takes a bucket and no object");
        }
        var plan = Plan(parsed);
        var json = parsed.GetValue(CommonOptions.Json);
        using var client = EndpointFinder.Connect(_host, parsed);
        var session = new BenchSession(_host, client, bucket, Prefix(parsed), plan, quiet: json);
        if (plan.Part >= 0)
        {
            CliJsonContext.Write(_host.Writer, await session.PartAsync(cancellation), CliJsonContext.Output.BenchDocument);
            return 0;
        }
        var document = await session.WholeAsync(
            new BenchProcesses(Environment.ProcessPath!, client.CurrentEndpoint), parsed.GetValue(_keep), cancellation);
        if (parsed.GetValue(_save) is { } file)
        {
            await File.WriteAllTextAsync(
                _host.FullPath(file),
                JsonSerializer.Serialize(document, CliJsonContext.Output.BenchDocument) + "\n",
                cancellation);
        }
        if (json)
        {
            CliJsonContext.Write(_host.Writer, document, CliJsonContext.Output.BenchDocument);
        }
        else
        {
            BenchPrinter.Write(_host, document);
        }
        return document.Results.Any(result => result.Errors != 0) ? 1 : 0;
    }

    private string Prefix(ParseResult parsed) => parsed.GetValue(_prefix)
        ?? string.Create(CultureInfo.InvariantCulture, $"skein-bench/{_host.Random.NextInt64(1L << 40):x10}/");

    private BenchPlan Plan(ParseResult parsed)
    {
        var word = parsed.GetRequiredValue(_operation);
        var mix = word == "mixed"
            ? BenchMix.Parse(parsed.GetRequiredValue(_mix))
            : BenchMix.Find(word) is { } operation
                ? BenchMix.Only(operation)
                : throw new CliException($"\"{word}\" is no operation", $"these are: mixed, {BenchMix.Names}");
        var count = parsed.GetValue(_count);
        var rate = parsed.GetValue(_rate);
        Require(count is null or > 0, "--count must be above 0");
        Require(rate is null or (> 0 and <= 10_000_000), "--rate must be above 0");
        var timed = count is null || parsed.GetResult(_duration) is { Implicit: false };
        return new BenchPlan
        {
            Mix = mix,
            Sizes = SizeDistribution.Parse(parsed.GetRequiredValue(_size)),
            Workers = Within(parsed.GetValue(_workers), BenchPlan.MaxWorkers, "--workers"),
            Processes = Within(parsed.GetValue(_processes), BenchPlan.MaxProcesses, "--processes"),
            Duration = timed ? Time(parsed.GetRequiredValue(_duration), "--duration") : null,
            Count = count,
            WarmUp = count is null ? Time(parsed.GetRequiredValue(_warmUp), "--warm-up") : TimeSpan.Zero,
            Rate = rate,
            Objects = Within(parsed.GetValue(_objects), BenchPlan.MaxObjects, "--objects"),
            RangeLength = SizeText.TryParse(parsed.GetRequiredValue(_range), out var length) && length > 0
                ? length
                : throw new CliException("--range-length is no size above 0"),
            Seed = parsed.GetValue(_seed),
            Part = parsed.GetValue(_part),
        };
    }

    private static int Within(int value, int most, string name) => value >= 1 && value <= most
        ? value
        : throw new CliException($"{name} must be between 1 and {most}");

    private static TimeSpan Time(string text, string name) => Core.Config.GoDuration.TryParse(text, out var time)
        && time >= TimeSpan.Zero
        ? time
        : throw new CliException($"{name}: \"{text}\" is no time", "write 30s, 5m or 1h");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new CliException(message);
        }
    }
}
