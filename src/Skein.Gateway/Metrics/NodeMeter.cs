using System.Diagnostics.Metrics;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Metrics;

/// <summary>
/// The metrics of a node as instruments of <see cref="System.Diagnostics.Metrics"/>, for OpenTelemetry and
/// <c>dotnet-counters</c>. They are read only when somebody listens.
/// </summary>
public sealed class NodeMeter : IDisposable
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "Skein";

    /// <summary>Instruments that are read one after the other share what was looked at so long ago at most.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromMilliseconds(500);

    private readonly GatewayServices _services;
    private readonly Meter _meter;
    private readonly Lock _gate = new();
    private MetricReading? _reading;
    private long _readAt;

    /// <summary>Makes the instruments of one node.</summary>
    public NodeMeter(GatewayServices services)
    {
        _services = services;
        _meter = new Meter(new MeterOptions(Name)
        {
            Version = services.Facts.Build.Version,
            Tags = [new("node_id", services.Facts.Self.Id)],
        });
        foreach (var metric in MetricCatalog.Of(services.Facts.Self.Role))
        {
            if (metric.Kind == MetricKind.Histogram)
            {
                ListenToDurations(metric);
            }
            else if (metric.Kind == MetricKind.Gauge)
            {
                _meter.CreateObservableGauge(metric.Name, () => Read(metric), description: metric.Help);
            }
            else
            {
                _meter.CreateObservableCounter(metric.Name, () => Read(metric), description: metric.Help);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _services.Counters.Durations.Listener = null;
        _meter.Dispose();
    }

    // The one histogram is told each request: what was counted before anybody listened cannot be handed over.
    private void ListenToDurations(Metric metric)
    {
        var histogram = _meter.CreateHistogram(
            metric.Name, "s", metric.Help, tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = RequestDurations.Bounds });
        _services.Counters.Durations.Listener = (verb, seconds) =>
        {
            if (histogram.Enabled)
            {
                histogram.Record(seconds, new KeyValuePair<string, object?>(DurationMetrics.Verb, verb));
            }
        };
    }

    private IEnumerable<Measurement<double>> Read(Metric metric)
    {
        foreach (var sample in metric.Read(Reading()))
        {
            yield return new Measurement<double>(
                sample.Value,
                metric.Labels.Select((label, i) => new KeyValuePair<string, object?>(label, sample.Labels[i])));
        }
    }

    private MetricReading Reading()
    {
        lock (_gate)
        {
            if (_reading is null || _services.Time.GetElapsedTime(_readAt) > Shared)
            {
                (_reading, _readAt) = (new MetricReading(_services), _services.Time.GetTimestamp());
            }
            return _reading;
        }
    }
}
