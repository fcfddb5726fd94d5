using Skein.Client;

namespace Skein.ClusterTests.Remote;

/// <summary>Attaching and detaching remote clusters.</summary>
public sealed class AttachTests(TwoClusters fixture) : IClassFixture<TwoClusters>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAttachedClusterIsShownByEveryNodeWithItsMap()
    {
        foreach (var (node, what) in fixture.Near.Proxies.Select(node => (node.Url, "cluster"))
            .Concat(fixture.Near.Targets.Select(node => (node.Url, "daemon"))))
        {
            var reply = (await fixture.Http.SendAsync(HttpMethod.Get, $"{node}/v1/{what}?what=remote")).Succeeded().Json;
            var cluster = Assert.Single(reply.GetProperty("a").EnumerateArray());
            Assert.Equal(TwoClusters.Alias, cluster.GetProperty("alias").GetString());
            Assert.Equal(fixture.FarProxy, cluster.GetProperty("url").GetString());
            Assert.Equal(fixture.FarId, cluster.GetProperty("uuid").GetString());
            Assert.Equal(fixture.FarId, cluster.GetProperty("smap").GetProperty("uuid").GetString());
            Assert.True(reply.GetProperty("ver").GetInt64() > 0);
        }
        var config = (await fixture.Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/cluster?what=cluster_config")).Json;
        Assert.Equal(
            fixture.FarProxy,
            config.GetProperty("backend").GetProperty("ais").GetProperty(TwoClusters.Alias)[0].GetString());
    }

    [Fact]
    public async Task WhatIsWrongIsRefusedAndChangesNothing()
    {
        var before = await ConfigVersionAsync();
        Expect.Refused(
            await fixture.AttachAsync("", fixture.FarProxy), 400,
            "failed to attach remote cluster: header Ais-Remote-Ais-Alias is missing");
        Expect.Refused(
            await fixture.AttachAsync("other", ""), 400,
            "failed to attach remote cluster: header Ais-Remote-Ais-Url is missing");
        Expect.Refused(
            await fixture.AttachAsync("x", fixture.FarProxy), 400, "alias \"x\" is too short: must have at least 2 letters");
        Assert.Equal(400, (await fixture.AttachAsync("a b", fixture.FarProxy)).Code);
        Assert.Equal(400, (await fixture.AttachAsync("other", "ftp://127.0.0.1")).Code);
        var dead = await fixture.AttachAsync("other", "http://127.0.0.1:9");
        Assert.Equal(400, dead.Code);
        Assert.StartsWith(
            "failed to attach remote cluster: no cluster answers at http://127.0.0.1:9: ",
            dead.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var self = await fixture.AttachAsync("self", fixture.Near.Url);
        Assert.Contains("is this cluster itself", self.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await fixture.DetachAsync("nobody")).Code);
        var headers = ("Ais-Remote-Ais-Alias", "other");
        Assert.Equal(
            400,
            (await fixture.Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster/attach", null, headers)).Code);
        Assert.Equal(before, await ConfigVersionAsync());
    }

    [Fact]
    public async Task TheTypedClientAttachesShowsAndDetaches()
    {
        using var client = new SkeinClient(fixture.Far.Url);
        await client.RemoteClusters.AttachAsync("back", fixture.Near.Url, Cancel);
        var attached = Assert.Single((await client.RemoteClusters.ListAsync(Cancel)).Clusters!);
        Assert.Equal(("back", fixture.Near.Url), (attached.Alias, attached.Url));
        Assert.Equal(fixture.Near.Targets.Count, attached.Map!.Targets.Count);
        await client.RemoteClusters.DetachAsync("back", Cancel);
        Assert.Null((await client.RemoteClusters.ListAsync(Cancel)).Clusters);
    }

    [Fact]
    public async Task ADetachedClusterIsGoneAndCanBeAttachedAnewUnderAnotherAlias()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await fixture.DetachAsync(TwoClusters.Alias)).Succeeded();
        var none = (await fixture.Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/cluster?what=remote")).Text;
        Assert.Equal("""{"a":null,"ver":0}""" + "\n", none);
        Expect.Refused(
            await fixture.Http.GetAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}"), 400,
            $"no remote ais clusters attached (bucket \"ais://@far/{bucket}\")");
        (await fixture.AttachAsync("elsewhere", fixture.FarProxy)).Succeeded();
        (await fixture.Http.SendAsync(
            HttpMethod.Head, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query("elsewhere")}")).Succeeded();
        // The id of the cluster is as good as an alias.
        (await fixture.Http.SendAsync(
            HttpMethod.Head, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query(fixture.FarId)}")).Succeeded();
        Expect.Refused(
            await fixture.Http.GetAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}"), 404,
            "remote cluster \"far\" does not exist");
        (await fixture.AttachAsync(TwoClusters.Alias, fixture.FarProxy)).Succeeded();
    }

    private async Task<string> ConfigVersionAsync() =>
        (await fixture.Http.SendAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/cluster?what=cluster_config"))
            .Json.GetProperty("config_version").GetString()!;
}
