using System.CommandLine;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Listing;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein rmo</c>: deletes objects.</summary>
internal sealed class RemoveObjectsCommand
{
    private readonly Argument<string[]> _objects = new("BUCKET/OBJECT")
    {
        Description = "Objects; one bucket together with --prefix or --all",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "Delete all objects whose names begin with this",
        HelpName = "P",
    };

    private readonly Option<string?> _list = BucketJobCommands.ListOption();
    private readonly Option<string?> _template = BucketJobCommands.TemplateOption();
    private readonly Option<bool> _wait = BucketJobCommands.WaitOption();
    private readonly Option<bool> _progress = BucketJobCommands.ProgressOption();
    private readonly Option<bool> _all = new("--all") { Description = "Delete all objects of the bucket" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be done" };
    private readonly Option<int> _workers = TransferOptions.Workers();

    private readonly CliHost _host;

    private RemoveObjectsCommand(CliHost host) => _host = host;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host, string name)
    {
        var remove = new RemoveObjectsCommand(host);
        var command = new DocumentedCommand(
            name,
            "Delete objects",
            $"skein {name} ais://photos/summer.jpg ais://photos/winter.jpg",
            $"skein {name} ais://photos --prefix 2025/ --yes",
            $"skein {name} ais://shards --template \"shard-{{000..099}}.tar\" --wait --yes",
            $"skein {name} ais://photos --all --dry-run")
        {
            remove._objects, remove._prefix, remove._list, remove._template, remove._all, remove._dryRun, remove._workers,
            remove._wait, remove._progress, CommonOptions.Yes,
            CommonOptions.Json,
        };
        command.SetAction(remove.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var texts = parsed.GetRequiredValue(_objects);
        var prefix = parsed.GetValue(_prefix);
        var all = parsed.GetValue(_all);
        if (prefix is not null && all)
        {
            throw new CliException("--prefix and --all are both given", "give one of them");
        }
        using var client = EndpointFinder.Connect(_host, parsed);
        if (parsed.GetValue(_list) is not null || parsed.GetValue(_template) is not null)
        {
            return await JobAsync(client, texts, prefix is not null || all, parsed, cancellation);
        }
        if (prefix is not null || all)
        {
            var bucket = texts.Length == 1
                ? BucketCommands.Parse(texts[0].TrimEnd('/'))
                : throw new CliException("--prefix and --all need exactly one bucket");
            return await ManyAsync(client, bucket, prefix ?? "", parsed, cancellation);
        }
        var named = texts.Select(Named).ToList();
        return await NamedAsync(client, named, parsed, cancellation);
    }

    /// <summary>Listed names and templates are left to the cluster: a job deletes them.</summary>
    private async Task<int> JobAsync(
        SkeinClient client, string[] texts, bool more, ParseResult parsed, CancellationToken cancellation)
    {
        if (more || texts.Length != 1 || parsed.GetValue(_dryRun))
        {
            throw new CliException("--list and --template need exactly one bucket, and go with no --prefix, --all or --dry-run");
        }
        var bucket = BucketCommands.Parse(texts[0].TrimEnd('/'));
        var names = BucketJobCommands.Names(parsed.GetValue(_list), parsed.GetValue(_template));
        if (!names.IsList && string.IsNullOrEmpty(names.Template))
        {
            throw new CliException("no name is given", "give --all to delete all objects");
        }
        Confirmation.Require(_host, parsed, $"Delete these objects of {bucket}?");
        var id = await client.BucketJobs.DeleteObjectsAsync(bucket, names, cancellation);
        return await BucketJobCommands.FinishAsync(
            _host, parsed, client, (Actions.DeleteNames, id, $"Deleting from {bucket}"),
            (parsed.GetValue(_wait), parsed.GetValue(_progress)), cancellation);
    }

    private async Task<int> NamedAsync(
        SkeinClient client, List<(BucketName Bucket, string Name)> named, ParseResult parsed, CancellationToken cancellation)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        var runner = new TransferRunner(_host, new TransferProgress(_host, quiet: true));
        var lines = new Lock();
        var report = await runner.RunAsync(
            named.ToAsyncEnumerable(),
            item => $"{item.Bucket}/{item.Name}",
            async (item, token) =>
            {
                if (!parsed.GetValue(_dryRun))
                {
                    await client.Objects.DeleteAsync(item.Bucket, item.Name, token);
                }
                if (json)
                {
                    return;
                }
                lock (lines)
                {
                    var verb = parsed.GetValue(_dryRun) ? "[DRY RUN] would delete" : "deleted";
                    _host.Writer.WriteLine($"{verb} \"{item.Name}\" from {item.Bucket}");
                }
            },
            TransferOptions.Check(parsed.GetValue(_workers)),
            cancellation);
        if (!json && named.Count == 1 && report.Errors is [var only])
        {
            ErrorText.Write(_host, only.Error, null);
            return 1;
        }
        return json || report.Failed != 0
            ? runner.Conclude(report, "Deleted", "object", $"of {named.Count}", json)
            : 0;
    }

    private async Task<int> ManyAsync(
        SkeinClient client, BucketName bucket, string prefix, ParseResult parsed, CancellationToken cancellation)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        var dryRun = parsed.GetValue(_dryRun);
        if (!dryRun)
        {
            var what = prefix.Length == 0 ? "all objects" : $"all objects whose names begin with \"{prefix}\"";
            Confirmation.Require(_host, parsed, $"Delete {what} of {bucket}?");
        }
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        var options = new ListOptions { Prefix = prefix, Properties = ["name"], Flags = ListFlags.NamesOnly };
        var entries = client.Buckets.ListObjectsAsync(bucket, options, cancellation);
        _host.Interruption.Note(() =>
            $"{progress.Objects} objects are deleted from {bucket}; the same command again deletes the rest.");
        TransferReport? report = null;
        await progress.ShowAsync("DELETE", null, null, async () => report = await runner.RunAsync(
            entries,
            entry => entry.Name,
            async (entry, token) =>
            {
                if (!dryRun)
                {
                    await client.Objects.DeleteAsync(bucket, entry.Name, token);
                }
            },
            TransferOptions.Check(parsed.GetValue(_workers)),
            cancellation));
        _host.Interruption.Clear();
        return runner.Conclude(report!, dryRun ? "[DRY RUN] would delete" : "Deleted", "object", $"from {bucket}", json);
    }

    private static (BucketName Bucket, string Name) Named(string text)
    {
        var bucket = BucketCommands.Parse(text, out var name);
        return name.Length != 0
            ? (bucket, name)
            : throw new CliException($"\"{text}\" names no object", "give --prefix or --all to delete many");
    }
}
