using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary>Commands that begin jobs over the objects of buckets: <c>cp</c> and <c>mv</c>.</summary>
internal static class BucketJobCommands
{
    private static readonly PerTree<Argument<string>> SourceArgument = new(
        () => new("SRC") { Description = "Bucket, for example ais://photos" });
    private static readonly PerTree<Argument<string>> DestinationArgument = new(
        () => new("DST") { Description = "The other bucket" });

    private static Argument<string> Source => SourceArgument.Value;

    private static Argument<string> Destination => DestinationArgument.Value;

    /// <summary><c>--list</c>.</summary>
    public static Option<string?> ListOption() => new("--list")
    {
        Description = "Only these names, comma-separated",
        HelpName = "NAMES",
    };

    /// <summary><c>--template</c>.</summary>
    public static Option<string?> TemplateOption() => new("--template")
    {
        Description = "Only the names of this template, for example \"shard-{000..999}.tar\", or that begin with it",
        HelpName = "T",
    };

    /// <summary><c>--wait</c>.</summary>
    public static Option<bool> WaitOption() => new("--wait") { Description = "Wait until the job has ended" };

    /// <summary><c>--progress</c>.</summary>
    public static Option<bool> ProgressOption() => new("--progress")
    {
        Description = "Wait until the job has ended, and show how far it is",
    };

    /// <summary>The names that options give.</summary>
    /// <exception cref="CliException">When both are given.</exception>
    public static NamesMessage Names(string? list, string? template) => (list, template) switch
    {
        (not null, not null) => throw new CliException("--list and --template are both given", "give one of them"),
        (not null, _) => new NamesMessage
        {
            ObjectNames = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        },
        _ => new NamesMessage { Template = template },
    };

    /// <summary>Builds <c>cp</c>.</summary>
    public static Command Copy(CliHost host, string shown, string name = "cp")
    {
        var prefix = new Option<string?>("--prefix") { Description = "Only names that begin with this", HelpName = "P" };
        var prepend = new Option<string?>("--prepend") { Description = "Put this before every name", HelpName = "P" };
        var (list, template) = (ListOption(), TemplateOption());
        var force = new Option<bool>("--force", "-f") { Description = "Copy although something speaks against it" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count what would be copied" };
        var latest = new Option<bool>("--latest") { Description = "Look for newer versions in a remote backend first" };
        var sync = new Option<bool>("--sync") { Description = "Delete from DST what SRC has no more" };
        var all = new Option<bool>("--all")
        {
            Description = "Also what is only at the home of a remote bucket; this is always done",
        };
        var workers = new Option<int>("--num-workers") { Description = "Objects at a time on each target", HelpName = "N" };
        var (wait, progress) = (WaitOption(), ProgressOption());
        var command = new DocumentedCommand(
            name,
            "Copy a bucket, or some of its objects",
            $"{shown} ais://photos ais://backup --wait",
            $"{shown} ais://photos ais://backup --prefix 2026/ --prepend old/ --progress",
            $"{shown} ais://shards ais://some --template \"shard-{{000..099}}.tar\"",
            $"{shown} ais://photos ais://backup --dry-run")
        {
            Source, Destination, prefix, prepend, list, template, force, dryRun, latest, sync, all, workers, wait,
            progress,
            CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (from, to) = Buckets(parsed);
            var names = Names(parsed.GetValue(list), parsed.GetValue(template));
            var how = new CopyMessage
            {
                Prefix = parsed.GetValue(prefix),
                Prepend = parsed.GetValue(prepend),
                IsDryRun = parsed.GetValue(dryRun),
                Force = parsed.GetValue(force),
                LatestVersion = parsed.GetValue(latest),
                Synchronize = parsed.GetValue(sync),
                Workers = parsed.GetValue(workers),
            };
            using var client = EndpointFinder.Connect(host, parsed);
            var many = names.IsList || names.Template is not null;
            if (many && how.Prefix is not null)
            {
                throw new CliException("--prefix goes with neither --list nor --template", "give one of them");
            }
            var id = many
                ? await client.BucketJobs.CopyObjectsAsync(
                    from,
                    how with
                    {
                        Destination = WireBucket.From(to),
                        Template = names.Template,
                        ObjectNames = names.ObjectNames,
                    },
                    cancellation)
                : await client.BucketJobs.CopyAsync(from, to, how, cancellation);
            var kind = many ? Actions.CopyNames : Actions.CopyBucket;
            return await FinishAsync(
                host, parsed, client, (kind, id, $"Copying {from} => {to}"),
                (parsed.GetValue(wait) || how.IsDryRun, parsed.GetValue(progress)), cancellation);
        });
        return command;
    }

    /// <summary>Builds <c>mv</c>.</summary>
    public static Command Move(CliHost host, string shown, string name = "mv")
    {
        var (wait, progress) = (WaitOption(), ProgressOption());
        var command = new DocumentedCommand(
            name,
            "Rename a bucket; until that has ended neither name takes writes",
            $"{shown} ais://photos ais://pictures --wait")
        {
            Source, Destination, wait, progress, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (from, to) = Buckets(parsed);
            using var client = EndpointFinder.Connect(host, parsed);
            var id = await client.BucketJobs.RenameAsync(from, to, cancellation);
            return await FinishAsync(
                host, parsed, client, (Actions.MoveBucket, id, $"Renaming {from} => {to}"),
                (parsed.GetValue(wait), parsed.GetValue(progress)), cancellation);
        });
        return command;
    }

    /// <summary>Says what was begun; waits for its end where that is wanted.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="job">The job, and what is said of it.</param>
    /// <param name="wait">Whether to wait, and to show how far it is.</param>
    /// <param name="cancellation">Ends the wait; the job goes on.</param>
    /// <param name="done">What is said when it has ended; null for what it has done in numbers.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CliException">When it was waited for and has not ended as it should.</exception>
    public static async Task<int> FinishAsync(
        CliHost host,
        ParseResult parsed,
        SkeinClient client,
        (string Kind, string Id, string Text) job,
        (bool Waits, bool ShowsProgress) wait,
        CancellationToken cancellation,
        string? done = null)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        var which = new JobMessage { Id = job.Id, Kind = job.Kind };
        if (!wait.Waits && !wait.ShowsProgress)
        {
            if (json)
            {
                CliJsonContext.Write(
                    host.Writer, new JobStatus { Kind = job.Kind, Id = job.Id }, CliJsonContext.Output.JobStatus);
            }
            else
            {
                host.Writer.WriteLine(
                    $"{job.Text}: {job.Kind}[{job.Id}]. '{host.Program} show job {job.Id}' shows how far it is");
            }
            return 0;
        }
        var status = await new JobWaiter(host, quiet: !wait.ShowsProgress).WaitAsync(client, which, null, cancellation)
            ?? throw new CliException($"{job.Kind}[{job.Id}] is not known any more");
        if (json)
        {
            CliJsonContext.Write(host.Writer, status, CliJsonContext.Output.JobStatus);
        }
        JobWaiter.Require(status);
        if (!json && done is not null)
        {
            host.Writer.WriteLine(done);
        }
        else if (!json)
        {
            var snaps = await client.Jobs.GetSnapsAsync(which, cancellation);
            var stats = snaps.Values.SelectMany(list => list).Select(snap => snap.Stats).ToList();
            host.Writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{job.Text}: done, {SizeText.Objects(stats.Sum(one => one.LocalObjects))}, "
                    + $"{host.Size(stats.Sum(one => one.LocalBytes))}"));
        }
        return 0;
    }

    private static (BucketName From, BucketName To) Buckets(ParseResult parsed) =>
        (BucketCommands.Parse(parsed.GetRequiredValue(Source)), BucketCommands.Parse(parsed.GetRequiredValue(Destination)));
}
