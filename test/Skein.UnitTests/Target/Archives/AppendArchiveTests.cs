using System.Net;
using Skein.Core.Archives;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class AppendArchiveTests
{
    public static TheoryData<string, ArchiveFormat> Formats { get; } = new()
    {
        { "s.tar", ArchiveFormat.Tar },
        { "s.tgz", ArchiveFormat.Tgz },
        { "s.zip", ArchiveFormat.Zip },
        { "s.tar.lz4", ArchiveFormat.TarLz4 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task AFileIsAddedAtTheEnd(string name, ArchiveFormat format)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var path = $"/v1/objects/b/{name}";
        await TestArchives.PutAsync(cluster, path, await TestArchives.MakeAsync(format, TestArchives.Some));
        using var append = await AppendAsync(cluster, path, "new/x.txt", "appended", "1");
        Assert.Equal(HttpStatusCode.OK, append.StatusCode);
        Assert.Equal(0, append.Content.Headers.ContentLength);
        Assert.DoesNotContain(append.Headers, header => header.Key.StartsWith("Ais-", StringComparison.Ordinal));
        (await AppendAsync(cluster, path, "y", "", "2")).Dispose();
        Assert.Equal(
            [.. TestArchives.Some, ("new/x.txt", "appended"), ("y", "")],
            await TestArchives.GetAsync(cluster, path, format));
        using var head = await cluster.FollowAsync(HttpMethod.Head, path);
        Assert.Equal("3", head.Headers.NonValidated["Ais-Version"].ToString());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task AnArchiveIsCreated(string name, ArchiveFormat format)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var path = $"/v1/objects/b/{name}";
        using var missing = await AppendAsync(cluster, path, "x", "1", "1");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        (await AppendAsync(cluster, path, "x", "2", "2")).Dispose();
        Assert.Equal([("x", "2")], await TestArchives.GetAsync(cluster, path, format));
        (await AppendAsync(cluster, path, "x", "3", null)).Dispose();
        Assert.Equal([("x", "3")], await TestArchives.GetAsync(cluster, path, format));
        (await AppendAsync(cluster, path, "x", "4", "0")).Dispose();
        Assert.Equal([("x", "4")], await TestArchives.GetAsync(cluster, path, format));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task OfManyAppendsAtOnceAllTakeEffect(string name, ArchiveFormat format)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var path = $"/v1/objects/b/{name}";
        await TestArchives.PutAsync(cluster, path, await TestArchives.MakeAsync(format, TestArchives.Some));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var answer = await AppendAsync(cluster, path, $"n{i}", $"text {i}", i % 2 == 0 ? "1" : "2");
            return answer.StatusCode;
        }));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(
            TestArchives.Some.Concat(Enumerable.Range(0, 4).Select(i => ($"n{i}", $"text {i}"))).Order(),
            (await TestArchives.GetAsync(cluster, path, format)).Order());
    }

    [Theory]
    [InlineData("s.tar", "../e", "1", 400, "invalid archpath")]
    [InlineData("s.tar", "/e", "1", 400, "invalid archpath")]
    [InlineData("s.tar", "e", "x", 400, "invalid Ais-Pine")]
    [InlineData("s.tar", "e", "3", 400, "invalid Ais-Pine")]
    [InlineData("s.txt", "e", "0", 400, "ErrUnknownMime")]
    [InlineData("s.txt", "e", "2", 400, "ErrUnknownMime")]
    [InlineData("s.tar", "e&archmime=rar", "1", 400, "ErrUnknownMime")]
    [InlineData("bad.tar", "e", "1", 400, "is not a valid .tar archive")]
    public async Task WhatMakesNoSenseIsRefusedAndChangesNothing(
        string name, string archpath, string pine, int status, string text)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var tar = await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/s.tar", tar);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/bad.tar", [.. Enumerable.Repeat((byte)7, 2000)]);
        using var answer = await AppendAsync(cluster, $"/v1/objects/b/{name}", archpath, "text", pine);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        Assert.Equal(
            TestArchives.Some, await TestArchives.GetAsync(cluster, "/v1/objects/b/s.tar", ArchiveFormat.Tar));
    }

    [Fact]
    public async Task TheLengthHasToBeSaid()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var answer = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            "PUT /v1/objects/b/s.tar?archpath=x&utm=1 HTTP/1.1\nHost: h\nConnection: close\nTransfer-Encoding: chunked\n\n"
                + "2\nab\n0\n\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("missing \\\"Content-Length\\\" in the request", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyThatIsCutShortChangesNothing()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        await TestArchives.PutAsync(
            cluster, "/v1/objects/b/s.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some));
        var answer = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            "PUT /v1/objects/b/s.tar?archpath=x&utm=1 HTTP/1.1\nHost: h\nais-pine: 1\nContent-Length: 100\n\nabc",
            halfClose: true);
        Assert.DoesNotContain(" 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(
            TestArchives.Some, await TestArchives.GetAsync(cluster, "/v1/objects/b/s.tar", ArchiveFormat.Tar));
    }

    [Fact]
    public async Task AnEmptyPathIsAnOrdinaryPut()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        using var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/s.tar?archpath=", "text");
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/s.tar");
        Assert.Equal("text", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task AnArchiveThatIsStillElsewhereIsFetchedFirst()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        for (var i = 0; i < 8; i++)
        {
            await TestArchives.PutAsync(
                cluster, $"/v1/objects/b/s{i}.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some));
        }
        await cluster.AddTargetAsync();
        for (var i = 0; i < 8; i++)
        {
            using var append = await AppendAsync(cluster, $"/v1/objects/b/s{i}.tar", "x", "new", "1");
            Assert.Equal(HttpStatusCode.OK, append.StatusCode);
            Assert.Equal(
                [.. TestArchives.Some, ("x", "new")],
                await TestArchives.GetAsync(cluster, $"/v1/objects/b/s{i}.tar", ArchiveFormat.Tar));
        }
    }

    private static Task<HttpResponseMessage> AppendAsync(
        TestCluster cluster, string path, string archpath, string text, string? pine) =>
        cluster.FollowAsync(
            HttpMethod.Put, $"{path}?archpath={archpath}", text, pine is null ? [] : [("ais-pine", pine)]);
}
