using System.CommandLine;
using System.Runtime.CompilerServices;
using Skein.Cli.Archives;
using Skein.Cli.Buckets;
using Skein.Cli.Listing;
using Skein.Cli.Objects;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Client.Listing;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein ls</c>: buckets, or the objects of one.</summary>
internal sealed class ListCommand
{
    private readonly Argument<string?> _what = new("BUCKET")
    {
        Description = "Bucket, for example ais://photos, or a prefix of names in it, ais://photos/2026; "
            + "without it, or with ais:// alone, buckets are listed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ListFilter _filter = new();
    private readonly Option<bool> _summary = new("--summary")
    {
        Description = "Count the objects and their sizes instead of listing them; without a bucket, of all buckets",
    };

    private readonly Option<bool> _countOnly = new("--count-only") { Description = "Show how many names there are" };

    private readonly Option<bool> _paged = new("--paged") { Description = "Show every page as a table of its own, at once" };
    private readonly Option<int?> _maxPages = new("--max-pages") { Description = "With --paged: most pages", HelpName = "N" };
    private readonly Option<bool> _noFooters = new("--no-footers", "-F") { Description = "Print no totals" };
    private readonly Option<string?> _regex = CommonOptions.Regex("Only names of buckets or objects that match");

    private readonly CliHost _host;
    private bool _isOfArchives;

    private ListCommand(CliHost host) => _host = host;

    /// <summary>Builds <c>archive ls</c>: a listing with the files in archives.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command CreateForArchives(CliHost host, string shown)
    {
        var list = new ListCommand(host) { _isOfArchives = true };
        var command = new DocumentedCommand(
            "ls",
            "List archives and the files in them",
            $"{shown} ais://shards",
            $"{shown} ais://shards/a.tar",
            $"{shown} ais://shards --prefix a.tar/jpg/ --name-only")
        {
            list._what, list._countOnly, list._paged, list._maxPages, list._regex, list._noFooters,
            RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        list._what.Arity = ArgumentArity.ExactlyOne;
        list._what.Description = "Bucket, or an archive in it, for example ais://shards/a.tar";
        return list.Finish(command);
    }

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host, string name)
    {
        var list = new ListCommand(host);
        var command = new DocumentedCommand(
            name,
            "List buckets, or the objects of a bucket",
            "skein ls                                   # buckets",
            "skein ls ais://photos                      # objects",
            "skein ls ais://photos/2026/ --nr           # one level of a tree",
            "skein ls ais://photos --props all --limit 20",
            "skein ls ais://photos --name-only -H | wc -l",
            "skein ls ais:                              # buckets of a provider",
            "skein ls ais://photos/a.jpg                # one object",
            "skein ls --summary")
        {
            list._what, list._countOnly, list._summary, list._paged, list._maxPages, list._regex, list._noFooters,
            RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        return list.Finish(command);
    }

    private DocumentedCommand Finish(DocumentedCommand command)
    {
        foreach (var option in _filter.Options)
        {
            command.Options.Add(option);
        }
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(_host, parsed);
        return await RepeatOptions.RunAsync(
            _host, parsed,
            async () =>
            {
                await ShowAsync(client, parsed, cancellation);
                return true;
            },
            cancellation);
    }

    private async Task ShowAsync(SkeinClient client, ParseResult parsed, CancellationToken cancellation)
    {
        var what = parsed.GetValue(_what);
        if (!_isOfArchives && parsed.GetValue(_summary))
        {
            var sums = await SummaryCommand.SumsAsync(
                client, what, parsed.GetValue(_filter.Prefix) ?? "", cancellation);
            SummaryCommand.Write(_host, parsed, sums, SummaryCommand.ListTable);
            return;
        }
        var scope = what is null ? null : BucketScope.TryParse(what);
        if (scope is not null && _isOfArchives)
        {
            throw new CliException($"\"{what}\" is no bucket", "write it as ais://bucket");
        }
        if (what is null || scope is not null)
        {
            await BucketsAsync(client, scope, parsed, cancellation);
            return;
        }
        var bucket = BucketCommands.Parse(what, out var prefix);
        if (prefix.Length != 0 && !prefix.EndsWith('/') && IsOneObject(parsed)
            && await ObjectShowCommand.TryShowAsync(_host, parsed, client, bucket, prefix, cancellation))
        {
            return;
        }
        var incomplete = new Incompleteness();
        var pages = PagesAsync(client, bucket, parsed, Filter(parsed, prefix), incomplete, cancellation);
        if (parsed.GetValue(_countOnly))
        {
            await CountAsync(EntriesAsync(pages), parsed);
        }
        else if (parsed.GetValue(CommonOptions.Json))
        {
            await Printer(parsed).JsonAsync(EntriesAsync(pages), _filter.IsNameOnly(parsed), cancellation);
        }
        else if (parsed.GetValue(_paged))
        {
            await foreach (var page in pages)
            {
                await Printer(parsed).TableAsync((page.Entries ?? []).ToAsyncEnumerable(), cancellation);
            }
        }
        else
        {
            await Printer(parsed).TableAsync(EntriesAsync(pages), cancellation);
        }
        if (incomplete.Seen)
        {
            ErrorText.Warn(_host, "the cluster says that this listing may be incomplete (rebalance in progress?)");
        }
    }

    private ListOptions Filter(ParseResult parsed, string prefix)
    {
        var options = _filter.Read(parsed, prefix);
        return _isOfArchives ? options with { Flags = options.Flags | ListFlags.Archives } : options;
    }

    private bool IsOneObject(ParseResult parsed) => !_isOfArchives && _filter.IsPlain(parsed)
        && !parsed.GetValue(_countOnly) && !parsed.GetValue(_paged) && !parsed.GetValue(CommonOptions.Json);

    private ObjectListPrinter Printer(ParseResult parsed) =>
        new(_host, _filter.Columns(parsed), !parsed.GetValue(CommonOptions.NoHeaders));

    private async Task BucketsAsync(
        SkeinClient client, BucketScope? scope, ParseResult parsed, CancellationToken cancellation)
    {
        var regex = CommonOptions.ReadRegex(parsed.GetValue(_regex));
        var listed = await client.Buckets.ListAsync(scope?.Provider, cancellation);
        var buckets = listed
            .Where(bucket => (scope?.Holds(bucket) ?? true) && (regex?.IsMatch(bucket.ToString()) ?? true)).ToList();
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(
                _host.Writer, [.. buckets.Select(WireBucket.From)], CliJsonContext.Output.ListWireBucket);
            return;
        }
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        if (_filter.IsNameOnly(parsed))
        {
            foreach (var bucket in buckets)
            {
                _host.Writer.WriteLine(bucket.ToString());
            }
            return;
        }
        if (buckets.Count == 0)
        {
            _host.Writer.WriteLine($"No buckets. Create one with '{_host.Program} create ais://NAME'.");
            return;
        }
        var table = new TextTable().Add("NAME").Add("PRESENT");
        foreach (var bucket in buckets)
        {
            table.Row(bucket.ToString(), "yes");
        }
        table.Write(_host.Writer, _host.Width, headings);
        if (headings && !parsed.GetValue(_noFooters))
        {
            var groups = buckets.GroupBy(bucket => bucket.Provider)
                .Select(group => $"{group.Key.ToUpperInvariant()} buckets: {group.Count()}");
            _host.Writer.WriteLine($"Total: [{string.Join(", ", groups)}] ========");
        }
    }

    private async Task CountAsync(IAsyncEnumerable<ListEntry> entries, ParseResult parsed)
    {
        var started = _host.Time.GetTimestamp();
        var count = 0L;
        var size = 0L;
        await foreach (var entry in entries)
        {
            count++;
            size += entry.Size;
        }
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new CountDocument { Count = count, Size = size };
            CliJsonContext.Write(_host.Writer, document, CliJsonContext.Output.CountDocument);
            return;
        }
        var elapsed = SizeText.Duration(_host.Time.GetElapsedTime(started));
        _host.Writer.WriteLine($"Listed {count} name{(count == 1 ? "" : "s")} ({_host.Size(size)}) in {elapsed}");
    }

    private async IAsyncEnumerable<ListObjectsResult> PagesAsync(
        SkeinClient client,
        BucketName bucket,
        ParseResult parsed,
        ListOptions options,
        Incompleteness incomplete,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var left = parsed.GetValue(_maxPages) ?? int.MaxValue;
        var regex = CommonOptions.ReadRegex(parsed.GetValue(_regex));
        var inArchive = "";
        var names = long.MaxValue;
        if ((options.Flags & ListFlags.Archives) != 0 && options.Prefix.Length != 0
            && ArchiveName.Parse($"{bucket}/{options.Prefix}") is { Path.Length: > 0 } part)
        {
            // The cluster finds archives by their names; which files of them are wanted is looked at here.
            (inArchive, names) = (options.Prefix, options.Limit ?? long.MaxValue);
            options = options with { Prefix = part.Name, Limit = null };
        }
        await foreach (var page in client.Buckets.ListPagesAsync(bucket, options, cancellation))
        {
            incomplete.Seen |= page.Flags != 0;
            var entries = (page.Entries ?? [])
                .Where(entry => entry.Name.StartsWith(inArchive, StringComparison.Ordinal))
                .Where(entry => regex is null || regex.IsMatch(entry.Name))
                .Take((int)Math.Min(names, int.MaxValue)).ToList();
            names -= entries.Count;
            yield return page with { Entries = entries };
            if (--left == 0 || names == 0)
            {
                yield break;
            }
        }
    }

    private static async IAsyncEnumerable<ListEntry> EntriesAsync(IAsyncEnumerable<ListObjectsResult> pages)
    {
        await foreach (var page in pages)
        {
            foreach (var entry in page.Entries ?? [])
            {
                yield return entry;
            }
        }
    }

    private sealed class Incompleteness
    {
        public bool Seen { get; set; }
    }
}
