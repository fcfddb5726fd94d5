namespace Skein.Gateway.Metrics;

/// <summary>What is counted about requests: under AIStore's names, and under names with labels.</summary>
internal static class CounterMetrics
{
    private const double Nano = 1e9;
    private const double Mega = 1 << 20;

    private static readonly (string Operation, NodeCounter Count, NodeCounter? Errors, NodeCounter? Time)[] Operations =
    [
        ("get", NodeCounter.Get, NodeCounter.GetErrors, NodeCounter.GetNanoseconds),
        ("put", NodeCounter.Put, NodeCounter.PutErrors, NodeCounter.PutNanoseconds),
        ("delete", NodeCounter.Delete, NodeCounter.DeleteErrors, null),
        ("list", NodeCounter.List, NodeCounter.ListErrors, NodeCounter.ListNanoseconds),
        ("head", NodeCounter.Head, NodeCounter.HeadErrors, null),
        ("patch", NodeCounter.Patch, null, null),
        ("append", NodeCounter.Append, NodeCounter.AppendErrors, NodeCounter.AppendNanoseconds),
        ("rename", NodeCounter.Rename, NodeCounter.RenameErrors, null),
    ];

    public static IEnumerable<Metric> Own() =>
    [
        new("skein_requests_total", MetricKind.Counter, "Requests for objects and listings; on a proxy those it redirected.",
            reading => Operations.Select(one => new MetricSample(reading.Counters.Read(one.Count), one.Operation)))
        {
            Labels = ["operation"],
        },
        new("skein_request_errors_total", MetricKind.Counter, "Requests that failed; those for what does not exist count.",
            reading => Operations.Where(one => one.Errors is not null)
                .Select(one => new MetricSample(reading.Counters.Read(one.Errors!.Value), one.Operation)))
        {
            Labels = ["operation"],
        },
        new("skein_request_duration_seconds_total", MetricKind.Counter, "Time spent on requests, all together.",
            reading => Operations.Where(one => one.Time is not null)
                .Select(one => new MetricSample(reading.Counters.Read(one.Time!.Value) / Nano, one.Operation)))
        {
            Labels = ["operation"],
        },
        new("skein_object_bytes_total", MetricKind.Counter, "Bytes of objects that clients have read and written.",
            reading =>
            [
                new MetricSample(reading.Counters.Read(NodeCounter.GetBytes), "read"),
                new MetricSample(reading.Counters.Read(NodeCounter.PutBytes), "written"),
            ])
        {
            Labels = ["direction"],
        },
        Counter("skein_redirects_total", NodeCounter.Redirect, "Requests that were sent on to another node."),
        Counter("skein_neighbour_reads_total", NodeCounter.FromNeighbour, "Objects read from the target that had them before."),
        Counter("skein_cold_gets_total", NodeCounter.ColdGet, "Objects fetched from remote buckets."),
        Counter("skein_cold_get_bytes_total", NodeCounter.ColdGetBytes, "Bytes fetched from remote buckets."),
        Counter("skein_evicted_objects_total", NodeCounter.Evicted, "Objects of remote buckets that gave way for space."),
        Counter("skein_evicted_bytes_total", NodeCounter.EvictedBytes, "Bytes of objects that gave way for space."),
    ];

    /// <summary>
    /// AIStore's names. Up to 3.23 counters ended in <c>_n</c> and <c>_size</c>, since then in <c>_count</c> and
    /// <c>_bytes</c>: dashboards of both find theirs.
    /// </summary>
    public static IEnumerable<Metric> OfAIStore(string role)
    {
        foreach (var counter in Enum.GetValues<NodeCounter>().Where(NodeCounters.IsShown))
        {
            var name = NodeCounters.NameOf(counter);
            var (stem, ends) = name.EndsWith(".n", StringComparison.Ordinal) ? (name[..^2], (string[])["_n", "_count"])
                : name.EndsWith(".size", StringComparison.Ordinal) ? (name[..^5], ["_size", "_bytes"])
                : (name, []);
            foreach (var end in ends)
            {
                yield return new Metric(
                    $"ais_{role}_{stem.Replace('.', '_')}{end}", MetricKind.Untyped, $"AIStore's {name}, a counter.",
                    reading => [new MetricSample(reading.Counters.Read(counter))]);
            }
        }
        foreach (var direction in (string[])["get", "put"])
        {
            yield return new Metric(
                $"ais_{role}_{direction}_mbps", MetricKind.Gauge, $"AIStore's {direction}.bps, in MiB a second.",
                reading => [new MetricSample(reading.Counters.Snapshot(reading.Facts.Uptime)[$"{direction}.bps"] / Mega)]);
        }
        yield return new Metric(
            $"ais_{role}_state_flags", MetricKind.Gauge, "AIStore's state.flags: bits, see skein_node_alert.",
            reading => [new MetricSample(reading.Facts.StateFlags)]);
    }

    private static Metric Counter(string name, NodeCounter counter, string help) =>
        new(name, MetricKind.Counter, help, reading => [new MetricSample(reading.Counters.Read(counter))]);
}
