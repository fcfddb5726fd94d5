using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>What lies around the API: verbs that a resource does not have, unknown paths, health.</summary>
public sealed class SurfaceTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private const string Objects = "DELETE, GET, HEAD, PATCH, POST, PUT";
    private const string Nodes = "DELETE, GET, POST, PUT";

    [Theory]
    [InlineData("TRACE", "/v1/objects/b/o", Objects)]
    [InlineData("TRACE", "/v1/buckets/b", Objects)]
    [InlineData("PATCH", "/v1/daemon", Nodes)]
    [InlineData("HEAD", "/v1/daemon?what=smap", Nodes)]
    [InlineData("PATCH", "/v1/cluster", Nodes)]
    public async Task AVerbThatAResourceDoesNotHaveIs405WithAllow(string verb, string path, string allow)
    {
        foreach (var proxy in fixture.Proxies)
        {
            var reply = await RawHttp.SendAsync(proxy, verb, path);
            Assert.Equal((405, allow), (reply.Code, reply.Header("Allow")));
            Assert.Equal("text/plain; charset=utf-8", reply.Header("Content-Type"));
            Assert.Equal(verb == "HEAD" ? "" : "Method Not Allowed", reply.Body.TrimEnd('\n'));
        }
    }

    [Theory]
    [InlineData("/v1/objects/b/o", Objects)]
    [InlineData("/v1/buckets/b", Objects)]
    [InlineData("/v1/daemon", Nodes)]
    public async Task OptionsSaysWhatThereIs(string path, string allow)
    {
        var reply = await RawHttp.SendAsync(fixture.Proxies[1], "OPTIONS", path);
        Assert.Equal((200, allow, ""), (reply.Code, reply.Header("Allow"), reply.Body));
    }

    [Theory]
    [InlineData("FOO")]
    [InlineData("LINK")]
    public async Task AVerbUnknownToHttpIs400AndNothingElse(string verb)
    {
        var reply = await RawHttp.SendAsync(fixture.Proxies[2], verb, "/v1/buckets");
        Assert.Equal((400, ""), (reply.Code, reply.Body));
    }

    [Theory]
    [InlineData("/v1/nope")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v2/buckets")]
    [InlineData("/v1/txn")]
    [InlineData("/v1/ec")]
    [InlineData("/index.html")]
    public async Task AnUnknownPathIs400InJson(string path)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var reply = await fixture.Http.SendAsync(HttpMethod.Get, node.Url + path);
            var name = $"{(node.IsProxy ? 'p' : 't')}[{node.Id}]";
            Expect.Error(reply, 400, null, $"invalid request URI: 'GET {path}'", "GET", path, name);
        }
    }

    [Theory]
    [InlineData("/v1/cluster?what=smap")]
    [InlineData("/v1/reverse/daemon?what=smap")]
    public async Task ATargetHasNoClusterResource(string path)
    {
        var reply = await fixture.Http.SendAsync(HttpMethod.Get, fixture.Cluster.Targets[0].Url + path);
        Assert.Equal(400, reply.Code);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task HealthAnswersEveryVerb(string verb)
    {
        foreach (var node in fixture.Cluster.Nodes)
        {
            var reply = await fixture.Http.SendAsync(new HttpMethod(verb), node.Url + "/v1/health");
            Assert.Equal((200, ""), (reply.Code, reply.Text));
            Assert.Equal(node.IsProxy, reply.Header("Ais-Cluster-Uptime") is not null);
            Assert.Equal(node.IsProxy, reply.Header("Ais-Node-Uptime") is not null);
            Assert.Equal(200, (await fixture.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health?readiness=true")).Code);
        }
    }

    [Fact]
    public async Task EveryNodeShowsTheSameMapOfTheCluster()
    {
        var maps = new List<string>();
        foreach (var node in fixture.Cluster.Nodes)
        {
            var reply = (await fixture.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/daemon?what=smap")).Succeeded();
            Assert.Equal("application/json; charset=utf-8", reply.Header("Content-Type"));
            maps.Add(reply.Text);
        }
        Assert.Single(maps.Distinct());
        var map = (await fixture.Http.WhatAsync(fixture.Proxy, "smap"));
        Assert.Equal(3, map.GetProperty("pmap").EnumerateObject().Count());
        Assert.Equal(3, map.GetProperty("tmap").EnumerateObject().Count());
        var primary = map.GetProperty("proxy_si").GetProperty("daemon_id").GetString();
        Assert.Contains(primary, fixture.Cluster.Proxies.Select(node => node.Id));
    }

    [Fact]
    public async Task ABrowserGetsIndentedJson()
    {
        var reply = await fixture.Http.SendAsync(
            HttpMethod.Get, fixture.Proxy + "/v1/daemon?what=snode", null, ("User-Agent", "Mozilla/5.0 (X11)"));
        Assert.StartsWith("{\n    \"", reply.Succeeded().Text, StringComparison.Ordinal);
    }
}
