using System.Net;
using Skein.Core.Archives;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class ReadArchiveTests
{
    [Theory]
    [InlineData("s.tar", ArchiveFormat.Tar)]
    [InlineData("s.tgz", ArchiveFormat.Tgz)]
    [InlineData("s.tar.gz", ArchiveFormat.Tgz)]
    [InlineData("s.zip", ArchiveFormat.Zip)]
    [InlineData("s.tar.lz4", ArchiveFormat.TarLz4)]
    [InlineData("noext", ArchiveFormat.Tar)]
    [InlineData("noext", ArchiveFormat.Tgz)]
    [InlineData("noext", ArchiveFormat.Zip)]
    [InlineData("noext", ArchiveFormat.TarLz4)]
    public async Task OneFileIsReadOutOfEveryFormat(string name, ArchiveFormat format)
    {
        await using var cluster = await StartAsync(name, format);
        foreach (var (path, text) in TestArchives.Some)
        {
            using var get = await cluster.FollowAsync(
                HttpMethod.Get, $"/v1/objects/b/{name}?archpath={Uri.EscapeDataString(path)}");
            Assert.Equal(HttpStatusCode.OK, get.StatusCode);
            Assert.Equal("application/octet-stream", get.Content.Headers.ContentType!.ToString());
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(text), get.Content.Headers.ContentLength);
            Assert.DoesNotContain(get.Headers, header => header.Key.StartsWith("Ais-", StringComparison.Ordinal));
            Assert.Equal(text, await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        using var none = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}?archpath=none");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var error = await none.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.Contains("\"tcode\":\"ErrNotFound\"", error, StringComparison.Ordinal);
        Assert.Contains($"t[t0AISwire]: (archpath=none) in ais://b/{name} does not exist", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s.tar", ArchiveFormat.Tar)]
    [InlineData("s.tgz", ArchiveFormat.Tgz)]
    [InlineData("s.zip", ArchiveFormat.Zip)]
    [InlineData("s.tar.lz4", ArchiveFormat.TarLz4)]
    public async Task FilesThatMatchComeAsATar(string name, ArchiveFormat format)
    {
        await using var cluster = await StartAsync(name, format);
        using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}?archregx=d/&archmode=prefix");
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal("application/x-tar", get.Content.Headers.ContentType!.ToString());
        var tar = await get.Content.ReadAsByteArrayAsync(StoreFixture.Cancel);
        Assert.Equal([("d/b.txt", "BBBB"), ("d/c.jpg", "CC")], await TestArchives.ReadAsync(ArchiveFormat.Tar, tar));

        var all = await TestArchives.GetAsync(cluster, $"/v1/objects/b/{name}?archmode=regexp", ArchiveFormat.Tar);
        Assert.Equal(TestArchives.Some, all);
        using var none = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}?archregx=zzz&archmode=substr");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("archpath=a.txt&archmime=rar", 400, "ErrUnknownMime")]
    [InlineData("archpath=a.txt&archmime=zip", 400, "is not a valid .zip archive")]
    [InlineData("archpath=a.txt&archmime=application/x-tar", 200, "AAA")]
    [InlineData("archpath=a.txt&archmime=.tar", 200, "AAA")]
    [InlineData("archpath=a.txt&archregx=b", 400, "exclude each other")]
    [InlineData("archpath=a.txt&archmode=prefix", 400, "exclude each other")]
    [InlineData("archregx=a&archmode=fuzzy", 400, "invalid archmode")]
    [InlineData("archregx=(&archmode=regexp", 400, "invalid archregx")]
    [InlineData("archpath=../a.txt", 404, "does not exist")]
    public async Task WhatMakesNoSenseIsRefused(string query, int status, string text)
    {
        await using var cluster = await StartAsync("s.tar", ArchiveFormat.Tar);
        using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/s.tar?{query}");
        Assert.Equal(status, (int)get.StatusCode);
        Assert.Contains(text, await get.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APatternAloneIsIgnored()
    {
        await using var cluster = await StartAsync("s.tar", ArchiveFormat.Tar);
        Assert.Equal(
            TestArchives.Some, await TestArchives.GetAsync(cluster, "/v1/objects/b/s.tar?archregx=d/", ArchiveFormat.Tar));
    }

    [Fact]
    public async Task ARangeOfAFileInAnArchiveIsRefused()
    {
        await using var cluster = await StartAsync("s.tar", ArchiveFormat.Tar);
        using var get = await cluster.FollowAsync(
            HttpMethod.Get, "/v1/objects/b/s.tar?archpath=a.txt", null, ("Range", "bytes=0-1"));
        Assert.Equal(HttpStatusCode.BadRequest, get.StatusCode);
        Assert.Contains("ErrUnsupp", await get.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoArchiveIsRefused()
    {
        await using var cluster = await StartAsync("s.tar", ArchiveFormat.Tar);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/plain", [.. "just text"u8]);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/bad.tar", [.. Enumerable.Repeat((byte)7, 2000)]);
        foreach (var (name, text) in new[] { ("plain", "ErrUnknownMime"), ("bad.tar", "is not a valid .tar archive") })
        {
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}?archpath=a.txt");
            Assert.Equal(HttpStatusCode.BadRequest, get.StatusCode);
            Assert.Contains(text, await get.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        }
        using var missing = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/none.tar?archpath=a.txt");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task AnArchiveThatIsStillElsewhereIsReadThere()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var tar = await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some);
        for (var i = 0; i < 8; i++)
        {
            await TestArchives.PutAsync(cluster, $"/v1/objects/b/s{i}.tar", tar);
        }
        await cluster.AddTargetAsync();
        for (var i = 0; i < 8; i++)
        {
            using var one = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/s{i}.tar?archpath=d/b.txt");
            Assert.Equal("BBBB", await one.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal(4, one.Content.Headers.ContentLength);
            var some = await TestArchives.GetAsync(
                cluster, $"/v1/objects/b/s{i}.tar?archregx=.txt&archmode=suffix", ArchiveFormat.Tar);
            Assert.Equal([("a.txt", "AAA"), ("d/b.txt", "BBBB")], some);
            using var none = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/s{i}.tar?archpath=none");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
            using var wrong = await cluster.FollowAsync(
                HttpMethod.Get, $"/v1/objects/b/s{i}.tar?archpath=a.txt&archmime=zip");
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }
    }

    private static async Task<TestCluster> StartAsync(string name, ArchiveFormat format)
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        await TestArchives.PutAsync(
            cluster, $"/v1/objects/b/{name}", await TestArchives.MakeAsync(format, TestArchives.Some));
        return cluster;
    }
}
