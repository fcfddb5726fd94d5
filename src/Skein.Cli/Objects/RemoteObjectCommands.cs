using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Jobs;
using Skein.Client;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Objects;

/// <summary><c>skein prefetch</c> and <c>skein evict</c>: objects of remote buckets come into the cluster, and go.</summary>
internal static class RemoteObjectCommands
{
    private static readonly PerTree<Argument<string>> WhatArgument = new(() => new("BUCKET[/OBJECT]")
    {
        Description = "A bucket that is elsewhere, or an object in it",
    });

    private static readonly PerTree<Option<string?>> PrefixOption = new(() => new("--prefix")
    {
        Description = "Only names that begin with this",
        HelpName = "P",
    });

    private static readonly PerTree<Option<string?>> ListOption = new(() => BucketJobCommands.ListOption());
    private static readonly PerTree<Option<string?>> TemplateOption = new(() => BucketJobCommands.TemplateOption());
    private static readonly PerTree<Option<bool>> WaitOption = new(() => BucketJobCommands.WaitOption());
    private static readonly PerTree<Option<bool>> ProgressOption = new(() => BucketJobCommands.ProgressOption());
    private static readonly PerTree<Option<bool>> DryRunOption = new(
        () => new("--dry-run", "-n") { Description = "Show what would be done" });

    private static Argument<string> What => WhatArgument.Value;

    private static Option<string?> Prefix => PrefixOption.Value;

    private static Option<string?> List => ListOption.Value;

    private static Option<string?> Template => TemplateOption.Value;

    private static Option<bool> Wait => WaitOption.Value;

    private static Option<bool> Progress => ProgressOption.Value;

    private static Option<bool> DryRun => DryRunOption.Value;

    /// <summary>Builds <c>prefetch</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Prefetch(CliHost host, string shown)
    {
        var latest = new Option<bool>("--latest") { Description = "Fetch anew what has changed at its home" };
        var command = new DocumentedCommand(
            "prefetch", "Fetch objects of a remote bucket into the cluster",
            $"{shown} s3://photos --template \"shard-{{001..999}}.tar\" --wait",
            $"{shown} s3://photos --list a.jpg,b.jpg", $"{shown} ais://@lab/photos --prefix 2026/ --progress")
        {
            What, Prefix, List, Template, latest, DryRun, Wait, Progress, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, names) = Names(parsed);
            if (!bucket.IsRemote)
            {
                throw new CliException($"expecting remote bucket (have {bucket})");
            }
            using var client = EndpointFinder.Connect(host, parsed);
            if (parsed.GetValue(DryRun))
            {
                host.Writer.WriteLine($"[DRY RUN] prefetch {Shown(names)} from {bucket}");
                return 0;
            }
            var id = await client.BucketJobs.PrefetchObjectsAsync(bucket, names, parsed.GetValue(latest), cancellation);
            return await FinishAsync(
                host, parsed, client, (Actions.PrefetchNames, id, $"Prefetching from {bucket}"), cancellation);
        });
        return command;
    }

    /// <summary>Builds <c>blob-download</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command FetchLarge(CliHost host, string shown)
    {
        var latest = new Option<bool>("--latest") { Description = "Fetch anew what has changed at its home" };
        var command = new DocumentedCommand(
            "blob-download", "Fetch large objects of a remote bucket into the cluster, each by a job of its own",
            $"{shown} s3://photos/large.bin --wait",
            $"{shown} s3://photos --list large.bin,larger.bin --progress")
        {
            What, List, latest, Wait, Progress, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, names) = Names(parsed);
            if (!names.IsList)
            {
                throw new CliException("no object is named", $"write {bucket}/NAME, or give --list");
            }
            using var client = EndpointFinder.Connect(host, parsed);
            var code = 0;
            foreach (var name in names.ObjectNames!)
            {
                var id = await client.BucketJobs.FetchLargeAsync(bucket, name, parsed.GetValue(latest), cancellation);
                code |= await FinishAsync(
                    host, parsed, client, (Actions.BlobDownload, id, $"Fetching {bucket}/{name}"), cancellation);
            }
            return code;
        });
        return command;
    }

    /// <summary>Builds <c>evict</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Evict(CliHost host, string shown)
    {
        var keep = new Option<bool>("--keep-md", "-k") { Description = "Keep the bucket and its properties" };
        var command = new DocumentedCommand(
            "evict", "Remove objects of a remote bucket, or the whole bucket, from the cluster; at its home nothing changes",
            $"{shown} s3://photos", $"{shown} s3://photos --keep-md", $"{shown} s3://photos/a.jpg",
            $"{shown} s3://photos --template \"shard-{{900..999}}.tar\"", $"{shown} --dry-run s3://photos")
        {
            What, Prefix, List, Template, keep, DryRun, Wait, Progress, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, names) = Names(parsed);
            if (!bucket.IsRemote)
            {
                throw new CliException(
                    "evicting objects from AIS buckets (ie., buckets with no remote backends) is not allowed.",
                    "consider 'skein object rm' or 'skein rmb', see --help for details");
            }
            var whole = !names.IsList && string.IsNullOrEmpty(names.Template);
            if (parsed.GetValue(DryRun))
            {
                host.Writer.WriteLine($"[DRY RUN] EVICT: {bucket}{(whole ? "" : ", " + Shown(names))}");
                return 0;
            }
            using var client = EndpointFinder.Connect(host, parsed);
            if (whole)
            {
                await client.Buckets.EvictAsync(bucket, parsed.GetValue(keep), cancellation);
                host.Writer.WriteLine($"\"{bucket}\" bucket evicted");
                return 0;
            }
            var id = await client.BucketJobs.EvictObjectsAsync(bucket, names, cancellation);
            return await FinishAsync(
                host, parsed, client, (Actions.EvictNames, id, $"Evicting from {bucket}"), cancellation);
        });
        return command;
    }

    private static (BucketName Bucket, NamesMessage Names) Names(ParseResult parsed)
    {
        var bucket = BucketCommands.Parse(parsed.GetRequiredValue(What), out var name);
        var prefix = parsed.GetResult(Prefix) is null ? null : parsed.GetValue(Prefix);
        var given = BucketJobCommands.Names(
            parsed.GetValue(List), parsed.GetResult(Template) is null ? null : parsed.GetValue(Template));
        bool[] ways = [name.Length != 0, prefix is not null, given.IsList || given.Template is not null];
        if (ways.Count(way => way) > 1)
        {
            throw new CliException("an object, --prefix, --list and --template exclude each other", "give one of them");
        }
        // The beginning of names is a template without a range.
        return (bucket, name.Length != 0 ? new NamesMessage { ObjectNames = [name] }
            : prefix is not null ? new NamesMessage { Template = prefix }
            : given);
    }

    private static string Shown(NamesMessage names) => names.IsList
        ? string.Join(", ", names.ObjectNames ?? [])
        : string.IsNullOrEmpty(names.Template) ? "all objects" : $"\"{names.Template}\"";

    private static Task<int> FinishAsync(
        CliHost host, ParseResult parsed, SkeinClient client, (string Kind, string Id, string Text) job,
        CancellationToken cancellation) =>
        BucketJobCommands.FinishAsync(
            host, parsed, client, job, (parsed.GetValue(Wait), parsed.GetValue(Progress)), cancellation);
}
