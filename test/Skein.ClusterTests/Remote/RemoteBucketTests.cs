using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>Buckets of another cluster: made known on first use, created, destroyed, evicted and listed.</summary>
public sealed class RemoteBucketTests(TwoClusters fixture) : IClassFixture<TwoClusters>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task ABucketBecomesKnownOnItsFirstUse()
    {
        var bucket = await fixture.NewFarBucketAsync("""{"versioning":{"enabled":false}}""");
        Assert.DoesNotContain(bucket, await KnownAsync());
        var quiet = await HeadAsync(bucket, "&dont_add_remote_bck_md=true");
        Assert.Equal(200, quiet.Code);
        Assert.DoesNotContain(bucket, await KnownAsync());
        Assert.Equal(404, (await HeadAsync(bucket, "&presence=2")).Code);

        var head = (await HeadAsync(bucket)).Succeeded();
        Assert.Contains(bucket, await KnownAsync());
        var props = JsonDocument.Parse(head.Header("Ais-Bucket-Props")!).RootElement;
        Assert.False(props.GetProperty("versioning").GetProperty("enabled").GetBoolean());
        Assert.True(props.GetProperty("lru").GetProperty("enabled").GetBoolean());
        Assert.Null(head.Header("Ais-Remote-Offline"));
        Assert.Equal(200, (await HeadAsync(bucket, "&presence=2")).Code);

        var unseen = await HeadAsync("never-made");
        Assert.Equal((404, "ErrRemoteBckNotFound"), (unseen.Code, unseen.Error.GetProperty("tcode").GetString()));
        Assert.DoesNotContain("never-made", await KnownAsync());
    }

    [Fact]
    public async Task CreateAndDestroyArePassedThrough()
    {
        var created = await Http.CreateAsync(
            fixture.Proxy, "made-from-here" + TwoClusters.Query(), """{"checksum":{"type":"md5"}}""");
        Assert.Equal((200, ""), (created.Code, created.Text));
        Assert.Contains("made-from-here", await KnownAsync());
        var there = (await Http.SendAsync(HttpMethod.Head, $"{fixture.FarProxy}/v1/buckets/made-from-here")).Succeeded();
        Assert.Contains("\"type\":\"md5\"", there.Header("Ais-Bucket-Props"), StringComparison.Ordinal);
        Assert.Equal(409, (await Http.CreateAsync(fixture.Proxy, "made-from-here" + TwoClusters.Query())).Code);
        Assert.Equal(400, (await Http.CreateAsync(fixture.Proxy, "bad" + TwoClusters.Query(), """{"nonsense":1}""")).Code);
        Assert.DoesNotContain("bad", await KnownAsync());

        (await Http.PutAsync(fixture.Proxy, $"made-from-here/o{TwoClusters.Query()}", TwoClusters.Text("x"))).Succeeded();
        var destroyed = await Http.DestroyAsync(fixture.Proxy, "made-from-here" + TwoClusters.Query());
        Assert.Equal((200, ""), (destroyed.Code, destroyed.Text));
        Assert.DoesNotContain("made-from-here", await KnownAsync());
        Assert.Equal(404, (await Http.SendAsync(HttpMethod.Head, $"{fixture.FarProxy}/v1/buckets/made-from-here")).Code);
        Assert.Equal(404, (await Http.DestroyAsync(fixture.Proxy, "made-from-here" + TwoClusters.Query())).Code);
    }

    [Fact]
    public async Task AnEvictedBucketIsForgottenHereAndWholeAtHome()
    {
        var bucket = await fixture.NewFarBucketAsync();
        foreach (var keeps in new[] { true, false })
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}", TwoClusters.Text("x"))).Succeeded();
            Assert.Equal(["o"], await fixture.StoredAsync(bucket));
            (await Http.ActAsync(
                HttpMethod.Delete, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}&keep_bck_md={keeps}",
                "evict-remote-bck")).Succeeded();
            Assert.Equal(keeps, (await KnownAsync()).Contains(bucket));
            Assert.Empty(await fixture.StoredAsync(bucket));
            Assert.Equal("x", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o")).Text);
            Assert.Equal("x", (await Http.GetAsync(fixture.Proxy, $"{bucket}/o{TwoClusters.Query()}")).Text);
        }
        // One that is not known is none, as ever.
        (await Http.ActAsync(
            HttpMethod.Delete, $"{fixture.Proxy}/v1/buckets/nobody{TwoClusters.Query()}", "evict-remote-bck")).Succeeded();
    }

    [Fact]
    public async Task BucketsAreListedByPresence()
    {
        var known = await fixture.NewFarBucketAsync();
        var unknown = await fixture.NewFarBucketAsync();
        (await HeadAsync(known)).Succeeded();
        var all = await ListAsync(TwoClusters.Query());
        Assert.Contains(known, all);
        Assert.Contains(unknown, all);
        Assert.Contains(known, await ListAsync(TwoClusters.Query() + "&presence=2"));
        Assert.DoesNotContain(unknown, await ListAsync(TwoClusters.Query() + "&presence=2"));
        Assert.Contains(unknown, await ListAsync(TwoClusters.Query() + "&presence=5"));
        Assert.DoesNotContain(known, await ListAsync(TwoClusters.Query() + "&presence=5"));
        Assert.Contains(unknown, await ListAsync("?provider=ais&namespace=%40%40%23"));
        var shown = (await Http.ActAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/buckets{TwoClusters.Query()}", "list")).Json;
        Assert.All(
            shown.EnumerateArray(),
            bucket => Assert.Equal("far", bucket.GetProperty("namespace").GetProperty("uuid").GetString()));
        Expect.Refused(
            await Http.ActAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/buckets{TwoClusters.Query("nobody")}", "list"), 404,
            "remote cluster \"nobody\" does not exist");
    }

    [Fact]
    public async Task AListingShowsWhatIsAtHomeAndWhatOfItIsHere()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var names = Enumerable.Range(0, 25).Select(i => $"o{i:00}").ToList();
        await Task.WhenAll(names.Select(async name =>
            (await Http.PutAsync(fixture.FarProxy, $"{bucket}/{name}", TwoClusters.Text(name))).Succeeded()));
        string[] cached = ["o00", "o07", "o13", "o24"];
        foreach (var name in cached)
        {
            (await Http.GetAsync(fixture.Proxy, $"{bucket}/{name}{TwoClusters.Query()}")).Succeeded();
        }
        foreach (var pageSize in new[] { 0, 7, 1 })
        {
            var (listed, flags) = await PagesAsync(bucket, pageSize, "0");
            Assert.Equal(names, listed);
            Assert.Equal(cached, names.Where((_, i) => flags[i] == 64));
            Assert.All(flags, flag => Assert.Contains(flag, new[] { 0, 64 }));
            Assert.Equal(cached, (await PagesAsync(bucket, pageSize, "1")).Names);
            Assert.Equal(names.Except(cached), (await PagesAsync(bucket, pageSize, "512")).Names);
            Assert.All((await PagesAsync(bucket, pageSize, "1024")).Flags, flag => Assert.Equal(0, flag));
        }
        Assert.Equal(names[10..20], await Http.ListAsync(fixture.Proxy, bucket + TwoClusters.Query(), 3, "o1"));
    }

    [Fact]
    public async Task AListingMarksWhatHasChangedAtHomeOrIsGoneThere()
    {
        var bucket = await fixture.NewFarBucketAsync();
        foreach (var name in new[] { "changed", "gone", "same" })
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/{name}{TwoClusters.Query()}", TwoClusters.Text(name))).Succeeded();
        }
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/changed", TwoClusters.Text("anew"))).Succeeded();
        (await Http.DeleteAsync(fixture.FarProxy, $"{bucket}/gone")).Succeeded();
        var (names, flags) = await PagesAsync(bucket, 0, "4096");
        Assert.Equal(["changed", "gone", "same"], names);
        Assert.Equal([64 + 1024, 64 + 2048, 64], flags);
    }

    [Fact]
    public async Task FoldersOfARemoteBucketAreListedWithoutRecursion()
    {
        var bucket = await fixture.NewFarBucketAsync();
        foreach (var name in new[] { "a/1", "a/2", "b", "c/d/e" })
        {
            (await Http.PutAsync(fixture.FarProxy, $"{bucket}/{name}", TwoClusters.Text(name))).Succeeded();
        }
        (await Http.GetAsync(fixture.Proxy, $"{bucket}/b{TwoClusters.Query()}")).Succeeded();
        (await Http.GetAsync(fixture.Proxy, $"{bucket}/a/1{TwoClusters.Query()}")).Succeeded();
        var (names, flags) = await PagesAsync(bucket, 0, "2048");
        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal([256, 64, 256], flags);
    }

    [Fact]
    public async Task ABucketThatIsOnlyLookedAtInAListingIsNotMadeKnown()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/o", TwoClusters.Text("x"))).Succeeded();
        Assert.Equal(404, (await Http.ListPageAsync(fixture.Proxy, bucket + TwoClusters.Query(), """{"flags":"64"}""")).Code);
        Assert.Equal(["o"], (await PagesAsync(bucket, 0, "256")).Names);
        Assert.DoesNotContain(bucket, await KnownAsync());
        Assert.Equal(["o"], (await PagesAsync(bucket, 0, "0")).Names);
        Assert.Contains(bucket, await KnownAsync());
    }

    private Task<TestReply> HeadAsync(string bucket, string more = "") => Http.SendAsync(
        HttpMethod.Head, $"{fixture.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}{more}");

    private async Task<IReadOnlyList<string>> KnownAsync()
    {
        return (await Http.WhatAsync(fixture.Proxy, "bmd")).GetProperty("providers").TryGetProperty("ais", out var buckets)
            && buckets.TryGetProperty($"@{fixture.FarId}#", out var known)
            ? [.. known.EnumerateObject().Select(bucket => bucket.Name)]
            : [];
    }

    private async Task<IReadOnlyList<string>> ListAsync(string query) =>
    [
        .. (await Http.ActAsync(HttpMethod.Get, $"{fixture.Proxy}/v1/buckets{query}", "list")).Succeeded().Json
            .EnumerateArray().Select(bucket => bucket.GetProperty("name").GetString()!),
    ];

    private async Task<(List<string> Names, List<int> Flags)> PagesAsync(string bucket, int pageSize, string flags)
    {
        var names = new List<string>();
        var marks = new List<int>();
        for (var token = ""; ;)
        {
            var page = (await Http.ListPageAsync(
                fixture.Proxy, bucket + TwoClusters.Query(),
                $$"""{"flags":"{{flags}}","pagesize":{{pageSize}},"continuation_token":"{{token}}"}""")).Succeeded().Json;
            if (page.GetProperty("entries") is { ValueKind: JsonValueKind.Array } entries)
            {
                foreach (var entry in entries.EnumerateArray())
                {
                    names.Add(entry.GetProperty("name").GetString()!);
                    marks.Add(entry.TryGetProperty("flags", out var mark) ? mark.GetInt32() : 0);
                }
            }
            token = page.GetProperty("continuation_token").GetString()!;
            if (token.Length == 0)
            {
                return (names, marks);
            }
        }
    }
}
