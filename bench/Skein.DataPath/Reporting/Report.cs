using System.Globalization;
using System.Text.Json.Nodes;

namespace Skein.DataPath.Reporting;

/// <summary>All rows of a run.</summary>
/// <param name="progress">Where it is said what goes on.</param>
internal sealed class Report(TextWriter progress)
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Says what goes on.</summary>
    public void Say(string text) => progress.WriteLine(text);

    /// <summary>Adds a row and shows it.</summary>
    public void Add(Row row)
    {
        _rows.Add(row);
        var figures = string.Join(", ", row.Figures.Select(figure => $"{figure.Column} {Number(figure.Value)}"));
        Say($"  {row.Name}: {figures}; {Judged(row)} {Verdict(row)}".TrimEnd(' ', ';'));
    }

    /// <summary>Adds a line that stands above the tables.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        Say(text);
    }

    /// <summary>Prints the tables in Markdown, with aligned columns.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine();
        _notes.ForEach(note => output.WriteLine($"- {note}"));
        foreach (var section in _rows.GroupBy(row => row.Section))
        {
            var columns = section.SelectMany(row => row.Figures.Select(figure => figure.Column)).Distinct().ToList();
            List<string[]> lines = [["", .. columns, "result", "limit", ""]];
            lines.AddRange(section.Select(row => (string[])
            [
                row.Name,
                .. columns.Select(column => row.Figures.Where(figure => figure.Column == column)
                    .Select(figure => Number(figure.Value)).FirstOrDefault("")),
                Judged(row), Limit(row), Verdict(row),
            ]));
            output.WriteLine();
            output.WriteLine($"### {section.Key}");
            output.WriteLine();
            Write(output, lines);
        }
    }

    /// <summary>The same as JSON.</summary>
    public string ToJson()
    {
        var rows = new JsonArray([.. _rows.Select(row => (JsonNode)new JsonObject
        {
            ["section"] = row.Section,
            ["name"] = row.Name,
            ["figures"] = new JsonObject(row.Figures.Select(figure =>
                new KeyValuePair<string, JsonNode?>(figure.Column, Math.Round(figure.Value, 3)))),
            ["result"] = row.Judged is { } judged ? Math.Round(judged.Value, 3) : null,
            ["unit"] = row.Judged?.Unit,
            ["limit"] = row.Limit,
            ["limit_is_least"] = row.IsLeast,
            ["kept"] = row.IsKept,
        })]);
        var notes = new JsonArray([.. _notes.Select(note => (JsonNode)note)]);
        return new JsonObject { ["notes"] = notes, ["rows"] = rows }.ToJsonString(new() { WriteIndented = true });
    }

    private static void Write(TextWriter output, List<string[]> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Length).Select(at => lines.Max(line => line[at].Length)).ToArray();
        for (var i = 0; i < lines.Count; i++)
        {
            output.WriteLine($"| {string.Join(" | ", lines[i].Select((text, at) => text.PadRight(widths[at])))} |");
            if (i == 0)
            {
                output.WriteLine($"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|");
            }
        }
    }

    private static string Judged(Row row) =>
        row.Judged is { } judged ? $"{Number(judged.Value)} {judged.Unit}" : "";

    private static string Limit(Row row) =>
        row.Limit is { } limit ? $"{(row.IsLeast ? ">=" : "<=")} {Number(limit)}" : "";

    private static string Verdict(Row row) => row.IsKept is { } kept ? kept ? "kept" : "**over**" : "";

    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch
        {
            < 10 => "0.00",
            < 100 => "0.0",
            _ => "#,##0",
        },
        CultureInfo.InvariantCulture);
}
