using System.Diagnostics;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>Nodes find their cluster by whichever URL is alive, quickly, and come back to it from everything.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private ProcessCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ProcessCluster.StartAsync(2, 1);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData("discovery_url")]
    [InlineData("original_url")]
    public async Task ANodeWhosePrimaryUrlIsDeadJoinsThroughAnother(string key)
    {
        using var nobody = new DeadPort();
        foreach (var role in new[] { "target", "proxy" })
        {
            // Not even the URL that is alive is the primary's own.
            var config = _cluster.WriteFile(
                $"{key}-{role}.json",
                $$$"""{"proxy":{"primary_url":"{{{nobody.Url}}}","{{{key}}}":"{{{_cluster.Proxies[1].Url}}}"}}""");
            var node = _cluster.Add(role, "-config", config);
            var took = await StartAndJoinAsync(node);
            Report.Line($"{role} with a dead primary_url joined through {key} {took.TotalMilliseconds:0} ms after it listened");
            await _cluster.SettleAsync();
        }
    }

    [Fact]
    public async Task AllUrlsButTheLastOfAListMayBeDead()
    {
        using var first = new DeadPort();
        using var second = new DeadPort();
        var node = _cluster.Add("target", "-discovery-url", $"{first.Url},{second.Url},{_cluster.Targets[0].Url}");
        var took = await StartAndJoinAsync(node);
        Report.Line($"a target with two dead URLs and that of another target joined after {took.TotalMilliseconds:0} ms");
        await _cluster.SettleAsync();
    }

    [Fact]
    public async Task AWipedNodeComesBack()
    {
        (await _cluster.Http.CreateAsync(_cluster.Url, "b")).Succeeded();
        foreach (var node in new[] { _cluster.Targets[0], _cluster.Proxies[1] })
        {
            // While a voter has not got its vote back, a second one must not be lost: that would be the majority.
            await ClusterView.UntilVotersWholeAsync(_cluster.Http, _cluster.Url);
            await node.KillAsync();
            Directory.Delete(node.Folder, recursive: true);
            var took = await StartAndJoinAsync(node);
            var vote = await ClusterView.UntilVotersWholeAsync(_cluster.Http, _cluster.Url);
            Report.Line($"{node.Id}, wiped, had its vote back {vote.TotalMilliseconds:0} ms after it was in the map");
            Report.Line($"{node.Id}, wiped, was back {took.TotalMilliseconds:0} ms after it listened");
            await _cluster.SettleAsync();
            (await _cluster.Http.PutAsync(_cluster.Proxies[1].Url, "b/" + node.Id, "x"u8.ToArray())).Succeeded();
        }
        Assert.Contains("p2-process", await _cluster.Http.ListAsync(_cluster.Url, "b"));
    }

    [Fact]
    public async Task ANodeIdThatIsTakenIsRefusedWithTheReason()
    {
        await using var twin = _cluster.Outsider("target", _cluster.Targets[0].Id, "-discovery-url", _cluster.Url);
        await twin.StartAsync(_cluster.Http);
        await Poll.UntilAsync(() => Task.FromResult(
            twin.Output.Contains("refuses to let this node in", StringComparison.Ordinal) ? null : twin.Output));
        Assert.Contains(_cluster.Targets[0].Id, twin.Output, StringComparison.Ordinal);
        Assert.Matches("(?i)another id|id .*(is|in) (taken|use)|already", twin.Output);
        Assert.Equal(503, (await _cluster.Http.SendAsync(HttpMethod.Get, twin.Url + "/v1/health")).Code);
        Assert.Null(await ClusterView.WhyUnsettledAsync(_cluster.Http, [.. _cluster.Nodes.Select(node => node.Address)]));
        var map = await _cluster.Http.WhatAsync(_cluster.Url, "smap");
        var known = map.GetProperty("tmap").GetProperty(twin.Id).GetProperty("public_net").GetProperty("direct_url").GetString();
        Assert.Equal(_cluster.Targets[0].Url, known);
    }

    [Fact]
    public async Task ANodeThatWasStartedFirstJoinsOnceTheClusterIsThere()
    {
        var url = _cluster.Url;
        await Task.WhenAll(_cluster.Nodes.Select(node => node.KillAsync()));
        var early = _cluster.Add("target", "-discovery-url", url);
        await early.StartAsync(_cluster.Http);
        Assert.Equal(503, (await _cluster.Http.SendAsync(HttpMethod.Get, early.Url + "/v1/health")).Code);
        await Task.WhenAll(_cluster.Nodes.Where(node => node != early).Select(node => node.StartAsync(_cluster.Http)));
        var took = await _cluster.SettleAsync();
        Report.Line($"a target that was there before its cluster was in it after {took.TotalMilliseconds:0} ms");
    }

    /// <summary>Time from the first answer of the node until the primary has it in its map and it knows that itself.</summary>
    private async Task<TimeSpan> StartAndJoinAsync(ProcessNode node)
    {
        await node.StartAsync(_cluster.Http);
        var started = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(async () =>
        {
            var map = await _cluster.Http.WhatAsync(_cluster.Url, "smap");
            var health = await _cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health");
            return health.IsSuccess && ClusterView.Ids(map).Contains(node.Id) ? null : node.Output;
        });
        return Stopwatch.GetElapsedTime(started);
    }
}
