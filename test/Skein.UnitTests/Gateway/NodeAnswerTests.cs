using System.Net;
using System.Text.Json;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

public sealed class NodeAnswerTests
{
    [Fact]
    public void Buckets_have_their_provider_also_when_there_is_none()
    {
        var json = System.Text.Json.JsonDocument.Parse(
            Skein.Gateway.Rest.BucketMetadataJson.Write(ControlDocument.Empty.Buckets));
        Assert.Empty(json.RootElement.GetProperty("providers").GetProperty("ais").EnumerateObject());
    }

    [Fact]
    public async Task HealthTellsUptimesOnProxiesAndStateToNodes()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        using (var proxy = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/health?cii=true"))
        {
            Assert.Equal("20000000000", proxy.Headers.NonValidated["Ais-Node-Uptime"].ToString());
            Assert.Equal("10000000000", proxy.Headers.NonValidated["Ais-Cluster-Uptime"].ToString());
            Assert.Equal("", await proxy.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        using (var target = await cluster.SendAsync(HttpMethod.Get, cluster.Targets[0], "/v1/health"))
        {
            Assert.Equal(HttpStatusCode.OK, target.StatusCode);
            Assert.False(target.Headers.NonValidated.Contains("Ais-Node-Uptime"));
        }
        using (var intra = await cluster.SendAsync(
            HttpMethod.Get, cluster.Targets[0].Info.ControlNet.Url, "/v1/health?cii=true", null, ("Ais-Caller-Id", "p0")))
        {
            var state = JsonSerializer.Deserialize(
                await intra.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.NodeStateInfo)!;
            Assert.Equal("p0AISwire", state.Map.Primary.Id);
            Assert.Equal(6UL, state.Flags);
        }
        using var forged = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/health?cii=true", null, ("Ais-Caller-Id", "p0"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var prr = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/health?prr=true");
        Assert.Equal(HttpStatusCode.OK, prr.StatusCode);
        using var misdirected = await cluster.SendAsync(HttpMethod.Get, cluster.Proxies[1], "/v1/health?prr=true");
        Assert.Equal(HttpStatusCode.BadRequest, misdirected.StatusCode);
        cluster.Proxy.Facts.IsReady = false;
        using var starting = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, starting.StatusCode);
    }

    [Fact]
    public async Task ANodeTellsOfItself()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var map = await JsonAsync(cluster, cluster.Targets[0], "/v1/daemon?what=smap");
        Assert.Equal("p0AISwire", map.GetProperty("proxy_si").GetProperty("daemon_id").GetString());
        var buckets = await JsonAsync(cluster, cluster.Proxy, "/v1/daemon?what=bmd");
        Assert.Equal(
            "xxhash",
            buckets.GetProperty("providers").GetProperty("ais").GetProperty("@#").GetProperty("b")
                .GetProperty("checksum").GetProperty("type").GetString());
        var status = await JsonAsync(cluster, cluster.Targets[0], "/v1/daemon?what=node_status");
        Assert.Equal(2, status.GetProperty("capacity").GetProperty("Mountpaths").EnumerateObject().Count());
        Assert.Equal("1", status.GetProperty("Cluster").GetProperty("bmd").GetProperty("version").GetString());
        var lists = await JsonAsync(cluster, cluster.Targets[0], "/v1/daemon?what=mountpaths");
        Assert.Equal(2, lists.GetProperty("available").GetArrayLength());
        var kinds = await JsonAsync(cluster, cluster.Proxy, "/v1/daemon?what=metrics");
        Assert.Equal("counter", kinds.GetProperty("get.n").GetString());
        var system = await JsonAsync(cluster, cluster.Targets[0], "/v1/daemon?what=sysinfo");
        Assert.True(system.TryGetProperty("fs_capacity", out _));
    }

    [Fact]
    public async Task AProxyTellsOfTheCluster()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2, targets: 2);
        var system = await JsonAsync(cluster, cluster.Proxy, "/v1/cluster?what=sysinfo");
        Assert.Equal(["p0AISwire", "p1AISwire"], Names(system.GetProperty("proxy")));
        Assert.Equal(["t0AISwire", "t1AISwire"], Names(system.GetProperty("target")));
        var stats = await JsonAsync(cluster, cluster.Proxy, "/v1/cluster?what=node_stats");
        Assert.Equal("p0AISwire", stats.GetProperty("proxy").GetProperty("snode").GetProperty("daemon_id").GetString());
        Assert.Equal(["t0AISwire", "t1AISwire"], Names(stats.GetProperty("target")));
        var lists = await JsonAsync(cluster, cluster.Proxy, "/v1/cluster?what=mountpaths");
        Assert.Equal(["t0AISwire", "t1AISwire"], Names(lists.GetProperty("targets")));
        using (var addresses = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/cluster?what=target_ips"))
        {
            Assert.Equal(
                "127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1",
                await addresses.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        await cluster.Targets[1].StopServerAsync();
        using var incomplete = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/cluster?what=sysinfo");
        Assert.Equal(HttpStatusCode.BadRequest, incomplete.StatusCode);
        Assert.Contains(
            "t[t1AISwire]", await incomplete.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReverseCallReachesTheNodeThatIsNamed()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2, targets: 2);
        Assert.Equal("t1AISwire", await ReverseIdAsync(cluster, "t1AISwire"));
        Assert.Equal("p1AISwire", await ReverseIdAsync(cluster, "p1AISwire"));
        Assert.Equal("p0AISwire", await ReverseIdAsync(cluster, "p0AISwire"));
        using (var unknown = await ReverseAsync(cluster, "nonode"))
        {
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
            var error = JsonSerializer.Deserialize(
                await unknown.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
            Assert.Equal("errNodeNotFound", error.TypeCode);
            Assert.Equal("/v1/daemon", error.UrlPath);
            Assert.Equal("p[p0AISwire]: cannot rproxy to node nonode not present in the Smap v1", error.Message);
        }
        using (var missing = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/reverse/daemon?what=snode"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        }
        await cluster.Targets[1].StopServerAsync();
        using (var dead = await ReverseAsync(cluster, "t1AISwire"))
        {
            Assert.Equal(HttpStatusCode.BadGateway, dead.StatusCode);
            Assert.Equal("", await dead.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        cluster.Documents.Change(new SetNodeFlags("t1AISwire", NodeFlags.Maintenance, NodeFlags.None).Apply);
        using var resting = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/reverse/daemon?what=node_status", null, ("Ais-Node-Id", "t1AISwire"));
        Assert.Contains(
            "\"status\":\"maintenance\"",
            await resting.Content.ReadAsStringAsync(StoreFixture.Cancel),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANodeWithoutAClusterDoesNotSayWhatExists()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var alone = await TestNode.StartAsync(new FakeCluster(), "p9AISwire", NodeRole.Proxy);
        foreach (var target in new[] { "/v1/objects/b/o", "/v1/buckets/b", "/v1/buckets", "/ais/b/o" })
        {
            using var answer = await cluster.SendAsync(HttpMethod.Get, alone, target);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        var map = await JsonAsync(cluster, alone, "/v1/daemon?what=smap");
        Assert.Equal("0", map.GetProperty("version").GetString());
        Assert.Equal(["p9AISwire"], Names(map.GetProperty("pmap")));
    }

    [Fact]
    public async Task BrowsersGetIndentedJson()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/daemon?what=config", null, ("User-Agent", "Mozilla/5.0 (X11)"));
        Assert.Equal(
            "{\n    \"confdir\": \"/x\"\n}\n", await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    private static Task<HttpResponseMessage> ReverseAsync(TestCluster cluster, string id) => cluster.SendAsync(
        HttpMethod.Get, cluster.Proxy, "/v1/reverse/daemon?what=snode", null, ("Ais-Node-Id", id));

    private static async Task<string> ReverseIdAsync(TestCluster cluster, string id)
    {
        using var answer = await ReverseAsync(cluster, id);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
        return json.RootElement.GetProperty("daemon_id").GetString()!;
    }

    private static async Task<JsonElement> JsonAsync(TestCluster cluster, TestNode node, string target)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, node, target);
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
        return json.RootElement.Clone();
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(item => item.Name)];
}
