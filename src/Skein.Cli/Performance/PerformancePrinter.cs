using System.Globalization;
using System.Text.RegularExpressions;
using Skein.Cli.Output;

namespace Skein.Cli.Performance;

/// <summary>Shows counters, throughput and latency of targets, with AIStore's columns.</summary>
/// <param name="host">Where to write.</param>
/// <param name="headings">False to leave the headings out.</param>
/// <param name="columns">Only the columns that match, also those in which everything is zero; null for all others.</param>
internal sealed class PerformancePrinter(CliHost host, bool headings, Regex? columns)
{
    private const string ClusterRow = "--- Cluster:";
    private const string Nothing = "-";

    /// <summary>Numbers of operations and bytes since the start.</summary>
    /// <param name="sample">The counters.</param>
    /// <param name="averages">True to show sizes as their average for one operation.</param>
    public void Counters(PerformanceSample sample, bool averages)
    {
        var metrics = Shown(sample, MetricNames.IsCounter);
        if (metrics.Count == 0 && headings)
        {
            host.Writer.WriteLine("Note: the cluster is completely idle: all collected counters have zero values");
            host.Writer.WriteLine();
        }
        var table = new TextTable(Nothing).Add("TARGET");
        foreach (var metric in metrics)
        {
            var isAverage = averages && metric.EndsWith(MetricNames.Size, StringComparison.Ordinal);
            table.Add(isAverage ? $"{MetricNames.Operation(metric)}(avg size)" : MetricNames.Heading(metric), optional: true);
        }
        foreach (var target in sample.Targets.Keys)
        {
            table.Row([Node(target), .. metrics.Select(metric => Counter(sample, target, metric, averages))]);
        }
        table.Write(host.Writer, host.Width, headings);
    }

    /// <summary>What was moved between two moments: numbers, sizes and bytes per second.</summary>
    public void Throughput(PerformanceSample before, PerformanceSample after) => Rates(
        before, after, "(bw)",
        (stem, target) => Delta(before, after, target, stem + MetricNames.Size),
        (sum, _, seconds) => host.Size((long)(sum / seconds)) + "/s",
        MetricNames.Size);

    /// <summary>How long operations took between two moments, on average.</summary>
    public void Latency(PerformanceSample before, PerformanceSample after) => Rates(
        before, after, "(t)",
        (stem, target) => Delta(before, after, target, stem + MetricNames.Time),
        (sum, count, _) => count == 0 ? Nothing : Time(sum / (double)count),
        MetricNames.Time);

    private void Rates(
        PerformanceSample before, PerformanceSample after, string heading, Func<string, string?, long> sum,
        Func<long, long, double, string> show, string ending)
    {
        var seconds = Math.Max(host.Time.GetElapsedTime(before.Timestamp, after.Timestamp).TotalSeconds, 0.001);
        var stems = Shown(after, metric => metric.EndsWith(MetricNames.Count, StringComparison.Ordinal))
            .Select(MetricNames.Stem)
            .Where(stem => MetricNames.IsError(stem) || Has(after, stem, MetricNames.Size) || Has(after, stem, ending))
            .ToList();
        var table = new TextTable(Nothing).Add("TARGET");
        var cells = new List<Func<string?, string>>();
        foreach (var stem in stems)
        {
            Add($"{MetricNames.Operation(stem)}(n)", target => Number(Count(stem, target)));
            if (Has(after, stem, MetricNames.Size))
            {
                Add($"{MetricNames.Operation(stem)}(total/avg size)", target => Sizes(stem, target));
            }
            if (!MetricNames.IsError(stem) && Delta(before, after, null, stem + MetricNames.Count) != 0
                && Has(after, stem, ending))
            {
                Add(
                    MetricNames.Operation(stem) + heading,
                    target => show(sum(stem, target), Delta(before, after, target, stem + MetricNames.Count), seconds));
            }
        }
        foreach (var target in after.Targets.Keys)
        {
            table.Row([Node(target), .. cells.Select(cell => cell(target))]);
        }
        var isIdle = stems.TrueForAll(stem => Delta(before, after, null, stem + MetricNames.Count) == 0);
        table.Row([ClusterRow, .. cells.Select((cell, i) => !isIdle ? cell(null) : i == 0 ? "idle" : " ")]);
        table.Write(host.Writer, host.Width, headings);

        void Add(string name, Func<string?, string> cell)
        {
            table.Add(name, optional: true);
            cells.Add(cell);
        }

        long Count(string stem, string? target) => Total(after, target, stem + MetricNames.Count);

        string Sizes(string stem, string? target)
        {
            var (count, size) = (Count(stem, target), Total(after, target, stem + MetricNames.Size));
            return count == 0 ? Nothing : $"{host.Size(size)}  {host.Size(size / count)}";
        }
    }

    // The counters that are not zero everywhere; those that match, zero or not, when some were asked for.
    private List<string> Shown(PerformanceSample sample, Func<string, bool> isMeant) =>
    [
        .. MetricNames.Ordered(sample.Metrics.Where(isMeant)).Where(metric => columns is null
            ? sample.Targets.Keys.Any(target => sample.Value(target, metric) != 0)
            : columns.IsMatch(MetricNames.Heading(metric))),
    ];

    private string Counter(PerformanceSample sample, string target, string metric, bool averages)
    {
        var value = sample.Value(target, metric);
        if (!metric.EndsWith(MetricNames.Size, StringComparison.Ordinal))
        {
            return Number(value);
        }
        var count = sample.Value(target, MetricNames.Stem(metric) + MetricNames.Count);
        return value == 0 ? Nothing : host.Size(averages && count != 0 ? value / count : value);
    }

    private static bool Has(PerformanceSample sample, string stem, string ending) => sample.Sum(stem + ending) != 0;

    private static long Total(PerformanceSample sample, string? target, string metric) =>
        target is null ? sample.Sum(metric) : sample.Value(target, metric);

    private static long Delta(PerformanceSample before, PerformanceSample after, string? target, string metric) =>
        Math.Max(Total(after, target, metric) - Total(before, target, metric), 0);

    private static string Node(string target) => $"t[{target}]";

    private static string Number(long number) => number == 0 ? Nothing : number.ToString(CultureInfo.InvariantCulture);

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => Text($"{nanoseconds:0}ns"),
        < 1e6 => Text($"{nanoseconds / 1e3:0.0}µs"),
        < 1e9 => Text($"{nanoseconds / 1e6:0.00}ms"),
        _ => Text($"{nanoseconds / 1e9:0.00}s"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
