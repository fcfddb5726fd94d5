namespace Skein.Cli.Performance;

/// <summary>How AIStore's command line calls the counters of a node: <c>get.n</c> is <c>GET(n)</c>.</summary>
internal static class MetricNames
{
    /// <summary>Ending of a number of operations.</summary>
    public const string Count = ".n";

    /// <summary>Ending of a sum of bytes.</summary>
    public const string Size = ".size";

    /// <summary>Ending of a sum of nanoseconds.</summary>
    public const string Time = ".ns";

    private const string ErrorPrefix = "err.";

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["lst"] = "list",
        ["del"] = "delete",
        ["ren"] = "rename",
        ["ver"] = "version",
        ["dl"] = "download",
    };

    /// <summary>The operation of a counter, as a heading names it: <c>GET-COLD</c> of <c>get.cold.size</c>.</summary>
    public static string Operation(string metric)
    {
        var stem = Stem(metric);
        var isError = stem.StartsWith(ErrorPrefix, StringComparison.Ordinal);
        // Of an error AIStore keeps the short word: ERR-DEL.
        var words = stem.Split('.').Select(word => isError ? word : Words.GetValueOrDefault(word, word));
        return string.Join('-', words).ToUpperInvariant();
    }

    /// <summary>The heading of a counter: operation, and in brackets what of it.</summary>
    public static string Heading(string metric) => Operation(metric) + (metric switch
    {
        _ when metric.EndsWith(Count, StringComparison.Ordinal) => "(n)",
        _ when metric.EndsWith(Size, StringComparison.Ordinal) => "(size)",
        _ when metric.EndsWith(Time, StringComparison.Ordinal) => "(t)",
        _ => "",
    });

    /// <summary>The counter without what of it is counted: <c>get.cold</c> of <c>get.cold.size</c>.</summary>
    public static string Stem(string metric)
    {
        foreach (var ending in (string[])[Count, Size, Time])
        {
            if (metric.EndsWith(ending, StringComparison.Ordinal))
            {
                return metric[..^ending.Length];
            }
        }
        return metric;
    }

    /// <summary>True for a counter of errors.</summary>
    public static bool IsError(string metric) => metric.StartsWith(ErrorPrefix, StringComparison.Ordinal);

    /// <summary>True for what is counted: numbers and bytes, not times, gauges and rates.</summary>
    public static bool IsCounter(string metric) =>
        metric.EndsWith(Count, StringComparison.Ordinal) || metric.EndsWith(Size, StringComparison.Ordinal);

    /// <summary>Counters in the order of their headings, errors last.</summary>
    public static IEnumerable<string> Ordered(IEnumerable<string> metrics) => metrics
        .OrderBy(IsError).ThenBy(Heading, StringComparer.Ordinal);
}
