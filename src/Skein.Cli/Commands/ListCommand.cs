using System.CommandLine;
using System.Runtime.CompilerServices;
using Skein.Cli.Jobs;
using Skein.Cli.Listing;
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

    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "Only names that begin with this",
        HelpName = "P",
    };

    private readonly Option<string?> _props = new("--props", "-p")
    {
        Description = "Properties to show, comma-separated: size, checksum, atime, version, copies, custom, "
            + "location, status, cached; or all",
        HelpName = "PROPS",
    };

    private readonly Option<long?> _limit = new("--limit") { Description = "Most names to list", HelpName = "N" };
    private readonly Option<int> _pageSize = new("--page-size")
    {
        Description = $"Names per request, at most {ListObjectsMessage.MaxPageSize}",
        HelpName = "N",
    };

    private readonly Option<string?> _startAfter = new("--start-after")
    {
        Description = "Only names after this one",
        HelpName = "NAME",
    };

    private readonly Option<bool> _nonRecursive = new("--non-recursive", "--nr")
    {
        Description = "Show directories instead of what is in them",
    };

    private readonly Option<bool> _nameOnly = new("--name-only") { Description = "Show names and nothing else" };
    private readonly Option<bool> _summary = new("--summary")
    {
        Description = "Count the objects and their sizes instead of listing them; without a bucket, of all buckets",
    };

    private readonly Option<bool> _countOnly = new("--count-only") { Description = "Show how many names there are" };

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
            "skein ls ais://photos --name-only -H | wc -l")
        {
            list._what, list._prefix, list._props, list._limit, list._pageSize, list._startAfter, list._nonRecursive,
            list._nameOnly, list._countOnly, list._summary, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(list.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(_host, parsed);
        var what = parsed.GetValue(_what);
        if (parsed.GetValue(_summary))
        {
            var start = "";
            var one = what is null ? null : BucketCommands.Parse(what, out start);
            await BucketJobCommands.SummarizeAsync(
                _host, parsed, client, one, start + parsed.GetValue(_prefix), cancellation);
            return 0;
        }
        if (what is null || what.EndsWith("://", StringComparison.Ordinal) || what.EndsWith(':'))
        {
            await BucketsAsync(client, what, parsed, cancellation);
            return 0;
        }
        var bucket = BucketCommands.Parse(what, out var prefix);
        var incomplete = new Incompleteness();
        var entries = EntriesAsync(client, bucket, Options(parsed, prefix), incomplete, cancellation);
        if (parsed.GetValue(_countOnly))
        {
            await CountAsync(entries, parsed);
        }
        else
        {
            var nameOnly = parsed.GetValue(_nameOnly);
            var columns = nameOnly ? [] : ListColumn.Parse(parsed.GetValue(_props));
            var printer = new ObjectListPrinter(_host, columns, !parsed.GetValue(CommonOptions.NoHeaders));
            await (parsed.GetValue(CommonOptions.Json)
                ? printer.JsonAsync(entries, nameOnly, cancellation)
                : printer.TableAsync(entries, cancellation));
        }
        if (incomplete.Seen)
        {
            ErrorText.Warn(_host, "the cluster says that this listing may be incomplete (rebalance in progress?)");
        }
        return 0;
    }

    private async Task BucketsAsync(
        SkeinClient client, string? what, ParseResult parsed, CancellationToken cancellation)
    {
        var provider = what is null ? null : Providers.Normalize(what.Split(':')[0]);
        var buckets = await client.Buckets.ListAsync(provider, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(
                _host.Writer, [.. buckets.Select(WireBucket.From)], CliJsonContext.Output.ListWireBucket);
            return;
        }
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        if (parsed.GetValue(_nameOnly))
        {
            foreach (var bucket in buckets)
            {
                _host.Writer.WriteLine(bucket.ToString());
            }
            return;
        }
        if (buckets.Count == 0)
        {
            _host.Writer.WriteLine("No buckets. Create one with 'skein create ais://NAME'.");
            return;
        }
        var table = new TextTable().Add("NAME").Add("PRESENT");
        foreach (var bucket in buckets)
        {
            table.Row(bucket.ToString(), "yes");
        }
        table.Write(_host.Writer, _host.Width, headings);
        if (headings)
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
        _host.Writer.WriteLine($"Listed {count} name{(count == 1 ? "" : "s")} ({SizeText.Bytes(size)}) in {elapsed}");
    }

    private ListOptions Options(ParseResult parsed, string fromPath)
    {
        var prefix = parsed.GetValue(_prefix);
        if (prefix is not null && fromPath.Length != 0)
        {
            throw new CliException($"a prefix is given twice: \"{fromPath}\" and \"{prefix}\"", "give one of them");
        }
        if (parsed.GetValue(_limit) is < 1)
        {
            throw new CliException("--limit must be at least 1");
        }
        if (parsed.GetValue(_pageSize) is < 0 or > ListObjectsMessage.MaxPageSize)
        {
            throw new CliException($"--page-size must be between 1 and {ListObjectsMessage.MaxPageSize}");
        }
        var nameOnly = parsed.GetValue(_nameOnly);
        return new ListOptions
        {
            Prefix = prefix ?? fromPath,
            StartAfter = parsed.GetValue(_startAfter) ?? "",
            Limit = parsed.GetValue(_limit),
            PageSize = parsed.GetValue(_pageSize),
            Properties = nameOnly
                ? ["name"]
                : ["name", .. ListColumn.Parse(parsed.GetValue(_props)).Select(column => column.Name)],
            Flags = (nameOnly ? ListFlags.NamesOnly : ListFlags.None)
                | (parsed.GetValue(_nonRecursive) ? ListFlags.NonRecursive : ListFlags.None),
        };
    }

    private static async IAsyncEnumerable<ListEntry> EntriesAsync(
        SkeinClient client,
        BucketName bucket,
        ListOptions options,
        Incompleteness incomplete,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in client.Buckets.ListPagesAsync(bucket, options, cancellation))
        {
            incomplete.Seen |= page.Flags != 0;
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
