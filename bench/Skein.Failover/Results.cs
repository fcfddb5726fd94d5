using System.Globalization;
using System.Text.Json.Nodes;

namespace Skein.Failover;

/// <summary>The figures of a run, in the order in which they were first measured.</summary>
/// <param name="progress">Where it is said what goes on.</param>
internal sealed class Results(TextWriter progress)
{
    private readonly List<(string Name, List<double> Milliseconds)> _series = [];
    private readonly List<string> _notes = [];

    /// <summary>Says what goes on.</summary>
    public void Say(string text) => progress.WriteLine(text);

    /// <summary>Adds a time to a series.</summary>
    public void Add(string name, TimeSpan time)
    {
        var known = _series.FindIndex(series => series.Name == name);
        if (known < 0)
        {
            known = _series.Count;
            _series.Add((name, []));
        }
        _series[known].Milliseconds.Add(time.TotalMilliseconds);
    }

    /// <summary>Adds a line that stands below the figures.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Prints a table.</summary>
    public void Print(TextWriter output)
    {
        var width = _series.Max(series => series.Name.Length);
        output.WriteLine();
        output.WriteLine($"{"milliseconds".PadRight(width)}      n      p50      p90      max");
        foreach (var (name, times) in _series)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name.PadRight(width)}  {times.Count,5}  {At(times, 0.5),7:0}  {At(times, 0.9),7:0}  {times.Max(),7:0}"));
        }
        output.WriteLine();
        foreach (var note in _notes)
        {
            output.WriteLine(note);
        }
    }

    /// <summary>The same as JSON.</summary>
    public string ToJson()
    {
        var figures = new JsonObject();
        foreach (var (name, times) in _series)
        {
            figures[name] = new JsonObject
            {
                ["n"] = times.Count,
                ["p50_ms"] = Math.Round(At(times, 0.5), 1),
                ["p90_ms"] = Math.Round(At(times, 0.9), 1),
                ["max_ms"] = Math.Round(times.Max(), 1),
            };
        }
        var notes = new JsonArray([.. _notes.Select(note => (JsonNode)note)]);
        return new JsonObject { ["figures"] = figures, ["notes"] = notes }.ToJsonString(new() { WriteIndented = true });
    }

    private static double At(List<double> times, double part)
    {
        var sorted = times.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(part * sorted.Count) - 1 is > 0 and var index ? index : 0)];
    }
}
