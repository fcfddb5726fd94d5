using System.Text.Json;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Listing;

/// <summary>
/// Shows a listing while it arrives. Column widths are taken from the first <see cref="RowsAtOnce"/> rows and grow when
/// a later block needs more, so that a bucket of any size is shown in little memory.
/// </summary>
/// <param name="host">Where to write.</param>
/// <param name="columns">The columns besides the name.</param>
/// <param name="headings">False to leave the headings out.</param>
internal sealed class ObjectListPrinter(CliHost host, IReadOnlyList<ListColumn> columns, bool headings)
{
    private const int RowsAtOnce = 5000;

    private readonly List<IReadOnlyList<string>> _rows = [];
    private readonly int[] _widths = new int[columns.Count + 1];
    private bool _begun;

    /// <summary>Shows a listing.</summary>
    public async Task TableAsync(IAsyncEnumerable<ListEntry> entries, CancellationToken cancellation)
    {
        await foreach (var entry in entries.WithCancellation(cancellation))
        {
            _rows.Add(Row(entry));
            if (_rows.Count == RowsAtOnce)
            {
                Flush();
            }
        }
        Flush();
    }

    /// <summary>Shows a listing as one JSON array.</summary>
    public async Task JsonAsync(IAsyncEnumerable<ListEntry> entries, bool nameOnly, CancellationToken cancellation)
    {
        var writer = host.Writer;
        writer.Write('[');
        var separator = "\n";
        await foreach (var entry in entries.WithCancellation(cancellation))
        {
            writer.Write(separator);
            writer.Write(JsonSerializer.Serialize(
                ListedObject.From(entry, nameOnly), CompactJson.Default.ListedObject));
            separator = ",\n";
        }
        writer.WriteLine("\n]");
    }

    private string[] Row(ListEntry entry)
    {
        var isDirectory = (entry.Flags & ListEntry.DirectoryFlag) != 0;
        var name = isDirectory && !entry.Name.EndsWith('/') ? entry.Name + "/" : entry.Name;
        var indent = (entry.Flags & ListEntry.InArchiveFlag) != 0 ? "    " : "";
        return [indent + Printable(name), .. columns.Select(column => isDirectory ? "" : column.Text(entry, host.Units))];
    }

    // A name may hold anything; a line break or an escape must not reach the terminal.
    private static string Printable(string name) =>
        name.Any(char.IsControl)
            ? string.Concat(name.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()))
            : name;

    private void Flush()
    {
        string[] titles = ["NAME", .. columns.Select(column => column.Heading)];
        var first = !_begun && headings;
        for (var i = 0; i < titles.Length; i++)
        {
            var widest = _rows.Count == 0 ? 0 : _rows.Max(row => row[i].Length);
            _widths[i] = Math.Max(_widths[i], first ? Math.Max(widest, titles[i].Length) : widest);
        }
        if (first)
        {
            WriteRow(titles);
        }
        _begun = true;
        foreach (var row in _rows)
        {
            WriteRow(row);
        }
        _rows.Clear();
    }

    private void WriteRow(IReadOnlyList<string> cells)
    {
        var last = cells.Count - 1;
        while (last > 0 && cells[last].Length == 0)
        {
            last--;
        }
        for (var i = 0; i < last; i++)
        {
            host.Writer.Write(cells[i].PadRight(_widths[i] + 2));
        }
        host.Writer.WriteLine(cells[last]);
    }
}
