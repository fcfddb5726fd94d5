namespace Skein.Gateway.Metrics;

/// <summary>One metric that a node shows, on <c>/metrics</c> and to whoever listens to its meter.</summary>
/// <param name="Name">Name in Prometheus' spelling: lower case, with the base unit at the end where there is one.</param>
/// <param name="Kind">What its value does over time.</param>
/// <param name="Help">What it says, in one line.</param>
/// <param name="Read">Its values, taken from one reading; none when the node has nothing to say.</param>
public sealed record Metric(string Name, MetricKind Kind, string Help, Func<MetricReading, IEnumerable<MetricSample>> Read)
{
    /// <summary>Names of the labels, without <c>node_id</c> that every value has.</summary>
    public string[] Labels { get; init; } = [];
}

/// <summary>What the value of a metric does over time.</summary>
public enum MetricKind
{
    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>It only grows while the node runs.</summary>
    Counter,

    /// <summary>
    /// It only grows, under a name of AIStore's that Prometheus would not take for a counter; shown without a type.
    /// </summary>
    Untyped,

    /// <summary>Counts by size, each with all that are smaller.</summary>
    Histogram,
}

/// <summary>One value of a metric.</summary>
/// <param name="Value">The value.</param>
/// <param name="Labels">Values of the labels, in the order of <see cref="Metric.Labels"/>; the last ones may be missing.</param>
public readonly record struct MetricSample(double Value, params string[] Labels)
{
    /// <summary>What follows the name: of a histogram <c>_bucket</c>, <c>_sum</c> or <c>_count</c>, else empty.</summary>
    public string Suffix { get; init; } = "";
}
