using System.Net;
using System.Text.Json;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

/// <summary>A target was added after objects were stored, and nothing has moved them yet.</summary>
public sealed class UnsettledClusterTests
{
    private const int Objects = 24;

    [Fact]
    public async Task EverythingIsStillThere()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < Objects; i++)
        {
            using var get = await cluster.FollowAsync(HttpMethod.Get, Path(i));
            Assert.Equal(HttpStatusCode.OK, get.StatusCode);
            Assert.Equal($"content {i}", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal("1", get.Header("Ais-Version"));
            Assert.Equal("", get.Header("Skein-Write-Stamp"));
            using var range = await cluster.FollowAsync(HttpMethod.Get, Path(i), null, ("Range", "bytes=2-4"));
            Assert.Equal(HttpStatusCode.PartialContent, range.StatusCode);
            Assert.Equal("nte", await range.Content.ReadAsStringAsync(StoreFixture.Cancel));
            using var head = await cluster.FollowAsync(HttpMethod.Head, Path(i));
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal($"content {i}".Length, head.Content.Headers.ContentLength);
        }
        using var missing = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/none");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(Objects, (await ListAsync(cluster)).Count);
    }

    [Fact]
    public async Task AnOverwriteContinuesTheVersionAndHidesTheOldCopy()
    {
        await using var cluster = await StartAsync();
        var moved = Moved(cluster);
        using var put = await cluster.FollowAsync(HttpMethod.Put, Path(moved), "newer and longer than before");
        Assert.Equal("2", put.Header("Ais-Version"));
        using var get = await cluster.FollowAsync(HttpMethod.Get, Path(moved));
        Assert.Equal("newer and longer than before", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        var listed = await ListAsync(cluster);
        Assert.Equal(Objects, listed.Count);
        Assert.Equal(28, Assert.Single(listed, entry => entry.Name == $"o{moved:00}").Size);
    }

    [Fact]
    public async Task ADeletedObjectDoesNotComeBack()
    {
        await using var cluster = await StartAsync();
        var moved = Moved(cluster);
        (await cluster.FollowAsync(HttpMethod.Put, Path(moved), "newer")).Dispose();
        using var deleted = await cluster.FollowAsync(HttpMethod.Delete, Path(moved));
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Path(moved));
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
        using var again = await cluster.FollowAsync(HttpMethod.Delete, Path(moved));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(Objects - 1, (await ListAsync(cluster)).Count);
    }

    [Fact]
    public async Task CustomMetadataOfAnObjectElsewhereIsChanged()
    {
        await using var cluster = await StartAsync();
        var moved = Moved(cluster);
        using var patched = await cluster.FollowAsync(HttpMethod.Patch, Path(moved), """{"value":{"k":"v"}}""");
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Path(moved));
        Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
        Assert.Equal("1", get.Header("Ais-Version"));
        Assert.Equal($"content {moved}", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task WhatMayBeOnASilentTargetIsNotDenied()
    {
        await using var cluster = await StartAsync();
        var moved = Moved(cluster);
        await cluster.Targets[0].StopServerAsync();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Path(moved));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, get.StatusCode);
        using var deleted = await cluster.FollowAsync(HttpMethod.Delete, Path(moved));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, deleted.StatusCode);
    }

    [Fact]
    public async Task AProxyWithAnOldMapIsCorrectedByTheTarget()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        cluster.Proxies[1].Metadata.Lags = true;
        await cluster.CreateBucketAsync("b");
        await cluster.Proxies[1].Control.CatchUpAsync(default, StoreFixture.Cancel);
        await cluster.AddTargetAsync();
        var moved = Moved(cluster);
        using var first = await cluster.SendAsync(HttpMethod.Put, cluster.Proxies[1], Path(moved), "x");
        var location = first.Headers.NonValidated["Location"].ToString();
        Assert.StartsWith(cluster.Targets[0].Info.PublicNet.Url, location, StringComparison.Ordinal);
        var slash = location.IndexOf('/', "http://".Length);
        using var second = await cluster.SendAsync(HttpMethod.Put, location[..slash], location[slash..], "x");
        Assert.Equal(307, (int)second.StatusCode);
        var corrected = second.Headers.NonValidated["Location"].ToString();
        Assert.StartsWith(cluster.Targets[1].Info.PublicNet.Url, corrected, StringComparison.Ordinal);
        Assert.Equal(1, corrected.Split("utm=").Length - 1);
        Assert.Contains("pid=t0AISwire", corrected, StringComparison.Ordinal);

        using var list = await cluster.SendAsync(HttpMethod.Get, cluster.Proxies[1], "/v1/buckets/b");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Equal(
            cluster.Documents.Newest.Stamp, cluster.Proxies[1].Metadata.Current.Stamp);
    }

    [Fact]
    public async Task ATargetThatIsBehindCatchesUpWithTheRedirect()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Targets[0].Metadata.Lags = true;
        await cluster.CreateBucketAsync("b");
        using var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "x");
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(1, cluster.Targets[0].Control.CatchUps);
    }

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        for (var i = 0; i < Objects; i++)
        {
            using var put = await cluster.FollowAsync(HttpMethod.Put, Path(i), $"content {i}");
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }
        await cluster.AddTargetAsync();
        return cluster;
    }

    /// <summary>An object that now belongs to the second target.</summary>
    private static int Moved(TestCluster cluster) => Enumerable.Range(0, Objects).First(i =>
        cluster.Documents.Newest.Document.Map.Owner(HrwDigest.OfObject("ais/@#/b", $"o{i:00}"))!.Id == "t1AISwire");

    private static string Path(int i) => $"/v1/objects/b/o{i:00}";

    private static async Task<IReadOnlyList<ListEntry>> ListAsync(TestCluster cluster)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/buckets/b");
        var page = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.ListObjectsResult)!;
        return page.Entries ?? [];
    }
}
