namespace Skein.Gateway.Metrics;

/// <summary>
/// How long requests took, by HTTP verb, counted in steps. Thread-safe; one request costs three interlocked instructions and
/// no memory.
/// </summary>
public sealed class RequestDurations
{
    private static readonly string[] VerbNames = ["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "other"];

    private static readonly double[] Steps = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly long[] StepTicks = [.. Steps.Select(seconds => (long)(seconds * TimeSpan.TicksPerSecond))];

    // A row for each verb: a count for each step and one for what took longer.
    private readonly long[] _counts = new long[VerbNames.Length * (Steps.Length + 1)];
    private readonly long[] _ticks = new long[VerbNames.Length];

    /// <summary>The verbs; the last one stands for all others.</summary>
    public static IReadOnlyList<string> Verbs => VerbNames;

    /// <summary>Upper ends of the steps, in seconds.</summary>
    public static IReadOnlyList<double> Bounds => Steps;

    /// <summary>Told every request, its verb and its seconds, by the thread that has served it; null for nobody.</summary>
    public Action<string, double>? Listener { get; set; }

    /// <summary>Counts a request.</summary>
    /// <param name="method">HTTP verb.</param>
    /// <param name="time">From its first byte to the end of the answer.</param>
    public void Record(string method, TimeSpan time)
    {
        var verb = Array.IndexOf(VerbNames, method);
        verb = verb < 0 ? VerbNames.Length - 1 : verb;
        var step = Array.BinarySearch(StepTicks, time.Ticks);
        Interlocked.Increment(ref _counts[(verb * (Steps.Length + 1)) + (step < 0 ? ~step : step)]);
        Interlocked.Add(ref _ticks[verb], time.Ticks);
        Listener?.Invoke(VerbNames[verb], time.TotalSeconds);
    }

    /// <summary>How many requests of a verb took at most as long as each step, and how many there were.</summary>
    /// <param name="verb">Place of the verb in <see cref="Verbs"/>.</param>
    /// <returns>A number for each of <see cref="Bounds"/>, and as the last one that of all.</returns>
    public long[] Read(int verb)
    {
        var sums = new long[Steps.Length + 1];
        var sum = 0L;
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = sum += Interlocked.Read(ref _counts[(verb * sums.Length) + i]);
        }
        return sums;
    }

    /// <summary>Seconds that all requests of a verb took together.</summary>
    /// <param name="verb">Place of the verb in <see cref="Verbs"/>.</param>
    public double Seconds(int verb) => (double)Interlocked.Read(ref _ticks[verb]) / TimeSpan.TicksPerSecond;

    /// <summary>Sets everything to zero.</summary>
    internal void Reset()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            Interlocked.Exchange(ref _counts[i], 0);
        }
        for (var i = 0; i < _ticks.Length; i++)
        {
            Interlocked.Exchange(ref _ticks[i], 0);
        }
    }
}
