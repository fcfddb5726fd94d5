namespace Skein.Cli.Output;

/// <summary>
/// A table of plain text: columns divided by two spaces, left-aligned, no lines. Columns in which every cell is empty
/// are left out; other empty cells show the placeholder. In a terminal it is made to fit: first headings are broken at
/// their spaces, then the columns that are marked as less important disappear, from the right.
/// </summary>
/// <param name="placeholder">What an empty cell shows.</param>
internal sealed class TextTable(string placeholder = "")
{
    private const int Gap = 2;

    private readonly List<Column> _columns = [];
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>Adds a column.</summary>
    /// <param name="heading">Heading.</param>
    /// <param name="optional">True when the column may be left out for want of width.</param>
    public TextTable Add(string heading, bool optional = false)
    {
        _columns.Add(new Column(heading, optional));
        return this;
    }

    /// <summary>Adds a row with one cell for each column.</summary>
    public TextTable Row(params IReadOnlyList<string> cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Count, _columns.Count);
        _rows.Add(cells);
        return this;
    }

    /// <summary>Writes the table.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="width">Columns of the terminal; null for any length.</param>
    /// <param name="headings">False to leave the headings out.</param>
    public void Write(TextWriter writer, int? width, bool headings = true)
    {
        var shown = Enumerable.Range(0, _columns.Count)
            .Where(i => _rows.Count == 0 || _rows.Any(row => row[i].Length != 0)).ToList();
        var broken = width is not null && headings && Total(shown, headings, broken: false) > width;
        while (width is not null && Total(shown, headings, broken) > width
            && shown.FindLastIndex(i => _columns[i].Optional) is >= 0 and var last)
        {
            shown.RemoveAt(last);
        }
        foreach (var line in headings ? HeadingLines(shown, broken) : [])
        {
            WriteLine(writer, shown, line, headings, broken);
        }
        foreach (var row in _rows)
        {
            WriteLine(writer, shown, [.. shown.Select(i => Shown(row[i]))], headings, broken);
        }
    }

    private string Shown(string cell) => cell.Length == 0 ? placeholder : cell;

    private int Total(List<int> shown, bool headings, bool broken) =>
        shown.Sum(i => WidthOf(i, headings, broken) + Gap) - Gap;

    private int WidthOf(int column, bool headings, bool broken)
    {
        var heading = _columns[column].Heading;
        var least = !headings ? 0 : broken ? heading.Split(' ').Max(word => word.Length) : heading.Length;
        return _rows.Aggregate(least, (most, row) => Math.Max(most, Shown(row[column]).Length));
    }

    // Broken headings stand at the bottom of the lines they need.
    private List<IReadOnlyList<string>> HeadingLines(List<int> shown, bool broken)
    {
        if (!broken)
        {
            return [[.. shown.Select(i => _columns[i].Heading)]];
        }
        var wrapped = shown.Select(i => Wrap(_columns[i].Heading, WidthOf(i, headings: true, broken))).ToList();
        var height = wrapped.Max(lines => lines.Count);
        var result = new List<IReadOnlyList<string>>();
        for (var line = 0; line < height; line++)
        {
            result.Add([.. wrapped.Select(lines => line < height - lines.Count ? "" : lines[line - height + lines.Count])]);
        }
        return result;
    }

    private static List<string> Wrap(string heading, int width)
    {
        var lines = new List<string>();
        foreach (var word in heading.Split(' '))
        {
            if (lines.Count != 0 && lines[^1].Length + 1 + word.Length <= width)
            {
                lines[^1] += " " + word;
            }
            else
            {
                lines.Add(word);
            }
        }
        return lines;
    }

    private void WriteLine(
        TextWriter writer, List<int> shown, IReadOnlyList<string> cells, bool headings, bool broken)
    {
        var last = cells.Count - 1;
        while (last >= 0 && string.IsNullOrWhiteSpace(cells[last]))
        {
            last--;
        }
        for (var i = 0; i <= last; i++)
        {
            writer.Write(i == last ? cells[i] : cells[i].PadRight(WidthOf(shown[i], headings, broken) + Gap));
        }
        writer.Write('\n');
    }

    private sealed record Column(string Heading, bool Optional);
}
