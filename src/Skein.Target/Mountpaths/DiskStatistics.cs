using System.Globalization;
using Skein.Core.Wire;
using Skein.Storage.Mountpaths;

namespace Skein.Target.Mountpaths;

/// <summary>What the kernel counts of the disks below the mountpaths, as rates since the last look.</summary>
/// <param name="mountpaths">The mountpaths.</param>
/// <param name="time">Clock.</param>
public sealed class DiskStatistics(MountpathSet mountpaths, TimeProvider time)
{
    private const string Table = "/proc/diskstats";
    private const int SectorBytes = 512;

    /// <summary>Shorter than this nothing is measured anew: the last answer stands.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Dictionary<string, Counters> _before = [];
    private SortedDictionary<string, DiskRates> _last = new(StringComparer.Ordinal);
    private long _at;

    /// <summary>Rates by the name of the disk, as in <c>nvme0n1</c>.</summary>
    public SortedDictionary<string, DiskRates> Read()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var elapsed = _at == 0 ? TimeSpan.Zero : time.GetElapsedTime(_at, now);
            if (_at != 0 && elapsed < LeastInterval)
            {
                return _last;
            }
            var names = mountpaths.All.Select(CapacityReport.DeviceName).ToHashSet(StringComparer.Ordinal);
            var counters = File.Exists(Table) ? Parse(File.ReadLines(Table), names) : [];
            var rates = new SortedDictionary<string, DiskRates>(StringComparer.Ordinal);
            foreach (var name in names)
            {
                rates[name] = counters.TryGetValue(name, out var present) && _before.TryGetValue(name, out var before)
                    ? Rates(before, present, elapsed) : new DiskRates();
            }
            (_before, _last, _at) = (counters, rates, now);
            return rates;
        }
    }

    internal static Dictionary<string, Counters> Parse(IEnumerable<string> lines, IReadOnlySet<string> names)
    {
        var found = new Dictionary<string, Counters>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 14 && names.Contains(fields[2]))
            {
                found[fields[2]] = new Counters(
                    Number(fields[3]), Number(fields[5]) * SectorBytes, Number(fields[7]), Number(fields[9]) * SectorBytes,
                    Number(fields[12]));
            }
        }
        return found;
    }

    internal static DiskRates Rates(Counters before, Counters now, TimeSpan elapsed)
    {
        var (reads, writes) = (now.Reads - before.Reads, now.Writes - before.Writes);
        var (read, written) = (now.BytesRead - before.BytesRead, now.BytesWritten - before.BytesWritten);
        var seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        return new DiskRates
        {
            ReadPerSecond = (long)(read / seconds),
            AverageRead = reads <= 0 ? 0 : read / reads,
            WrittenPerSecond = (long)(written / seconds),
            AverageWrite = writes <= 0 ? 0 : written / writes,
            Utilization = (long)Math.Clamp((now.BusyMilliseconds - before.BusyMilliseconds) / seconds / 10, 0, 100),
        };
    }

    private static long Number(string field) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>What the kernel has counted of one disk since it came.</summary>
    internal readonly record struct Counters(
        long Reads, long BytesRead, long Writes, long BytesWritten, long BusyMilliseconds);
}
