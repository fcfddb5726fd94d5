using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Listing;

/// <summary>A property that <c>ls --props</c> can show.</summary>
/// <param name="Name">Its name on the command line and on the wire.</param>
/// <param name="Heading">Heading of its column.</param>
/// <param name="Text">What the column shows of an entry.</param>
internal sealed record ListColumn(string Name, string Heading, Func<ListEntry, SizeUnits, string> Text)
{
    private const int StatusMask = 31;

    /// <summary>The properties in the order in which <c>--props all</c> shows them.</summary>
    public static IReadOnlyList<ListColumn> All { get; } =
    [
        new("size", "SIZE", (entry, units) => SizeText.Format(entry.Size, units)),
        new("checksum", "CHECKSUM", (entry, _) => Or(entry.Checksum)),
        new("atime", "ATIME", (entry, _) => Or(entry.AccessTime)),
        new("version", "VERSION", (entry, _) => Or(entry.Version)),
        new("copies", "COPIES", (entry, _) => entry.Copies == 0 ? "-" : entry.Copies.ToString(CultureInfo.InvariantCulture)),
        new("custom", "CUSTOM", (entry, _) => Or(entry.Custom)),
        new("location", "LOCATION", (entry, _) => Or(entry.Location)),
        new("status", "STATUS", (entry, _) => Status(entry)),
        new("cached", "CACHED", (entry, _) => (entry.Flags & ListEntry.PresentFlag) != 0 ? "yes" : "no"),
    ];

    /// <summary>Reads <c>--props</c>.</summary>
    /// <param name="props">Comma-separated names or <c>all</c>; null for the default.</param>
    /// <returns>The columns besides the name.</returns>
    /// <exception cref="CliException">When a name is not known.</exception>
    public static IReadOnlyList<ListColumn> Parse(string? props)
    {
        if (string.IsNullOrWhiteSpace(props))
        {
            return [All[0]];
        }
        var names = props.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names is ["all"])
        {
            return [.. All.Where(column => column.Name != "cached")];
        }
        var unknown = names.Where(name => name != "name" && All.All(column => column.Name != name)).ToList();
        return unknown.Count == 0
            ? [.. All.Where(column => names.Contains(column.Name))]
            : throw new CliException(
                $"unknown property \"{unknown[0]}\"",
                "the properties are all, name, " + string.Join(", ", All.Select(column => column.Name)));
    }

    /// <summary>True for an object that is on another target or mountpath than it belongs to.</summary>
    public static bool IsMisplaced(ListEntry entry) => (entry.Flags & StatusMask) is 1 or 2;

    private static string Or(string? text) => string.IsNullOrEmpty(text) ? "-" : text;

    private static string Status(ListEntry entry) => (entry.Flags & StatusMask) switch
    {
        0 => "ok",
        1 => "misplaced(cluster)",
        2 => "misplaced(mountpath)",
        3 => "replica",
        4 => "replica(object-is-missing)",
        _ => "unknown",
    };
}
