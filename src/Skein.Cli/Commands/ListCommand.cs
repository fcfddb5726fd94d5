using System.CommandLine;
using System.Runtime.CompilerServices;
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

    private ListCommand(CliHost host) => _host = host;

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
        foreach (var option in list._filter.Options)
        {
            command.Options.Add(option);
        }
        command.SetAction(list.RunAsync);
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
        if (parsed.GetValue(_summary))
        {
            var sums = await SummaryCommand.SumsAsync(
                client, what, parsed.GetValue(_filter.Prefix) ?? "", cancellation);
            SummaryCommand.Write(_host, parsed, sums, SummaryCommand.ListTable);
            return;
        }
        var scope = what is null ? null : BucketScope.TryParse(what);
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
        var pages = PagesAsync(client, bucket, parsed, _filter.Read(parsed, prefix), incomplete, cancellation);
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

    private bool IsOneObject(ParseResult parsed) => _filter.IsPlain(parsed)
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
        await foreach (var page in client.Buckets.ListPagesAsync(bucket, options, cancellation))
        {
            incomplete.Seen |= page.Flags != 0;
            yield return regex is null
                ? page
                : page with { Entries = [.. (page.Entries ?? []).Where(entry => regex.IsMatch(entry.Name))] };
            if (--left == 0)
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
