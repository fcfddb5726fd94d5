using HdrHistogram;

namespace Skein.Cli.Bench;

/// <summary>Counts the operations of one kind. May be used by several workers at once.</summary>
/// <param name="operation">Which kind.</param>
internal sealed class LatencyRecorder(BenchOperation operation)
{
    /// <summary>The greatest latency that is told apart, in microseconds: an hour.</summary>
    public const long Longest = 3_600_000_000;

    /// <summary>Digits that are exact.</summary>
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _histogram = new(1, Longest, Digits);
    private readonly Lock _lock = new();
    private long _bytes;
    private long _errors;
    private string _firstError = "";

    /// <summary>Notes an operation that succeeded.</summary>
    /// <param name="latency">How long it took, from when it was due.</param>
    /// <param name="bytes">Bytes that it moved.</param>
    public void Succeeded(TimeSpan latency, long bytes)
    {
        _histogram.RecordValue(Math.Clamp(latency.Ticks / TimeSpan.TicksPerMicrosecond, 1, Longest));
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Notes an operation that failed.</summary>
    public void Failed(string why)
    {
        lock (_lock)
        {
            _firstError = _errors++ == 0 ? why : _firstError;
        }
    }

    /// <summary>Adds what another process has measured of the same operation.</summary>
    public void Add(BenchResult result)
    {
        foreach (var pair in result.Histogram)
        {
            _histogram.RecordValueWithCount(Math.Clamp(pair[0], 1, Longest), pair[1]);
        }
        lock (_lock)
        {
            _bytes += result.Bytes;
            _firstError = _errors == 0 ? result.FirstError : _firstError;
            _errors += result.Errors;
        }
    }

    /// <summary>What was measured so far.</summary>
    /// <param name="time">In which time.</param>
    public BenchResult Result(TimeSpan time)
    {
        var count = _histogram.TotalCount;
        long At(double percentile) => count == 0 ? 0 : _histogram.GetValueAtPercentile(percentile);
        var pairs = _histogram.RecordedValues()
            .Select(value => (IReadOnlyList<long>)[value.ValueIteratedTo, value.CountAddedInThisIterationStep])
            .ToList();
        lock (_lock)
        {
            return new BenchResult
            {
                Operation = BenchMix.Name(operation),
                Count = count,
                Errors = _errors,
                FirstError = _firstError,
                Bytes = _bytes,
                PerSecond = time <= TimeSpan.Zero ? 0 : Math.Round(count / time.TotalSeconds, 2),
                Min = pairs.Count == 0 ? 0 : pairs[0][0],
                Mean = count == 0 ? 0 : Math.Round(_histogram.GetMean(), 1),
                P50 = At(50),
                P90 = At(90),
                P99 = At(99),
                P999 = At(99.9),
                Max = pairs.Count == 0 ? 0 : pairs[^1][0],
                Histogram = pairs,
            };
        }
    }
}
