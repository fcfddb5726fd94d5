using System.Globalization;
using Skein.Core.Wire;

namespace Skein.Node.Telemetry;

/// <summary>Reads memory, CPU and load from <c>/proc</c>.</summary>
/// <param name="time">Clock between two readings of CPU time.</param>
internal sealed class ProcessReader(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _lastAt;
    private TimeSpan _lastCpu;
    private double _lastPercent;

    /// <summary>The present state; what cannot be read is zero.</summary>
    public SystemInfo Read()
    {
        var used = ReadField("/proc/self/status", "VmRSS:") * 1024;
        var total = ReadField("/proc/meminfo", "MemTotal:") * 1024;
        return new SystemInfo
        {
            MemoryUsed = used,
            MemoryAvailable = ReadField("/proc/meminfo", "MemAvailable:") * 1024,
            PercentMemoryUsed = total == 0 ? 0 : Math.Round(100.0 * used / total, 4),
            PercentCpuUsed = ReadCpu(),
            Load = ReadLoad(),
        };
    }

    private double ReadCpu()
    {
        lock (_lock)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            var now = time.GetTimestamp();
            var elapsed = _lastAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lastAt, now);
            if (elapsed >= TimeSpan.FromMilliseconds(500))
            {
                _lastPercent = Math.Round(100 * (cpu - _lastCpu) / elapsed, 2);
            }
            if (_lastAt == 0 || elapsed >= TimeSpan.FromMilliseconds(500))
            {
                _lastAt = now;
                _lastCpu = cpu;
            }
            return _lastPercent;
        }
    }

    private static long ReadField(string file, string name)
    {
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                if (line.StartsWith(name, StringComparison.Ordinal))
                {
                    var number = line.AsSpan(name.Length).Trim();
                    var end = number.IndexOf(' ');
                    return long.Parse(end < 0 ? number : number[..end], NumberStyles.None, CultureInfo.InvariantCulture);
                }
            }
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            // Not readable in this sandbox.
        }
        return 0;
    }

    private static LoadAverage ReadLoad()
    {
        try
        {
            var parts = File.ReadAllText("/proc/loadavg").Split(' ');
            return new LoadAverage
            {
                One = double.Parse(parts[0], CultureInfo.InvariantCulture),
                Five = double.Parse(parts[1], CultureInfo.InvariantCulture),
                Fifteen = double.Parse(parts[2], CultureInfo.InvariantCulture),
            };
        }
        catch (Exception e) when (e is IOException or FormatException or IndexOutOfRangeException)
        {
            return new LoadAverage();
        }
    }
}
