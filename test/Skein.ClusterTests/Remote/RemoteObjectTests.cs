using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>Objects of a bucket of another cluster: read through, written through, and what of them is stored here.</summary>
public sealed class RemoteObjectTests(TwoClusters fixture) : IClassFixture<TwoClusters>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task AReadFetchesOnceStoresAndServesFromHereAfterwards()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var content = TwoClusters.Text("from far away");
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/dir/ö 1", content, ("Ais-Custom-Md", "color=blue"))).Succeeded();
        var there = (await Http.HeadAsync(fixture.FarProxy, $"{bucket}/dir/%C3%B6%201")).Succeeded();

        var first = (await GetAsync(bucket, "dir/%C3%B6%201")).Succeeded();
        Assert.Equal(content, first.Body);
        Assert.Equal(there.Header("Ais-Checksum-Value"), first.Header("Ais-Checksum-Value"));
        Assert.Equal("1", first.Header("Ais-Version"));
        Assert.Equal(["color=blue", "source=ais"], first.Headers["Ais-Custom-Md"]);
        Assert.Equal(["dir/ö 1"], await fixture.StoredAsync(bucket));

        // Now it is here: its home is not asked any more.
        (await Http.DeleteAsync(fixture.FarProxy, $"{bucket}/dir/%C3%B6%201")).Succeeded();
        Assert.Equal(content, (await GetAsync(bucket, "dir/%C3%B6%201")).Succeeded().Body);
        var latest = await Http.GetAsync(
            fixture.Proxy, $"{bucket}/dir/%C3%B6%201{TwoClusters.Query()}&latest-ver=true");
        Assert.Equal(404, latest.Code);
    }

    [Fact]
    public async Task ManyReadersOfOneObjectCauseOneFetch()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var content = new byte[3 << 20];
        new Random(7).NextBytes(content);
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/big", content)).Succeeded();
        (await Http.SendAsync(HttpMethod.Head, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}")).Succeeded();
        var before = await CountAsync("get.cold.n");
        var readBefore = await FarReadsAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Http.GetAsync(
            fixture.Near.Proxies[i % 2].Url, $"{bucket}/big{TwoClusters.Query()}")));
        Assert.All(replies, reply => Assert.Equal(content, reply.Succeeded().Body));
        Assert.Equal(1, await CountAsync("get.cold.n") - before);
        Assert.Equal(1, await FarReadsAsync() - readBefore);
    }

    [Fact]
    public async Task ARangeOfWhatIsNotHereIsCutOutOfTheFetchedObject()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/o", TwoClusters.Text("0123456789"))).Succeeded();
        var part = await Http.GetAsync(
            fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", ("Range", "bytes=2-4"));
        Assert.Equal((206, "234", "bytes 2-4/10"), (part.Code, part.Text, part.Header("Content-Range")));
        Assert.Equal(["o"], await fixture.StoredAsync(bucket));
    }

    [Fact]
    public async Task WhatIsMissingAtHomeIsMissingHere()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var missing = await GetAsync(bucket, "nothing");
        Assert.Equal(404, missing.Code);
        Assert.Matches(
            $@"^t\[.*\]: ais://@{fixture.FarId}/{bucket}/nothing does not exist$",
            missing.Error.GetProperty("message").GetString());
        Assert.Equal(404, (await Http.HeadAsync(fixture.Proxy, $"{bucket}/nothing{TwoClusters.Query()}")).Code);
        Assert.Equal(404, (await Http.DeleteAsync(fixture.Proxy, $"{bucket}/nothing{TwoClusters.Query()}")).Code);
        var noBucket = await GetAsync("never-made", "o");
        Assert.Equal((404, "ErrRemoteBckNotFound"), (noBucket.Code, noBucket.Error.GetProperty("tcode").GetString()));
        Assert.Equal(
            $"remote bucket \"ais://@{fixture.FarId}/never-made\" does not exist",
            noBucket.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task AWriteGoesHomeAndStaysHere()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var stored = (await Http.PutAsync(
            fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("one"), ("Ais-Custom-Md", "k=v"))).Succeeded();
        Assert.Equal("1", stored.Header("Ais-Version"));
        var home = (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o")).Succeeded();
        Assert.Equal(("one", "1", "k=v"), (home.Text, home.Header("Ais-Version"), home.Header("Ais-Custom-Md")));
        Assert.Equal(["o"], await fixture.StoredAsync(bucket));

        // A second writer at home: here the old one is served until somebody asks for the latest.
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/o", TwoClusters.Text("two!"))).Succeeded();
        Assert.Equal("one", (await GetAsync(bucket, "o")).Succeeded().Text);
        var head = await Http.HeadAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}&latest-ver=true");
        Assert.Equal(409, head.Code);
        var latest = await Http.GetAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}&latest-ver=true");
        Assert.Equal(("two!", "2"), (latest.Succeeded().Text, latest.Header("Ais-Version")));
        Assert.Equal("two!", (await GetAsync(bucket, "o")).Text);

        // And over it from here: the version goes on as its home counts.
        stored = (await Http.PutAsync(
            fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("three"))).Succeeded();
        Assert.Equal("3", stored.Header("Ais-Version"));
        Assert.Equal("three", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o")).Text);
    }

    [Fact]
    public async Task ARefusedWriteChangesNothingHere()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("good"))).Succeeded();
        var wrong = await Http.PutAsync(
            fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("bad"),
            ("Ais-Checksum-Type", "md5"), ("Ais-Checksum-Value", "00"));
        Assert.Equal((400, "ErrBadCksum"), (wrong.Code, wrong.Error.GetProperty("tcode").GetString()));
        (await Http.ActAsync(
            HttpMethod.Patch, $"{fixture.FarProxy}/v1/buckets/{bucket}", "set-bprops", """{"access":"3"}""")).Succeeded();
        var denied = await Http.PutAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("denied"));
        Assert.Equal(403, denied.Code);
        Assert.Equal(403, (await Http.DeleteAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}")).Code);
        Assert.Equal("good", (await GetAsync(bucket, "o")).Text);
        Assert.Equal("good", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o")).Text);
    }

    [Fact]
    public async Task ADeleteGoesHomeAndAnEvictionDoesNot()
    {
        var bucket = await fixture.NewFarBucketAsync();
        foreach (var name in new[] { "a", "b" })
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/{name}{TwoClusters.Query()}", TwoClusters.Text(name))).Succeeded();
        }
        (await Http.DeleteAsync(fixture.Proxy, $"{bucket}/a{TwoClusters.Query()}")).Succeeded();
        Assert.Equal(404, (await Http.GetAsync(fixture.FarProxy, $"{bucket}/a")).Code);
        (await Http.ActAsync(
            HttpMethod.Delete, $"{fixture.Proxy}/v1/objects/{bucket}/b{TwoClusters.Query()}", "evict-listrange")).Succeeded();
        Assert.Empty(await fixture.StoredAsync(bucket));
        Assert.Equal("b", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/b")).Text);
        Assert.Equal("b", (await GetAsync(bucket, "b")).Text);
        Assert.Equal(["b"], await fixture.StoredAsync(bucket));
    }

    [Fact]
    public async Task PresenceSaysWhereAnObjectIs()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/o", TwoClusters.Text("12345"))).Succeeded();
        var head = (await PresenceAsync(bucket, 0)).Succeeded();
        Assert.Equal(("false", "5"), (head.Header("Ais-Present"), head.Header("Content-Length")));
        Assert.Null(head.Header("Ais-Location"));
        Assert.Equal(200, (await PresenceAsync(bucket, 1)).Code);
        await AllAsync(bucket, 404);
        Assert.Equal(200, (await PresenceAsync(bucket, 5)).Code);
        Assert.Empty(await fixture.StoredAsync(bucket));
        (await GetAsync(bucket, "o")).Succeeded();
        Assert.Equal("true", (await PresenceAsync(bucket, 0)).Header("Ais-Present"));
        await AllAsync(bucket, 200);
        Assert.Equal(400, (await PresenceAsync(bucket, 5)).Code);
    }

    private async Task AllAsync(string bucket, int code)
    {
        for (var presence = 2; presence <= 4; presence++)
        {
            Assert.Equal(code, (await PresenceAsync(bucket, presence)).Code);
        }
    }

    private Task<TestReply> PresenceAsync(string bucket, int presence) => Http.FollowAsync(
        HttpMethod.Head, $"{fixture.Proxy}/v1/objects/{bucket}/o{TwoClusters.Query()}&presence={presence}");

    private Task<TestReply> GetAsync(string bucket, string name) =>
        Http.GetAsync(fixture.Proxy, $"{bucket}/{name}{TwoClusters.Query()}");

    private async Task<long> CountAsync(string counter)
    {
        var sum = 0L;
        foreach (var target in fixture.Near.Targets)
        {
            sum += (await Http.WhatAsync(target.Url, "node_status")).GetProperty("tracker").GetProperty(counter).GetInt64();
        }
        return sum;
    }

    private async Task<long> FarReadsAsync()
    {
        var sum = 0L;
        foreach (var target in fixture.Far.Targets)
        {
            sum += (await Http.WhatAsync(target.Url, "node_status")).GetProperty("tracker").GetProperty("get.n").GetInt64();
        }
        return sum;
    }
}
