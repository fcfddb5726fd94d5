using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Jobs;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Cli.Archives;

/// <summary><c>skein archive bucket</c>: the cluster makes one archive of many objects.</summary>
internal static class ArchiveBucketCommand
{
    private const string Kind = "archive";

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string shown)
    {
        var words = new Argument<string[]>("[SRC_BUCKET[/TEMPLATE]] DST_BUCKET/SHARD_NAME")
        {
            Description = "Bucket of the objects (default: that of the archive), and the archive",
            Arity = new ArgumentArity(1, 2),
            Validators = { CommonOptions.RefuseOptions },
        };
        var (list, template) = (BucketJobCommands.ListOption(), BucketJobCommands.TemplateOption());
        var prefix = new Option<string?>("--prefix") { Description = "Only names that begin with this", HelpName = "P" };
        var append = new Option<bool>("--append-or-put", "--append")
        {
            Description = "Add to the archive when there is one; without it the archive is replaced",
        };
        var withBucket = new Option<bool>("--include-src-bck") { Description = "Begin names with that of the bucket" };
        var goesOn = new Option<bool>("--cont-on-err") { Description = "Leave out what cannot be read" };
        var skipLookup = new Option<bool>("--skip-lookup") { Description = "Do not look first whether the buckets exist" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done" };
        var (wait, progress) = (BucketJobCommands.WaitOption(), BucketJobCommands.ProgressOption());
        var command = new DocumentedCommand(
            "bucket",
            "Make one archive of many objects of a bucket",
            $"{shown} ais://photos ais://shards/photos.tar --template \"2026/{{001..999}}.jpg\" --wait",
            $"{shown} \"ais://photos/{{001..999}}.jpg\" ais://shards/photos.tar.lz4   # the same, shorter",
            $"{shown} ais://photos/some.tar --list a.jpg,b.jpg                      # in the bucket itself",
            $"{shown} ais://photos ais://shards/photos.tar --prefix 2027/ --append-or-put")
        {
            words, list, template, prefix, append, withBucket, goesOn, skipLookup, dryRun, wait, progress, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var given = parsed.GetRequiredValue(words);
            var (archive, _) = ArchiveName.ParseNew(given[^1]);
            var fromWord = "";
            var source = given.Length == 2 ? BucketCommands.Parse(given[0], out fromWord) : archive.Bucket;
            var names = Names(
                parsed.GetValue(list), parsed.GetValue(template), parsed.GetValue(prefix), fromWord);
            if (parsed.GetValue(dryRun))
            {
                var what = names.IsList ? string.Join(", ", names.ObjectNames!) : names.Template ?? "";
                host.Writer.WriteLine($"[DRY RUN] archive {source}/{{{what}}} as \"{archive}\"");
                return 0;
            }
            using var client = EndpointFinder.Connect(host, parsed);
            foreach (var bucket in parsed.GetValue(skipLookup) ? [] : (BucketName[])[source, archive.Bucket])
            {
                await TransferOptions.RequireBucketAsync(client, bucket, cancellation);
            }
            var how = new ArchiveMessage
            {
                ArchiveName = archive.Name,
                Destination = WireBucket.From(archive.Bucket),
                WithBucketName = parsed.GetValue(withBucket),
                AppendIfExists = parsed.GetValue(append),
                ContinueOnError = parsed.GetValue(goesOn),
            };
            var id = await client.Archives.StartAsync(source, names, how, cancellation);
            return await BucketJobCommands.FinishAsync(
                host, parsed, client, (Kind, id, $"Archiving {archive}"),
                (parsed.GetValue(wait), parsed.GetValue(progress)), cancellation, $"Archived {archive}");
        });
        return command;
    }

    // The names are given once: by an option, or after the bucket.
    private static NamesMessage Names(string? list, string? template, string? prefix, string fromWord)
    {
        string?[] ways = [list, template, prefix, fromWord.Length == 0 ? null : fromWord];
        if (ways.Count(way => way is not null) > 1)
        {
            throw new CliException(
                "the objects are named in several ways", "give one of --list, --template, --prefix and BUCKET/TEMPLATE");
        }
        if (template is null && fromWord.Length != 0 && NameTemplate.Parse(fromWord).IsPrefix)
        {
            return new NamesMessage { ObjectNames = [fromWord] };
        }
        return BucketJobCommands.Names(list, template ?? prefix ?? (fromWord.Length == 0 ? null : fromWord));
    }
}
