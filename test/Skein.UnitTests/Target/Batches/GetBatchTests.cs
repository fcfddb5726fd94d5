using System.Net;
using System.Text;
using System.Text.Json;
using Skein.Core.Archives;
using Skein.Core.Wire;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;
using Skein.UnitTests.Target.Archives;

namespace Skein.UnitTests.Target.Batches;

public sealed class GetBatchTests
{
    private const int Objects = 24;

    [Theory]
    [InlineData("", ArchiveFormat.Tar, "application/x-tar")]
    [InlineData(".tgz", ArchiveFormat.Tgz, "application/x-tar")]
    [InlineData("tar.lz4", ArchiveFormat.TarLz4, "application/x-tar")]
    [InlineData(".zip", ArchiveFormat.Zip, "application/zip")]
    public async Task ManyObjectsComeAsOneArchiveInTheOrderOfTheRequest(string mime, ArchiveFormat format, string type)
    {
        await using var cluster = await StartAsync(3);
        var names = Enumerable.Range(0, Objects).Select(i => (i * 5) % Objects).ToList();
        var entries = string.Join(',', names.Select(i => $$"""{"objname":"o{{i}}"}"""));
        using var answer = await cluster.FollowAsync(
            HttpMethod.Get, "/v1/ml/moss/b", $$"""{"in":[{{entries}}],"mime":"{{mime}}","strm":true}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            names.Select(i => ($"b/o{i}", $"content {i}")),
            await TestArchives.ReadAsync(format, await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel)));
    }

    [Fact]
    public async Task AProxySendsToATargetWith307AndEachTargetHasItsTurn()
    {
        await using var cluster = await StartAsync(3);
        var seen = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await cluster.SendAsync(
                HttpMethod.Get, cluster.Proxy, "/v1/ml/moss/b?provider=ais", """{"in":[{"objname":"o1"}],"strm":true}""");
            Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
            var location = answer.Headers.Location!;
            Assert.StartsWith("/v1/ml/moss/b?provider=ais&pid=p0AISwire&utm=", location.PathAndQuery, StringComparison.Ordinal);
            seen.Add(location.Authority);
        }
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task WithColocationTheOwnerOfMostAnswers()
    {
        await using var cluster = await StartAsync(3);
        using var where = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/objects/b/o3");
        for (var i = 0; i < 3; i++)
        {
            using var answer = await cluster.SendAsync(
                HttpMethod.Get, cluster.Proxy, "/v1/ml/moss/b", """{"in":[{"objname":"o3"}],"strm":true,"coloc":1}""");
            Assert.Equal(where.Headers.Location!.Authority, answer.Headers.Location!.Authority);
        }
    }

    [Fact]
    public async Task RangesFilesInArchivesAndOtherBucketsAreServed()
    {
        await using var cluster = await StartAsync(3);
        await cluster.CreateBucketAsync("c");
        await TestArchives.PutAsync(cluster, "/v1/objects/c/x", [.. "in c"u8]);
        for (var turn = 0; turn < 3; turn++)
        {
            var files = await BatchAsync(cluster, "/v1/ml/moss/b", """
                {"strm":true,"in":[{"objname":"o7","start":2,"length":3},{"objname":"o7","start":8,"length":-1},
                {"objname":"s.tar","archpath":"d/b.txt"},{"objname":"s.zip","archpath":"d/b.txt","start":1,"length":2},
                {"objname":"s.tar","archpath":"d/b.txt","start":3,"length":-1},
                {"objname":"x","bucket":"c"},{"objname":"x","uname":"ais/@#/c"},{"objname":"x","bucket":"c","provider":"ais"}]}
                """);
            Assert.Equal(
                [
                    ("b/o7", "nte"), ("b/o7", "7"), ("b/s.tar/d/b.txt", "BBBB"), ("b/s.zip/d/b.txt", "BB"),
                    ("b/s.tar/d/b.txt", "B"), ("c/x", "in c"), ("c/x", "in c"), ("c/x", "in c"),
                ],
                files);
            Assert.Equal(
                [("o1", "content 1"), ("s.tar/a.txt", "AAA")],
                await BatchAsync(cluster, "/v1/ml/moss", """
                    {"strm":true,"onob":true,"in":[{"objname":"o1","bucket":"b"},
                    {"objname":"s.tar","bucket":"b","archpath":"a.txt"}]}
                    """));
        }
    }

    [Fact]
    public async Task WhatIsMissingIsAnEmptyFileWhenTheClientGoesOn()
    {
        await using var cluster = await StartAsync(3);
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(
                [
                    ("b/o1", "content 1"), ("__404__/b/none", ""), ("__404__/b/s.tar/none", ""),
                    ("__404__/b/none.tar/x", ""), ("b/o2", "content 2"),
                ],
                await BatchAsync(cluster, "/v1/ml/moss/b", """
                    {"strm":true,"coer":true,"in":[{"objname":"o1"},{"objname":"none"},
                    {"objname":"s.tar","archpath":"none"},{"objname":"none.tar","archpath":"x"},{"objname":"o2"}]}
                    """));
        }
    }

    [Theory]
    [InlineData("""{"strm":true,"in":[{"objname":"o1"},{"objname":"none"}]}""", 404, "ais://b/none does not exist")]
    [InlineData("""{"in":[{"objname":"s.tar","archpath":"no"}]}""", 404, "(archpath=no) in ais://b/s.tar does not exist")]
    [InlineData("""{"strm":true,"in":[{"objname":"o1","start":3}]}""", 416, "ErrRangeNotSatisfiable")]
    [InlineData("""{"strm":true,"in":[{"objname":"o1","start":3,"length":99}]}""", 416, "ErrRangeNotSatisfiable")]
    [InlineData("""{"strm":true,"in":[{"objname":"o1","start":99,"length":-1}]}""", 416, "ErrRangeNotSatisfiable")]
    [InlineData("""{"strm":true,"in":[]}""", 400, "0 entries")]
    [InlineData("""{"strm":true}""", 400, "0 entries")]
    [InlineData("""{"strm":true,"in":[{"objname":"../x"}]}""", 400, "ErrInvalidObjName")]
    [InlineData("""{"strm":true,"in":[{"objname":"o1","bucket":"none"}]}""", 404, "ErrBckNotFound")]
    [InlineData("""{"strm":true,"mime":"rar","in":[{"objname":"o1"}]}""", 400, "ErrUnknownMime")]
    [InlineData("""{"strm":true,"coloc":3,"in":[{"objname":"o1"}]}""", 400, "invalid coloc")]
    [InlineData("", 400, "EOF")]
    [InlineData("nonsense", 400, "failed to unmarshal")]
    public async Task WhatCannotBeServedIsRefusedBeforeTheFirstByte(string body, int status, string text)
    {
        await using var cluster = await StartAsync(2);
        for (var turn = 0; turn < 2; turn++)
        {
            using var answer = await cluster.FollowAsync(HttpMethod.Get, "/v1/ml/moss/b", body);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatTurnsOutToBeMissingLaterBreaksTheAnswer()
    {
        await using var cluster = await StartAsync(2);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/big", new byte[4 << 20]);
        var entries = string.Join(',', Enumerable.Repeat("""{"objname":"big"}""", 12));
        var body = $$"""{"strm":true,"in":[{{entries}},{"objname":"none"}]}""";
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var answer = await cluster.FollowAsync(HttpMethod.Get, "/v1/ml/moss/b", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel);
        });
        // Described before it is sent, it is told in time.
        using var described = await cluster.FollowAsync(
            HttpMethod.Get, "/v1/ml/moss/b", body.Replace("\"strm\":true,", "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, described.StatusCode);
    }

    [Fact]
    public async Task ADescriptionComesBeforeTheArchive()
    {
        await using var cluster = await StartAsync(3);
        using var answer = await cluster.FollowAsync(HttpMethod.Get, "/v1/ml/moss/b", """
            {"coer":true,"mime":".tar","in":[{"objname":"o1","opaque":"aWQ-MQ=="},{"objname":"none"},
            {"objname":"s.tar","archpath":"a.txt"}]}
            """);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var type = answer.Content.Headers.ContentType!;
        Assert.Equal("multipart/mixed", type.MediaType);
        var boundary = type.Parameters.Single(parameter => parameter.Name == "boundary").Value!;
        var body = await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel);
        var parts = Encoding.Latin1.GetString(body).Split($"--{boundary}");
        Assert.Equal(["", "--\r\n"], [parts[0], parts[^1]]);
        Assert.Equal(4, parts.Length);
        Assert.Contains("name=\"metadata\"", parts[1], StringComparison.Ordinal);
        Assert.Contains("name=\"archive\"", parts[2], StringComparison.Ordinal);
        var json = parts[1][(parts[1].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var description = JsonSerializer.Deserialize(json, WireJsonContext.Default.BatchDescription)!;
        Assert.Equal([9L, 0, 3], description.Outcomes.Select(outcome => outcome.Size));
        Assert.Equal(["o1", "none", "s.tar"], description.Outcomes.Select(outcome => outcome.ObjectName));
        Assert.Equal("aWQ-MQ==", description.Outcomes[0].Opaque);
        Assert.Contains("does not exist", description.Outcomes[1].Error, StringComparison.Ordinal);
        Assert.Equal("a.txt", description.Outcomes[2].ArchivePath);
        Assert.Null(description.Outcomes[2].Error);
        var start = parts[2].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var tar = Encoding.Latin1.GetBytes(parts[2][start..^2]);
        Assert.Equal(
            [("b/o1", "content 1"), ("__404__/b/none", ""), ("b/s.tar/a.txt", "AAA")],
            await TestArchives.ReadAsync(ArchiveFormat.Tar, tar));
    }

    [Fact]
    public async Task WhatIsStillElsewhereIsFound()
    {
        await using var cluster = await StartAsync(1);
        await cluster.AddTargetAsync();
        var entries = string.Join(',', Enumerable.Range(0, Objects).Select(i => $$"""{"objname":"o{{i}}"}"""));
        for (var turn = 0; turn < 2; turn++)
        {
            Assert.Equal(
                [.. Enumerable.Range(0, Objects).Select(i => ($"b/o{i}", $"content {i}")), ("b/s.tar/a.txt", "AAA"),
                    ("b/s.zip/a.txt", "AA")],
                await BatchAsync(cluster, "/v1/ml/moss/b", $$"""
                    {"strm":true,"in":[{{entries}},{"objname":"s.tar","archpath":"a.txt"},
                    {"objname":"s.zip","archpath":"a.txt","start":1,"length":2}]}
                    """));
        }
    }

    [Fact]
    public async Task OtherVerbsAndPathsAreRefused()
    {
        await using var cluster = await StartAsync(1);
        using var put = await cluster.SendAsync(HttpMethod.Put, cluster.Proxy, "/v1/ml/moss/b", "{}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        using var other = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/ml/other");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    private static async Task<List<(string Name, string Text)>> BatchAsync(TestCluster cluster, string path, string body)
    {
        using var answer = await cluster.FollowAsync(HttpMethod.Get, path, body);
        var bytes = await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(bytes));
        return await TestArchives.ReadAsync(ArchiveFormat.Tar, bytes);
    }

    private static async Task<TestCluster> StartAsync(int targets)
    {
        var cluster = await TestCluster.StartAsync(targets: targets);
        await cluster.CreateBucketAsync("b");
        for (var i = 0; i < Objects; i++)
        {
            await TestArchives.PutAsync(cluster, $"/v1/objects/b/o{i}", Encoding.UTF8.GetBytes($"content {i}"));
        }
        await TestArchives.PutAsync(
            cluster, "/v1/objects/b/s.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some));
        await TestArchives.PutAsync(
            cluster, "/v1/objects/b/s.zip", await TestArchives.MakeAsync(ArchiveFormat.Zip, TestArchives.Some));
        return cluster;
    }
}
