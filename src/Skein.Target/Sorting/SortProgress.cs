using System.Text.Json;
using Skein.Core.Sorting;
using Skein.Core.Wire;

namespace Skein.Target.Sorting;

/// <summary>What a target has done for a sort, in AIStore's form. Any number of threads may report.</summary>
internal sealed class SortProgress(string description, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<string> _warnings = [];
    private SortMetrics _metrics = new() { Description = description.Length == 0 ? null : description };

    /// <summary>How it stands.</summary>
    public SortMetrics Read()
    {
        lock (_lock)
        {
            return _metrics with
            {
                Extraction = Running(_metrics.Extraction),
                Sorting = Running(_metrics.Sorting),
                Creation = Running(_metrics.Creation),
                Warnings = _warnings.Count == 0 ? null : [.. _warnings],
            };
        }
    }

    /// <summary>The same in JSON.</summary>
    public JsonElement ReadJson() => JsonSerializer.SerializeToElement(Read(), WireJsonContext.Output.SortMetrics);

    /// <summary>Shards are being read.</summary>
    public void Extraction(Func<SortExtraction, SortExtraction> change) =>
        Change(metrics => metrics with { Extraction = change(metrics.Extraction) });

    /// <summary>Records are being sorted.</summary>
    public void Sorting(Func<SortOrdering, SortOrdering> change) =>
        Change(metrics => metrics with { Sorting = change(metrics.Sorting) });

    /// <summary>Shards are being written.</summary>
    public void Creation(Func<SortCreation, SortCreation> change) =>
        Change(metrics => metrics with { Creation = change(metrics.Creation) });

    /// <summary>A phase begins.</summary>
    public T Begin<T>(T phase)
        where T : SortPhase =>
        (T)((SortPhase)phase with { IsRunning = true, StartedTime = Now() });

    /// <summary>A phase has come to its end.</summary>
    public T End<T>(T phase)
        where T : SortPhase =>
        (T)((SortPhase)Running(phase) with { IsRunning = false, IsFinished = true, EndTime = Now() });

    /// <summary>The sort has ended before its end.</summary>
    public void Stop()
    {
        Extraction(phase => Running(phase) with { IsRunning = false });
        Sorting(phase => Running(phase) with { IsRunning = false });
        Creation(phase => Running(phase) with { IsRunning = false });
    }

    /// <summary>Something was wrong and the sort goes on; the first <see cref="SortLimits.KeptWarnings"/> are kept.</summary>
    public void Warn(string text)
    {
        lock (_lock)
        {
            if (_warnings.Count < SortLimits.KeptWarnings)
            {
                _warnings.Add(text);
            }
        }
    }

    private void Change(Func<SortMetrics, SortMetrics> change)
    {
        lock (_lock)
        {
            _metrics = change(_metrics);
        }
    }

    private T Running<T>(T phase)
        where T : SortPhase => phase.IsRunning
        ? (T)((SortPhase)phase with
        {
            ElapsedNanoseconds = (Now() - phase.StartedTime).Ticks * TimeSpan.NanosecondsPerTick,
        })
        : phase;

    private DateTime Now() => time.GetUtcNow().UtcDateTime;
}
