using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Operations;

/// <summary>Configuration of the cluster and of single nodes, counters, and what a node tells of itself.</summary>
public sealed class ConfigTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task TheClusterIsConfiguredByQueryAndByMessageThroughAnyProxy()
    {
        foreach (var (proxy, i) in fixture.Proxies.Select((proxy, i) => (proxy, i)))
        {
            (await Http.SendAsync(
                HttpMethod.Put, $"{proxy}/v1/cluster/set-config?periodic.stats_time={20 + i}s&lru.enabled=true")).Succeeded();
            foreach (var node in fixture.Cluster.Nodes)
            {
                Assert.Equal($"{20 + i}s", await ValueAsync(node, "periodic", "stats_time"));
            }
            (await Http.ActAsync(
                HttpMethod.Put, $"{proxy}/v1/cluster", "set-config", """{"periodic":{"stats_time":"10s"}}""")).Succeeded();
            Assert.Equal("10s", await ValueAsync(fixture.Cluster.Targets[i], "periodic", "stats_time"));
        }
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster", "set-config")).Succeeded();
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster", "set-config", "{}")).Succeeded();
    }

    [Fact]
    public async Task WhatIsWrongIsRefusedWithTheReason()
    {
        foreach (var path in new[] { "cluster", "daemon" })
        {
            await RefusedAsync(path, "set-config?no.such=1", "unknown property \"no.such\"");
            await RefusedAsync(path, "set-config", "no properties to update");
            await RefusedAsync(
                path, "set-config?timeout.max_keepalive=1s",
                "invalid timeout.max_keepalive=1s, must be >= 2*(cplane_operation=2s)");
        }
        await RefusedAsync(
            "daemon", "set-config?skein.lease=20s",
            "\"skein\" cannot be set for one node or transiently: the whole cluster has to agree on it");
        var unknown = await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/daemon", "nonsense");
        Expect.Refused(unknown, 400, "invalid action \"nonsense\"");
        Assert.Equal(400, (await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/daemon/nonsense")).Code);
        Assert.Equal(400, (await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster/nonsense")).Code);
    }

    [Fact]
    public async Task OneNodeIsConfiguredAloneAndKeepsItThroughARestart()
    {
        var (target, other) = (fixture.Cluster.Targets[0], fixture.Cluster.Targets[1]);
        (await ReverseAsync(target, "/set-config?space.highwm=91")).Succeeded();
        (await Http.SendAsync(
            HttpMethod.Put, $"{target.Url}/v1/daemon/set-config?space.out_of_space=96&transient=true")).Succeeded();
        await SpaceAsync(target, ("highwm", "91"), ("out_of_space", "96"));
        await SpaceAsync(other, ("highwm", "90"), ("out_of_space", "95"));
        await fixture.Cluster.RestartAsync(target);
        await SpaceAsync(target, ("highwm", "91"), ("out_of_space", "95"));
        // What is changed for the cluster meanwhile holds where the node has nothing of its own.
        (await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster/set-config?space.lowwm=76")).Succeeded();
        await SpaceAsync(target, ("highwm", "91"), ("lowwm", "76"));
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster", "reset-config")).Succeeded();
        Assert.Equal("90", await ValueAsync(target, "space", "highwm"));
        (await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster/set-config?space.lowwm=75")).Succeeded();
    }

    [Fact]
    public async Task ATransientChangeOfTheClusterIsInForceEverywhereAndNotKept()
    {
        var version = await ClusterValueAsync("config_version");
        (await Http.SendAsync(
            HttpMethod.Put, $"{fixture.Proxies[1]}/v1/cluster/set-config?periodic.notif_time=44s&transient=true")).Succeeded();
        foreach (var node in fixture.Cluster.Nodes)
        {
            Assert.Equal("44s", await ValueAsync(node, "periodic", "notif_time"));
        }
        Assert.Equal(version, await ClusterValueAsync("config_version"));
        await fixture.Cluster.RestartAsync(fixture.Cluster.Targets[2]);
        Assert.Equal("30s", await ValueAsync(fixture.Cluster.Targets[2], "periodic", "notif_time"));
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster", "reset-config")).Succeeded();
        Assert.Equal("30s", await ValueAsync(fixture.Cluster.Targets[0], "periodic", "notif_time"));
    }

    [Fact]
    public async Task CountersAreShownByNameAndKindAndSetToZero()
    {
        var bucket = await fixture.NewBucketAsync();
        for (var i = 0; i < 9; i++)
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/o{i}", new byte[100])).Succeeded();
            (await Http.GetAsync(fixture.Proxy, $"{bucket}/o{i}")).Succeeded();
        }
        Assert.True(await SumAsync("put.n") >= 9);
        Assert.True(await SumAsync("get.size") >= 900);
        foreach (var target in fixture.Cluster.Targets)
        {
            var kinds = await Http.WhatAsync(target.Url, "metrics");
            var tracker = (await Http.WhatAsync(target.Url, "node_status")).GetProperty("tracker");
            Assert.Equal(
                tracker.EnumerateObject().Select(value => value.Name), kinds.EnumerateObject().Select(kind => kind.Name));
            Assert.Equal("bw", kinds.GetProperty("get.bps").GetString());
            var stats = await Http.WhatAsync(target.Url, "node_stats");
            Assert.Equal("0", stats.GetProperty("Cluster").GetProperty("smap").GetProperty("version").GetString());
        }
        foreach (var name in new[] { "kalive.ns", "get.redir.ns", "put.redir.ns" })
        {
            Assert.True(await SumAsync(name) > 0, name);
        }
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxies[1]}/v1/cluster", "reset-stats", "true")).Succeeded();
        Assert.True(await SumAsync("put.n") >= 9);
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxies[1]}/v1/cluster", "reset-stats")).Succeeded();
        Assert.Equal(0, await SumAsync("put.n"));
        (await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxies[1]}/v1/cluster", "rotate-logs")).Succeeded();
    }

    [Fact]
    public async Task EverythingThatANodeKnowsIsInOneObject()
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var all = await Http.WhatAsync(node.Url, "smapvote");
            Assert.Equal(
                ["smap", "bmd", "rmd", "etlMD", "config", "si", "prime_time", "flags"],
                all.EnumerateObject().Select(member => member.Name));
            Assert.Equal(node.Id, all.GetProperty("si").GetProperty("daemon_id").GetString());
            Assert.Equal(6, all.GetProperty("flags").GetInt64());
        }
    }

    [Fact]
    public async Task TransformationsAndDownloadsAreRefusedInTheProtocolsForm()
    {
        var list = await Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/etl");
        Expect.Refused(list, 400, "the operation requires Kubernetes");
        var one = await Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/etl/mine");
        Assert.Equal((404, "ErrNotFound"), (one.Code, one.Error.GetProperty("tcode").GetString()));
        Assert.EndsWith("etl job mine does not exist", one.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            Assert.Equal(501, (await Http.SendAsync(method, $"{fixture.Proxy}/v1/download")).Code);
        }
        Assert.Equal(405, (await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/download")).Code);
    }

    private async Task SpaceAsync(InProcessNode node, params (string Key, string Value)[] expected)
    {
        foreach (var (key, value) in expected)
        {
            Assert.Equal(value, await ValueAsync(node, "space", key));
        }
    }

    private async Task RefusedAsync(string path, string command, string message) => Expect.Refused(
        await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/{path}/{command}"), 400, message);

    private Task<TestReply> ReverseAsync(InProcessNode node, string command) => Http.SendAsync(
        HttpMethod.Put, $"{fixture.Proxy}/v1/reverse/daemon{command}", null, ("Ais-Node-Id", node.Id));

    private async Task<string> ValueAsync(InProcessNode node, string section, string key) =>
        (await Http.WhatAsync(node.Url, "config")).GetProperty(section).GetProperty(key).ToString();

    private async Task<string> ClusterValueAsync(string key) =>
        (await Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/cluster?what=cluster_config")).Json
            .GetProperty(key).ToString();

    private async Task<long> SumAsync(string counter)
    {
        var sum = 0L;
        foreach (var target in fixture.Cluster.Targets)
        {
            sum += (await Http.WhatAsync(target.Url, "node_status")).GetProperty("tracker").GetProperty(counter).GetInt64();
        }
        return sum;
    }
}
