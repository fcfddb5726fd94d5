using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>Jobs over buckets of another cluster: prefetch, evict, copy, and eviction for space.</summary>
public sealed class RemoteJobTests(TwoClusters fixture) : IClassFixture<TwoClusters>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task NamesOfATemplateOrAllOfABucketArePrefetchedAndEvicted()
    {
        var bucket = await fixture.FilledAsync(30);
        await fixture.RunAsync(HttpMethod.Post, bucket, "prefetch-listrange", """{"template":"o{05..09}"}""", "prefetch-listrange");
        Assert.Equal(["o05", "o06", "o07", "o08", "o09"], await fixture.StoredAsync(bucket));
        await fixture.RunAsync(HttpMethod.Post, bucket, "prefetch-listrange", "{}", "prefetch-listrange");
        Assert.Equal(30, (await fixture.StoredAsync(bucket)).Count);
        await fixture.RunAsync(
            HttpMethod.Delete, bucket, "evict-listrange", """{"objnames":["o00","o29","nobody"]}""", "evict-listrange");
        Assert.Equal(28, (await fixture.StoredAsync(bucket)).Count);
        await fixture.RunAsync(HttpMethod.Delete, bucket, "evict-listrange", "{}", "evict-listrange");
        Assert.Empty(await fixture.StoredAsync(bucket));
        Assert.Equal(30, (await Http.ListAsync(fixture.FarProxy, bucket)).Count);
    }

    [Fact]
    public async Task OneObjectIsDownloadedByAJob()
    {
        var bucket = await fixture.FilledAsync(2);
        var reply = await Http.SendAsync(
            HttpMethod.Post, $"{fixture.Proxy}/v1/objects/{bucket}{TwoClusters.Query()}",
            TwoClusters.Text("""{"action":"blob-download","name":"o01","value":{"chunk-size":0}}"""));
        await fixture.EndedAsync(reply.Succeeded().Text, "blob-download");
        Assert.Equal(["o01"], await fixture.StoredAsync(bucket));
    }

    [Fact]
    public async Task ABucketIsCopiedFromItsHomeAlsoWhereNothingOfItIsHere()
    {
        var bucket = await fixture.FilledAsync(25);
        (await Http.CreateAsync(fixture.Proxy, $"copy-of-{bucket}")).Succeeded();
        var reply = await Http.ActAsync(
            HttpMethod.Post,
            $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}&bck_to=ais%2F%40%23%2Fcopy-of-{bucket}%2F",
            "copy-bck", "{}");
        await fixture.EndedAsync(reply.Succeeded().Text, "copy-bck");
        Assert.Equal(25, (await Http.ListAsync(fixture.Proxy, $"copy-of-{bucket}")).Count);
        Assert.Equal("o07", (await Http.GetAsync(fixture.Proxy, $"copy-of-{bucket}/o07")).Succeeded().Text);
    }

    [Fact]
    public async Task WhatIsDeletedByNameIsDeletedAtHome()
    {
        var bucket = await fixture.FilledAsync(10);
        await fixture.RunAsync(HttpMethod.Delete, bucket, "delete-listrange", """{"template":"o{00..06}"}""", "delete-listrange");
        Assert.Equal(["o07", "o08", "o09"], await Http.ListAsync(fixture.FarProxy, bucket));
    }

    [Fact]
    public async Task TheColdestIsEvictedWhenSpaceIsShortAndNothingElse()
    {
        var bucket = await fixture.FilledAsync(8);
        await fixture.RunAsync(HttpMethod.Post, bucket, "prefetch-listrange", "{}", "prefetch-listrange");
        await LruAsync();
        Assert.Equal(8, (await fixture.StoredAsync(bucket)).Count);
        (await Http.ActAsync(
            HttpMethod.Patch, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}", "set-bprops",
            """{"lru":{"dont_evict_time":"0s"}}""")).Succeeded();
        (await Http.SendAsync(
            HttpMethod.Put, $"{fixture.Proxy}/v1/cluster/set-config?space.cleanupwm=1&space.lowwm=2")).Succeeded();
        (await Http.CreateAsync(fixture.Proxy, "own")).Succeeded();
        (await Http.PutAsync(fixture.Proxy, "own/o", TwoClusters.Text("mine"))).Succeeded();
        await LruAsync();
        Assert.Empty(await fixture.StoredAsync(bucket));
        Assert.Equal("mine", (await Http.GetAsync(fixture.Proxy, "own/o")).Text);
        Assert.Equal(8, (await Http.ListAsync(fixture.FarProxy, bucket)).Count);
    }

    private async Task LruAsync()
    {
        var started = await Http.ActAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/cluster", "start", """{"kind":"lru"}""");
        await fixture.EndedAsync(started.Succeeded().Text, "lru");
    }
}
