using System.Text.RegularExpressions;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Metrics;

/// <summary>What <c>/metrics</c> answers, and what is made of it.</summary>
public sealed partial class MetricsAnswerTests
{
    [Fact]
    public async Task Both_roles_say_what_they_counted()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        using (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "hello"))
        using (await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o"))
        using (await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/none"))
        {
        }
        var target = await ReadAsync(cluster, cluster.Targets[0]);
        Assert.Contains("\nais_target_get_n{node_id=\"t0AISwire\"} 1\n", target, StringComparison.Ordinal);
        Assert.Contains("\nais_target_get_count{node_id=\"t0AISwire\"} 1\n", target, StringComparison.Ordinal);
        Assert.Contains("\nais_target_put_bytes{node_id=\"t0AISwire\"} 5\n", target, StringComparison.Ordinal);
        Assert.Contains("ais_target_disk_util{node_id=\"t0AISwire\",disk=\"vda\"} 3\n", target, StringComparison.Ordinal);
        Assert.Contains(
            "skein_requests_total{node_id=\"t0AISwire\",operation=\"put\"} 1\n", target, StringComparison.Ordinal);
        Assert.Contains(
            "skein_request_errors_total{node_id=\"t0AISwire\",operation=\"get\"} 1\n", target, StringComparison.Ordinal);
        var proxy = await ReadAsync(cluster, cluster.Proxy);
        Assert.Contains("skein_redirects_total{node_id=\"p0AISwire\"} 3\n", proxy, StringComparison.Ordinal);
        Assert.Contains("skein_control_is_primary{node_id=\"p0AISwire\"} 1\n", proxy, StringComparison.Ordinal);
        Assert.Contains(
            "skein_cluster_nodes{node_id=\"p0AISwire\",role=\"target\",state=\"online\"} 1\n", proxy, StringComparison.Ordinal);
        Assert.DoesNotContain("skein_capacity_used_bytes", proxy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_roles_say_how_long_requests_took()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        using (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "hello"))
        using (await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o"))
        {
        }
        foreach (var node in (TestNode[])[cluster.Proxy, cluster.Targets[0]])
        {
            var name = "\nskein_http_request_duration_seconds";
            var label = $"{{node_id=\"{node.Facts.Self.Id}\",verb=\"PUT\"";
            // A request is counted when its answer is on its way: for a moment the client may be ahead of that.
            await Poll.UntilAsync(async () =>
                (await ReadAsync(cluster, node)).Contains($"{name}_count{label}}} 1\n", StringComparison.Ordinal)
                    ? null
                    : "no request was counted");
            var text = await ReadAsync(cluster, node);
            Assert.Contains("\n# TYPE skein_http_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
            Assert.Contains($"{name}_bucket{label},le=\"+Inf\"}} 1\n", text, StringComparison.Ordinal);
            Assert.Contains($"{name}_bucket{label},le=\"30\"}} 1\n", text, StringComparison.Ordinal);
            Assert.Contains($"{name}_sum{label}}} ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("verb=\"PATCH\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Promtool_accepts_what_both_roles_say()
    {
        Assert.SkipUnless(Promtool.IsInstalled, "promtool of the Debian package prometheus is not installed");
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal("", await Promtool.CheckMetricsAsync(await ReadAsync(cluster, cluster.Proxy)));
        Assert.Equal("", await Promtool.CheckMetricsAsync(await ReadAsync(cluster, cluster.Targets[0])));
    }

    [Fact]
    public async Task Promtool_accepts_the_alerts()
    {
        Assert.SkipUnless(Promtool.IsInstalled, "promtool of the Debian package prometheus is not installed");
        Assert.Equal("", await Promtool.RunAsync("", "check", "rules", RepositoryRoot.Combine("deploy/prometheus/alerts.yml")));
    }

    [Theory]
    [InlineData("deploy/prometheus/alerts.yml")]
    [InlineData("deploy/grafana/skein.json")]
    public void What_is_asked_for_exists(string file)
    {
        var names = MetricCatalog.Of(NodeRole.Proxy).Concat(MetricCatalog.Of(NodeRole.Target))
            .SelectMany(metric => metric.Kind == MetricKind.Histogram
                ? (string[])[metric.Name + "_bucket", metric.Name + "_sum", metric.Name + "_count"]
                : [metric.Name])
            .ToHashSet();
        var asked = MetricName().Matches(File.ReadAllText(RepositoryRoot.Combine(file)))
            .Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(names));
    }

    [Fact]
    public void No_name_is_there_twice() => Assert.All(
        [NodeRole.Proxy, NodeRole.Target], role => Assert.Distinct(MetricCatalog.Of(role).Select(metric => metric.Name)));

    [GeneratedRegex(@"\b(?:skein|ais)_[a-z_]+\b")]
    private static partial Regex MetricName();

    private static async Task<string> ReadAsync(TestCluster cluster, TestNode node)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, node, "/metrics");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        return await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
    }
}
