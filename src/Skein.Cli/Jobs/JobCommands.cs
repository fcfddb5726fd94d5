using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Objects;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Config;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary><c>skein job</c>, and the short forms <c>start</c>, <c>stop</c> and <c>wait</c>.</summary>
internal static class JobCommands
{
    private static readonly PerTree<Option<bool>> WaitOption = new(
        () => new("--wait", "-w") { Description = "Wait until it has ended" });

    private static Option<bool> Wait => WaitOption.Value;

    /// <summary>Builds <c>job</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "job",
        "Show, start, stop and wait for jobs: long operations of the cluster",
        "skein job show --all",
        "skein job start resilver target01",
        "skein job wait rebalance",
        "skein job stop rebalance")
    {
        JobShowCommand.Create(host, "show", "skein job show"),
        Start(host, "skein job start"),
        Stop(host, "skein job stop"),
        WaitFor(host, "skein job wait"),
        SortCommands.Remove(host, "skein job rm"),
    };

    /// <summary>Builds <c>cluster rebalance</c>.</summary>
    public static Command Rebalance(CliHost host)
    {
        var start = new DocumentedCommand(
            "start", "Start a rebalance", "skein cluster rebalance start", "skein cluster rebalance start --wait")
        {
            Wait, CommonOptions.Json,
        };
        start.SetAction((parsed, cancellation) => StartAsync(host, parsed, JobKinds.Rebalance, null, force: false, cancellation));
        var stop = new DocumentedCommand("stop", "Stop the rebalance that runs", "skein cluster rebalance stop")
        {
            CommonOptions.Json,
        };
        stop.SetAction((parsed, cancellation) => StopAsync(host, parsed, [JobKinds.Rebalance.Name], cancellation));
        return new DocumentedCommand(
            "rebalance",
            "Move objects to the targets that they belong to by the map",
            "skein cluster rebalance start",
            "skein cluster rebalance show",
            "skein cluster rebalance stop")
        {
            start,
            stop,
            JobShowCommand.Rebalance(host, "show", "skein cluster rebalance show"),
        };
    }

    /// <summary>Builds <c>start</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Start(CliHost host, string shown)
    {
        var kind = new Argument<string>("KIND")
        {
            Description = "Kind of job, for example " + string.Join(", ", Startable().Take(3)),
        };
        var what = new Argument<string?>("NODE|BUCKET")
        {
            Description = "A target, for a job of one target; or the bucket that it works on",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var buckets = new Option<string?>("--buckets")
        {
            Description = "Buckets that the job works on, comma-separated",
            HelpName = "BUCKETS",
        };
        var force = new Option<bool>("--force", "-f") { Description = "Do it although something speaks against it" };
        var command = new DocumentedCommand(
            "start",
            "Start a job",
            shown + " rebalance",
            shown + " resilver target01 --wait",
            shown + " cleanup",
            shown + " lru --buckets ais://buck1,s3://buck2 -f",
            shown + " prefetch s3://photos --prefix 2026/")
        {
            kind, what, buckets, force, Wait, CommonOptions.Json,
            RemoteObjectCommands.Prefetch(host, shown + " prefetch"),
            BucketJobCommands.Copy(host, shown + " copy-bck", "copy-bck"),
            BucketJobCommands.Move(host, shown + " move-bck", "move-bck"),
            SortCommands.Start(host, shown + " dsort"),
            RemoteObjectCommands.FetchLarge(host, shown + " blob-download"),
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var word = parsed.GetRequiredValue(kind);
            var found = JobKinds.Find(word) ?? throw new CliException(
                $"unknown kind of job \"{word}\"", "the kinds are " + string.Join(", ", Startable()));
            var named = parsed.GetValue(buckets)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
            foreach (var bucket in named.Length == 0 ? (string?[])[parsed.GetValue(what)] : named)
            {
                await StartAsync(host, parsed, found, bucket, parsed.GetValue(force), cancellation);
            }
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>advanced preload</c>.</summary>
    public static Command Preload(CliHost host)
    {
        var bucket = new Argument<string>("BUCKET") { Description = "Bucket, for example ais://photos" };
        var command = new DocumentedCommand(
            "preload",
            "Ask for the metadata of a bucket to be kept in memory; Skein refuses it, since it reads none beforehand",
            "skein advanced preload ais://photos")
        {
            bucket, Wait, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) => await StartAsync(
            host, parsed, JobKinds.Find("load-lom-cache")!, parsed.GetRequiredValue(bucket), force: false, cancellation));
        return command;
    }

    /// <summary>Builds <c>stop</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Stop(CliHost host, string shown)
    {
        var words = JobWords.Argument("KIND ID", "Kind or id of the job, as 'skein show job' prints it", required: true);
        var command = new DocumentedCommand(
            "stop",
            "Stop a job, or all running jobs of a kind",
            shown + " rebalance",
            shown + " Gx7k2Tq0b",
            shown + " resilver Gx7k2Tq0b")
        {
            words, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) =>
            StopAsync(host, parsed, parsed.GetRequiredValue(words), cancellation));
        return command;
    }

    /// <summary>Builds <c>wait</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command WaitFor(CliHost host, string shown)
    {
        var words = JobWords.Argument("KIND ID", "Kind or id of the job; of a kind the last one is meant", required: true);
        var timeout = new Option<string?>("--timeout")
        {
            Description = "Longest wait, for example 90s or 10m (default: for ever)",
            HelpName = "TIME",
        };
        var command = new DocumentedCommand(
            "wait",
            "Wait until a job has ended; fails when it was aborted or had errors",
            shown + " rebalance",
            shown + " g4 --timeout 10m",
            shown + " Gx7k2Tq0b && echo done")
        {
            words, timeout, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var which = await JobWords.ReadAsync(client, parsed.GetRequiredValue(words), cancellation);
            return await WaitAsync(host, parsed, client, which, Limit(parsed.GetValue(timeout)), cancellation);
        });
        return command;
    }

    private static async Task<int> StartAsync(
        CliHost host, ParseResult parsed, JobKind kind, string? what, bool force, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var message = new JobMessage { Kind = kind.Name, Force = force ? true : null };
        if (what is not null)
        {
            message = kind.NeedsBucket || what.Contains("://", StringComparison.Ordinal)
                ? message with { Bucket = WireBucket.From(BucketCommands.Parse(what)) }
                : message with { Node = NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), what).Id };
        }
        var id = await client.Jobs.StartAsync(message, cancellation);
        var json = parsed.GetValue(CommonOptions.Json);
        if (json && !parsed.GetValue(Wait))
        {
            Names(host, "started", id);
        }
        else if (!json)
        {
            host.Writer.WriteLine(kind == JobKinds.Rebalance
                ? $"Started global rebalance. To monitor the progress, run '{host.Program} show rebalance'"
                : $"Started {kind.DisplayName}[{id}]. To monitor the progress, run '{host.Program} show job {id}'");
        }
        return parsed.GetValue(Wait)
            ? await WaitAsync(host, parsed, client, new JobWords(kind, id, null), null, cancellation)
            : 0;
    }

    private static async Task<int> StopAsync(
        CliHost host, ParseResult parsed, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var which = await JobWords.ReadAsync(client, words, cancellation);
        // The API says yes to everything: what does not run is found out before.
        var statuses = await client.Jobs.GetStatusesAsync(which.Message, cancellation);
        var running = statuses.Where(status => status.EndTime == 0).ToList();
        if (running.Count == 0)
        {
            throw new CliException(which.Id.Length != 0 && statuses.Count == 0
                ? $"cannot stop [{which.Id}]: there is no such job"
                : $"{which.Shown} is not running");
        }
        foreach (var job in running)
        {
            await client.Jobs.StopAsync(
                new JobMessage { Id = job.Id, Kind = job.Kind, Node = which.Node?.Id }, cancellation);
        }
        if (parsed.GetValue(CommonOptions.Json))
        {
            Names(host, "stopped", [.. running.Select(job => job.Id)]);
            return 0;
        }
        foreach (var job in running)
        {
            host.Writer.WriteLine($"Stopped {JobKinds.Find(job.Kind)?.DisplayName ?? job.Kind}[{job.Id}]");
        }
        return 0;
    }

    private static async Task<int> WaitAsync(
        CliHost host, ParseResult parsed, SkeinClient client, JobWords which, TimeSpan? timeout,
        CancellationToken cancellation)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        if (!json)
        {
            host.Writer.WriteLine($"Waiting for {which.Shown} ...");
        }
        var status = await new JobWaiter(host, json).WaitAsync(client, which.Message, timeout, cancellation);
        if (status is null && which.Id.Length != 0)
        {
            throw new CliException($"job \"{which.Id}\" does not exist", "'skein show job --all' shows the jobs");
        }
        if (json)
        {
            CliJsonContext.Write(
                host.Writer, status ?? new JobStatus { Kind = which.Kind!.Name }, CliJsonContext.Output.JobStatus);
        }
        if (status is not null)
        {
            JobWaiter.Require(status);
        }
        if (!json)
        {
            host.Writer.WriteLine("Done.");
        }
        return 0;
    }

    private static TimeSpan? Limit(string? text)
    {
        if (text is null)
        {
            return null;
        }
        return GoDuration.TryParse(text, out var limit) && limit > TimeSpan.Zero
            ? limit
            : throw new CliException($"--timeout {text}: a time is expected, for example 90s or 10m");
    }

    private static IEnumerable<string> Startable() =>
        JobKinds.All.Where(kind => !kind.HasOwnCall).Select(kind => kind.DisplayName);

    private static void Names(CliHost host, string action, params IReadOnlyList<string> names) =>
        CliJsonContext.Write(
            host.Writer, new NamesDocument { Action = action, Names = names }, CliJsonContext.Output.NamesDocument);
}
