using System.CommandLine;
using Skein.Client.Listing;
using Skein.Core.Wire;

namespace Skein.Cli.Listing;

/// <summary>The options of <c>ls</c> that say which names are listed, and what of them.</summary>
internal sealed class ListFilter
{
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

    // Options that are one flag of the listing each.
    private readonly (Option<bool> Option, ListFlags Flag)[] _flags =
    [
        (new("--cached") { Description = "Of a remote bucket only what is in the cluster" }, ListFlags.Cached),
        (new("--not-cached") { Description = "Of a remote bucket only what is not in the cluster" }, ListFlags.NotCached),
        (new("--all") { Description = "Also misplaced objects and copies" },
            ListFlags.Missing),
        (new("--archive") { Description = "Also the files in archives" }, ListFlags.Archives),
        (new("--diff", "--check-versions")
            {
                Description = "Of a remote bucket mark what differs from its home, or is gone there",
            },
            ListFlags.VersionChanged),
        (new("--skip-lookup") { Description = "Do not ask the home of a remote bucket whether it exists" },
            ListFlags.DontHeadRemote),
        (new("--dont-add") { Description = "Do not note a remote bucket in the cluster" }, ListFlags.DontAddRemote),
    ];

    /// <summary><c>--prefix</c>.</summary>
    public Option<string?> Prefix { get; } = new("--prefix")
    {
        Description = "Only names that begin with this",
        HelpName = "P",
    };

    /// <summary>The options, to be added to the command.</summary>
    public IEnumerable<Option> Options =>
        [Prefix, _props, _limit, _pageSize, _startAfter, _nonRecursive, _nameOnly, .. _flags.Select(pair => pair.Option)];

    /// <summary>True for names without anything else.</summary>
    public bool IsNameOnly(ParseResult parsed) => parsed.GetValue(_nameOnly);

    /// <summary>The columns besides the name.</summary>
    /// <exception cref="CliException">When a property is not known.</exception>
    public IReadOnlyList<ListColumn> Columns(ParseResult parsed) =>
        IsNameOnly(parsed) ? [] : ListColumn.Parse(parsed.GetValue(_props));

    /// <summary>True when nothing was said that concerns more than one object.</summary>
    public bool IsPlain(ParseResult parsed) => Options.All(option => parsed.GetResult(option) is null or { Implicit: true });

    /// <summary>The same for the client.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="fromPath">What stood after the bucket: the beginning of names.</param>
    /// <exception cref="CliException">When options contradict each other or are out of range.</exception>
    public ListOptions Read(ParseResult parsed, string fromPath)
    {
        var prefix = parsed.GetValue(Prefix);
        if (prefix is not null && fromPath.Length != 0)
        {
            throw new CliException($"a prefix is given twice: \"{fromPath}\" and \"{prefix}\"", "give one of them");
        }
        // As in AIStore, 0 means that there is no limit.
        if (parsed.GetValue(_limit) is < 0)
        {
            throw new CliException("--limit must be at least 1");
        }
        if (parsed.GetValue(_pageSize) is < 0 or > ListObjectsMessage.MaxPageSize)
        {
            throw new CliException($"--page-size must be between 1 and {ListObjectsMessage.MaxPageSize}");
        }
        var nameOnly = IsNameOnly(parsed);
        return new ListOptions
        {
            Prefix = prefix ?? fromPath,
            StartAfter = parsed.GetValue(_startAfter) ?? "",
            Limit = parsed.GetValue(_limit) is 0 ? null : parsed.GetValue(_limit),
            PageSize = parsed.GetValue(_pageSize),
            Properties = nameOnly ? ["name"] : ["name", .. Columns(parsed).Select(column => column.Name)],
            Flags = _flags.Where(pair => parsed.GetValue(pair.Option)).Aggregate(
                (nameOnly ? ListFlags.NamesOnly : ListFlags.None)
                    | (parsed.GetValue(_nonRecursive) ? ListFlags.NonRecursive : ListFlags.None),
                (flags, pair) => flags | pair.Flag),
        };
    }
}
