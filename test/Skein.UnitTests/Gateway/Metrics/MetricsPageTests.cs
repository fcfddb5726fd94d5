using System.Text;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.TestKit;

namespace Skein.UnitTests.Gateway.Metrics;

/// <summary>The list in docs/reference/metrics.md is written from the code.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public void The_list_says_what_the_code_does() =>
        GeneratedPart.Check("docs/reference/metrics.md", "metrics", Table());

    private static string Table()
    {
        var ofTargets = MetricCatalog.Of(NodeRole.Target);
        var ofProxies = MetricCatalog.Of(NodeRole.Proxy).Select(metric => metric.Name).ToHashSet();
        var text = new StringBuilder("\n| name | kind | labels | what it says |\n|---|---|---|---|\n");
        foreach (var metric in ofTargets)
        {
            var ofProxy = metric.Name.Replace("ais_target_", "ais_proxy_", StringComparison.Ordinal);
            var names = ofProxy != metric.Name && ofProxies.Contains(ofProxy)
                ? $"`{metric.Name}`, `{ofProxy}`"
                : $"`{metric.Name}`";
            var labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
            text.Append("| ").Append(names).Append(" | ").Append(metric.Kind.ToString().ToLowerInvariant()).Append(" | ")
                .Append(labels).Append(" | ").Append(metric.Help).Append(" |\n");
        }
        return text.Append('\n').ToString();
    }
}
