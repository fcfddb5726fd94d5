using System.Globalization;
using System.Text;

namespace Skein.Gateway.Metrics;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4.</summary>
public static class PrometheusText
{
    /// <summary>Content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all metrics that have a value; every value has the label <c>node_id</c>.</summary>
    public static string Write(IEnumerable<Metric> metrics, MetricReading reading)
    {
        var text = new StringBuilder(16 << 10);
        var node = Escape(reading.Facts.Self.Id);
        foreach (var metric in metrics)
        {
            var isFirst = true;
            foreach (var sample in metric.Read(reading))
            {
                if (isFirst)
                {
                    isFirst = false;
                    text.Append("# HELP ").Append(metric.Name).Append(' ').Append(metric.Help).Append('\n')
                        .Append("# TYPE ").Append(metric.Name).Append(' ').Append(TypeOf(metric.Kind)).Append('\n');
                }
                text.Append(metric.Name).Append(sample.Suffix).Append("{node_id=\"").Append(node).Append('"');
                for (var i = 0; i < sample.Labels.Length; i++)
                {
                    text.Append(',').Append(metric.Labels[i]).Append("=\"").Append(Escape(sample.Labels[i])).Append('"');
                }
                text.Append(CultureInfo.InvariantCulture, $"}} {sample.Value:R}\n");
            }
        }
        return text.ToString();
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => "untyped",
    };

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
