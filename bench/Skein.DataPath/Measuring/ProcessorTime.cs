using System.Globalization;

namespace Skein.DataPath.Measuring;

/// <summary>
/// How long the threads of a process have run, from <c>/proc/PID/task/*/schedstat</c>: exact to the nanosecond, where
/// <c>/proc/PID/stat</c> counts in hundredths of a second.
/// </summary>
internal sealed class ProcessorTime
{
    private readonly Dictionary<string, long> _threads;

    private ProcessorTime(Dictionary<string, long> threads) => _threads = threads;

    /// <summary>Reads the present state of a process.</summary>
    public static ProcessorTime Read(int processId)
    {
        var threads = new Dictionary<string, long>();
        foreach (var folder in Directory.EnumerateDirectories(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
        {
            try
            {
                var text = File.ReadAllText(Path.Combine(folder, "schedstat"));
                threads[folder] = long.Parse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }
        return new ProcessorTime(threads);
    }

    /// <summary>How long all threads have run since an earlier reading. What a thread did that has ended is lost.</summary>
    public TimeSpan Since(ProcessorTime earlier)
    {
        var nanoseconds = _threads.Sum(thread => thread.Value - earlier._threads.GetValueOrDefault(thread.Key));
        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
