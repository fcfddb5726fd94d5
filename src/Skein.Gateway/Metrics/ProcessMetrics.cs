namespace Skein.Gateway.Metrics;

/// <summary>The process of the node: CPU, memory, garbage collection, threads.</summary>
internal static class ProcessMetrics
{
    public static IEnumerable<Metric> Own() =>
    [
        new("skein_build_info", MetricKind.Gauge, "1; the labels say what runs.",
            reading => [new MetricSample(1, reading.Facts.Build.Version, reading.Facts.Self.Type)])
        {
            Labels = ["version", "role"],
        },
        Gauge("skein_uptime_seconds", "Time since the node started.", reading => reading.Facts.Uptime.TotalSeconds),
        Counter("skein_process_cpu_seconds_total", "Processor time that the process has used.",
            _ => Environment.CpuUsage.TotalTime.TotalSeconds),
        Gauge("skein_process_resident_memory_bytes", "Memory of the machine that the process occupies.",
            reading => reading.System.MemoryUsed),
        Gauge("skein_machine_memory_available_bytes", "Memory that is available on the machine.",
            reading => reading.System.MemoryAvailable),
        Gauge("skein_machine_load", "Load average of the machine over one minute.", reading => reading.System.Load.One),
        new("skein_gc_collections_total", MetricKind.Counter, "Garbage collections, by generation.",
            _ => Enumerable.Range(0, GC.MaxGeneration + 1)
                .Select(generation => new MetricSample(GC.CollectionCount(generation), Digit(generation))))
        {
            Labels = ["generation"],
        },
        Counter("skein_gc_pause_seconds_total", "Time in which garbage collections stopped the process.",
            reading => reading.CollectionPause.TotalSeconds),
        Gauge("skein_gc_heap_bytes", "Bytes of objects on the heap after the last collection.", reading => reading.HeapBytes),
        Gauge("skein_threads", "Threads of the pool.", _ => ThreadPool.ThreadCount),
        Gauge("skein_queued_work_items", "Work that waits for a thread of the pool.", _ => ThreadPool.PendingWorkItemCount),
    ];

    private static string Digit(int generation) => ((char)('0' + generation)).ToString();

    private static Metric Gauge(string name, string help, Func<MetricReading, double> value) =>
        new(name, MetricKind.Gauge, help, reading => [new MetricSample(value(reading))]);

    private static Metric Counter(string name, string help, Func<MetricReading, double> value) =>
        new(name, MetricKind.Counter, help, reading => [new MetricSample(value(reading))]);
}
