using System.Globalization;

namespace Skein.Gateway.Metrics;

/// <summary>How long requests take, as a histogram.</summary>
internal static class DurationMetrics
{
    /// <summary>Name of the histogram.</summary>
    public const string Name = "skein_http_request_duration_seconds";

    /// <summary>The label for the verb.</summary>
    public const string Verb = "verb";

    private static readonly string[] Bounds =
        [.. RequestDurations.Bounds.Select(bound => bound.ToString("R", CultureInfo.InvariantCulture)), "+Inf"];

    public static IEnumerable<Metric> Own() =>
    [
        new(Name, MetricKind.Histogram,
            "Time from a request to the end of its answer, by HTTP verb; without calls between nodes.",
            reading => Read(reading.Counters.Durations))
        {
            Labels = [Verb, "le"],
        },
    ];

    // A verb that nobody has used is left out.
    private static IEnumerable<MetricSample> Read(RequestDurations durations)
    {
        for (var verb = 0; verb < RequestDurations.Verbs.Count; verb++)
        {
            var sums = durations.Read(verb);
            if (sums[^1] == 0)
            {
                continue;
            }
            var name = RequestDurations.Verbs[verb];
            for (var i = 0; i < sums.Length; i++)
            {
                yield return new MetricSample(sums[i], name, Bounds[i]) { Suffix = "_bucket" };
            }
            yield return new MetricSample(durations.Seconds(verb), name) { Suffix = "_sum" };
            yield return new MetricSample(sums[^1], name) { Suffix = "_count" };
        }
    }
}
