using Skein.Core.Wire;

namespace Skein.Gateway.Metrics;

/// <summary>Capacity, mountpaths, disks and jobs of a target.</summary>
internal static class StorageMetrics
{
    private const double Mega = 1 << 20;
    private const double Percent = 100;

    public static IEnumerable<Metric> Own() =>
    [
        new("skein_capacity_used_bytes", MetricKind.Gauge, "Bytes used on the file systems of a target.",
            reading => OnTarget(reading, reading.Capacity.TotalUsed)),
        new("skein_capacity_available_bytes", MetricKind.Gauge, "Bytes available on the file systems of a target.",
            reading => OnTarget(reading, reading.Capacity.TotalAvailable)),
        new("skein_mountpath_used_bytes", MetricKind.Gauge, "Bytes used on the file system of a mountpath.",
            reading => (reading.Capacity.Mountpaths ?? []).Select(one => new MetricSample(one.Value.Used, one.Key)))
        {
            Labels = ["mountpath"],
        },
        new("skein_mountpath_available_bytes", MetricKind.Gauge, "Bytes available on the file system of a mountpath.",
            reading => (reading.Capacity.Mountpaths ?? []).Select(one => new MetricSample(one.Value.Available, one.Key)))
        {
            Labels = ["mountpath"],
        },
        new("skein_mountpath_state", MetricKind.Gauge, "1 for the state that a mountpath is in.",
            reading => States(reading.Mountpaths))
        {
            Labels = ["mountpath", "state"],
        },
        new("skein_disk_busy_ratio", MetricKind.Gauge, "Part of the time in which a disk was busy, 0 to 1.",
            reading => Disks(reading, rates => rates.Utilization / Percent))
        {
            Labels = ["disk"],
        },
        new("skein_jobs", MetricKind.Gauge, "Jobs that a target knows, by kind and state.",
            reading => reading.Jobs.GroupBy(job => (job.Kind, State: StateOf(job)))
                .Select(jobs => new MetricSample(jobs.Count(), jobs.Key.Kind, jobs.Key.State)))
        {
            Labels = ["kind", "state"],
        },
        new("skein_running_job_objects", MetricKind.Gauge, "Objects that running jobs have dealt with, sent and received.",
            reading => reading.Jobs.Where(job => job.IsRunning).GroupBy(job => job.Kind).SelectMany(jobs => (MetricSample[])
            [
                new(jobs.Sum(job => job.Stats.LocalObjects), jobs.Key, "local"),
                new(jobs.Sum(job => job.Stats.SentObjects), jobs.Key, "sent"),
                new(jobs.Sum(job => job.Stats.ReceivedObjects), jobs.Key, "received"),
            ]))
        {
            Labels = ["kind", "way"],
        },
        new("skein_running_job_bytes", MetricKind.Gauge, "Bytes that running jobs have dealt with, sent and received.",
            reading => reading.Jobs.Where(job => job.IsRunning).GroupBy(job => job.Kind).SelectMany(jobs => (MetricSample[])
            [
                new(jobs.Sum(job => job.Stats.LocalBytes), jobs.Key, "local"),
                new(jobs.Sum(job => job.Stats.SentBytes), jobs.Key, "sent"),
                new(jobs.Sum(job => job.Stats.ReceivedBytes), jobs.Key, "received"),
            ]))
        {
            Labels = ["kind", "way"],
        },
    ];

    public static IEnumerable<Metric> OfAIStore() =>
    [
        Disk("read_mbps", "disk.NAME.read.bps, in MiB a second", rates => rates.ReadPerSecond / Mega),
        Disk("write_mbps", "disk.NAME.write.bps, in MiB a second", rates => rates.WrittenPerSecond / Mega),
        Disk("avg_rsize", "disk.NAME.avg.rsize, bytes a read", rates => rates.AverageRead),
        Disk("avg_wsize", "disk.NAME.avg.wsize, bytes a write", rates => rates.AverageWrite),
        Disk("util", "disk.NAME.util, percent", rates => rates.Utilization),
    ];

    private static Metric Disk(string end, string meaning, Func<DiskRates, double> value) =>
        new($"ais_target_disk_{end}", MetricKind.Gauge, $"AIStore's {meaning}.", reading => Disks(reading, value))
        {
            Labels = ["disk"],
        };

    private static IEnumerable<MetricSample> Disks(MetricReading reading, Func<DiskRates, double> value) =>
        reading.Disks.Select(disk => new MetricSample(value(disk.Value), disk.Key));

    private static MetricSample[] OnTarget(MetricReading reading, double value) =>
        reading.Capacity.Mountpaths is null ? [] : [new MetricSample(value)];

    private static IEnumerable<MetricSample> States(MountpathLists lists) =>
    [
        .. lists.Available.Select(path => new MetricSample(1, path, "available")),
        .. lists.Waiting.Select(path => new MetricSample(1, path, "waiting")),
        .. lists.Disabled.Select(path => new MetricSample(1, path, "disabled")),
    ];

    private static string StateOf(JobSnap job) =>
        job.IsAborted ? "aborted" : job.IsRunning ? "running" : "finished";
}
