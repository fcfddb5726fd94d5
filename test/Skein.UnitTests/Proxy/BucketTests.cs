using System.Net;
using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Wire;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

public sealed class BucketTests
{
    [Fact]
    public async Task ABucketIsCreatedListedLookedAtAndDestroyed()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal("[]\n", await GetAsync(cluster, "/v1/buckets", """{"action":"list"}"""));
        await cluster.CreateBucketAsync("b", """{"checksum":{"type":"md5"},"mirror":{"enabled":true,"copies":2}}""");
        await cluster.CreateBucketAsync("a");
        await cluster.CreateBucketAsync("a", query: "?namespace=%23ns1");
        Assert.Equal(
            """[{"name":"a","provider":"ais","namespace":{"uuid":"","name":""}},{"name":"b","provider":"ais","namespace":{"uuid":"","name":""}},{"name":"a","provider":"ais","namespace":{"uuid":"","name":"ns1"}}]""" + "\n",
            await GetAsync(cluster, "/v1/buckets", """{"action":"list"}"""));
        using (var head = await cluster.SendAsync(HttpMethod.Head, cluster.Proxy, "/v1/buckets/b"))
        {
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            var props = head.Headers.NonValidated["Ais-Bucket-Props"].ToString();
            Assert.Contains("\"bid\":\"9223372036854775809\"", props, StringComparison.Ordinal);
            Assert.Contains("\"checksum\":{\"type\":\"md5\",", props, StringComparison.Ordinal);
            Assert.Contains("\"copies\":2", props, StringComparison.Ordinal);
        }
        Assert.Equal(409, await StatusAsync(cluster, HttpMethod.Post, "/v1/buckets/b", "create-bck"));
        Assert.Equal(200, await StatusAsync(cluster, HttpMethod.Delete, "/v1/buckets/b", "destroy-bck"));
        Assert.Equal(404, await StatusAsync(cluster, HttpMethod.Delete, "/v1/buckets/b", "destroy-bck"));
        Assert.Equal(404, await StatusAsync(cluster, HttpMethod.Head, "/v1/buckets/b", null));
    }

    [Fact]
    public async Task ADestroyedBucketLosesItsObjectsAlsoWhenItIsCreatedAnew()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "x")).Dispose();
        Assert.Equal(200, await StatusAsync(cluster, HttpMethod.Delete, "/v1/buckets/b", "destroy-bck"));
        Assert.Equal(404, await StatusAsync(cluster, HttpMethod.Get, "/v1/objects/b/o", null));
        await cluster.CreateBucketAsync("b");
        using var get = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o");
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
        using var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "y");
        Assert.True(
            put.IsSuccessStatusCode,
            await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("1", put.Headers.NonValidated["Ais-Version"].ToString());
    }

    [Fact]
    public async Task PropertiesAreSetAndReset()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        Assert.Equal(200, await PatchAsync(cluster, """{"action":"set-bprops","value":{"versioning":{"enabled":false}}}"""));
        using (var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "x"))
        {
            Assert.False(put.Headers.NonValidated.Contains("Ais-Version"));
        }
        Assert.Equal(200, await PatchAsync(cluster, """{"action":"set-bprops","value":null}"""));
        Assert.Equal(200, await PatchAsync(cluster, """{"action":"reset-bprops"}"""));
        using (var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "x"))
        {
            Assert.True(put.Headers.NonValidated.Contains("Ais-Version"));
        }
        Assert.Equal(400, await PatchAsync(cluster, """{"action":"set-bprops","value":{"bid":"7"}}"""));
        Assert.Equal(400, await PatchAsync(cluster, """{"action":"set-bprops","value":{"checksum":{"type":"x"}}}"""));
        Assert.Equal(400, await PatchAsync(cluster, """{"action":"nope"}"""));
        Assert.Equal(400, await PatchAsync(cluster, "not json"));
    }

    [Fact]
    public async Task AnyProxyTakesAChangeToThePrimary()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        cluster.Proxies[1].Metadata.Lags = true;
        using var created = await cluster.SendAsync(
            HttpMethod.Post, cluster.Proxies[1], "/v1/buckets/b", """{"action":"create-bck"}""",
            ("Ais-Caller-Id", "forged"), ("Ais-Caller-Name", "forged"));
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        Assert.NotNull(cluster.Proxies[1].Metadata.Current.Document.Buckets.Find(BucketName.Ais("b")));
        using var again = await cluster.SendAsync(
            HttpMethod.Post, cluster.Proxies[1], "/v1/buckets/b", """{"action":"create-bck"}""");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var error = JsonSerializer.Deserialize(
            await again.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
        Assert.Equal("p[p0AISwire]", error.Node);
        Assert.Equal("", error.Caller);
        await cluster.Proxy.StopServerAsync();
        using var dead = await cluster.SendAsync(
            HttpMethod.Post, cluster.Proxies[1], "/v1/buckets/c", """{"action":"create-bck"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, dead.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/buckets/b", "copy-bck", 400)]
    [InlineData("POST", "/v1/buckets/b", "make-n-copies", 501)]
    [InlineData("DELETE", "/v1/buckets/b", "destroy-inventory", 501)]
    [InlineData("POST", "/v1/buckets/b", "nope", 400)]
    [InlineData("POST", "/v1/buckets/none", "nope", 404)]
    [InlineData("POST", "/v1/buckets/b/x", "create-bck", 400)]
    [InlineData("POST", "/v1/buckets/c?provider=aws", "create-bck", 501)]
    [InlineData("POST", "/v1/buckets/c!", "create-bck", 400)]
    [InlineData("POST", "/v1/buckets", "create-bck", 400)]
    [InlineData("DELETE", "/v1/buckets/b", "delete-listrange", 200)]
    [InlineData("DELETE", "/v1/buckets/b", "evict-remote-bck", 400)]
    [InlineData("DELETE", "/v1/buckets/none", "evict-remote-bck", 200)]
    [InlineData("PUT", "/v1/buckets/b", "archive", 400)]
    [InlineData("GET", "/v1/buckets/b", "summary-bck", 202)]
    [InlineData("GET", "/v1/buckets?provider=aws", "list", 400)]
    [InlineData("HEAD", "/v1/buckets/b?presence=x", null, 400)]
    [InlineData("HEAD", "/v1/buckets/b?presence=2", null, 200)]
    public async Task TheStatusIsAsAgreed(string method, string target, string? action, int status)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        Assert.Equal(status, await StatusAsync(cluster, new HttpMethod(method), target, action));
    }

    [Fact]
    public async Task ATargetChangesNoBucketsAndListsForNodesOnly()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var url = cluster.Targets[0].PublicUrl;
        foreach (var method in new[] { "GET", "POST", "DELETE" })
        {
            Assert.Equal(
                "HTTP/1.1 400 Bad Request", RawHttp.Head(await RawHttp.GetAsync(url, "/v1/buckets/b", method))[0]);
        }
    }

    private static async Task<string> GetAsync(TestCluster cluster, string target, string body)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, target, body);
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        return await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
    }

    private static async Task<int> StatusAsync(TestCluster cluster, HttpMethod method, string target, string? action)
    {
        using var answer = await cluster.SendAsync(
            method, cluster.Proxy, target, action is null ? null : $$"""{"action":"{{action}}"}""");
        return (int)answer.StatusCode;
    }

    private static async Task<int> PatchAsync(TestCluster cluster, string body)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Patch, cluster.Proxy, "/v1/buckets/b", body);
        return (int)answer.StatusCode;
    }
}
