using Skein.Core.Nodes;

namespace Skein.Gateway.Metrics;

/// <summary>Every metric of a node. The list in docs/reference/metrics.md is written from it.</summary>
public static class MetricCatalog
{
    private static readonly Metric[] Own =
    [
        .. ControlMetrics.Own(), .. CounterMetrics.Own(), .. DurationMetrics.Own(), .. StorageMetrics.Own(),
        .. ProcessMetrics.Own(),
    ];

    private static readonly Metric[] Proxy = [.. CounterMetrics.OfAIStore("proxy"), .. Own];

    private static readonly Metric[] Target =
        [.. CounterMetrics.OfAIStore("target"), .. StorageMetrics.OfAIStore(), .. Own];

    /// <summary>The metrics of a role, those with AIStore's names first.</summary>
    public static IReadOnlyList<Metric> Of(NodeRole role) => role == NodeRole.Proxy ? Proxy : Target;
}
