using System.Net;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Actions;

public sealed class MultipartTests
{
    private const string Name = "/v1/objects/b/big";

    [Fact]
    public async Task PartsInAnyOrderBecomeTheObject()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        var id = await BeginAsync(cluster, ("Ais-Custom-Md", "k=v"));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(cluster, id, 2, "two,"));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(cluster, id, 3, ""));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(cluster, id, 1, "wrong"));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(cluster, id, 1, "one,"));
        using (var head = await cluster.FollowAsync(HttpMethod.Head, Name))
        {
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
        using var done = await CompleteAsync(cluster, id, """[{"part-number":1,"etag":""},{"part-number":2},{"part-number":3}]""");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("one,two,", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
        Assert.Equal("1", get.Header("Ais-Version"));
        using var again = await CompleteAsync(cluster, id, """[{"part-number":1}]""");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(cluster, id, 1, "late"));
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("{}", 400)]
    [InlineData("[1]", 400)]
    [InlineData("""[{"part-number":1}]""", 501)]
    [InlineData("""[{"part-number":2}]""", 501)]
    [InlineData("""[{"part-number":0},{"part-number":1}]""", 400)]
    [InlineData("""[{"part-number":2},{"part-number":1}]""", 400)]
    [InlineData("""[{"part-number":1},{"part-number":2},{"part-number":3}]""", 400)]
    [InlineData("""[{"part-number":1,"etag":"00000000000000000000000000000000"},{"part-number":2}]""", 400)]
    [InlineData("""[{"Part-Number":1,"ETag":"\"0cc175b9c0f1b6a831c399e269772661\""},{"part-number":2}]""", 200)]
    public async Task TheListMustBeWhatWasUploaded(string list, int status)
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        var id = await BeginAsync(cluster);
        await PutAsync(cluster, id, 1, "a");
        await PutAsync(cluster, id, 2, "b");
        using var answer = await CompleteAsync(cluster, id, list);
        Assert.Equal(status, (int)answer.StatusCode);
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name);
        Assert.Equal(status == 200 ? HttpStatusCode.OK : HttpStatusCode.NotFound, head.StatusCode);
        if (status != 200)
        {
            using var right = await CompleteAsync(cluster, id, """[{"part-number":1},{"part-number":2}]""");
            Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        }
    }

    [Fact]
    public async Task AnUploadIsGivenUp()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        var id = await BeginAsync(cluster);
        await PutAsync(cluster, id, 1, "a");
        using var aborted = await cluster.FollowAsync(
            HttpMethod.Delete, $"{Name}?uploadId={id}", """{"action":"mpt-abort"}""");
        Assert.Equal(HttpStatusCode.OK, aborted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(cluster, id, 2, "b"));
        using var done = await CompleteAsync(cluster, id, """[{"part-number":1}]""");
        Assert.Equal(HttpStatusCode.NotFound, done.StatusCode);
        using var twice = await cluster.FollowAsync(HttpMethod.Delete, $"{Name}?uploadId={id}");
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
    }

    [Theory]
    [InlineData("uploadId=x&partNumber=1", 404)]
    [InlineData("uploadId=0123456789abcdef01234567-t0AISwire&partNumber=1", 404)]
    [InlineData("uploadId=0123456789abcdef01234567-t9&partNumber=1", 400)]
    [InlineData("uploadId=0123456789abcdef01234567-t0AISwire&partNumber=0", 400)]
    [InlineData("uploadId=0123456789abcdef01234567-t0AISwire&partNumber=10001", 400)]
    [InlineData("uploadId=0123456789abcdef01234567-t0AISwire&partNumber=a", 400)]
    [InlineData("uploadId=0123456789abcdef01234567-t0AISwire", 400)]
    [InlineData("partNumber=1", 404)]
    [InlineData("partNumber=1&append_type=append", 400)]
    [InlineData("uploadId=..%2F..%2F..%2F..%2F..%2F..-t0AISwire&partNumber=1", 404)]
    public async Task BadPartsAreRefused(string query, int status)
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        using var answer = await cluster.FollowAsync(HttpMethod.Put, $"{Name}?{query}", "x");
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task AWrongChecksumOfAPartIsRefused()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        var id = await BeginAsync(cluster);
        using var wrong = await cluster.FollowAsync(
            HttpMethod.Put, $"{Name}?uploadId={id}&partNumber=1", "x", ("Ais-Checksum-Type", "xxhash"),
            ("Ais-Checksum-Value", "0000000000000000"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var done = await CompleteAsync(cluster, id, """[{"part-number":1}]""");
        Assert.Equal(HttpStatusCode.BadRequest, done.StatusCode);
    }

    [Fact]
    public async Task ManyPartsAtATimeAndAnotherOwnerAtTheEnd()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        for (var round = 0; round < 4; round++)
        {
            var name = $"/v1/objects/b/big{round}";
            using var begun = await cluster.FollowAsync(HttpMethod.Post, name, """{"action":"mpt-upload"}""");
            var id = await begun.Content.ReadAsStringAsync(StoreFixture.Cancel);
            var parts = await Task.WhenAll(Enumerable.Range(1, 12).Select(number => cluster.FollowAsync(
                HttpMethod.Put, $"{name}?uploadId={id}&partNumber={number}", new string((char)('a' + number), 70_000))));
            Assert.All(parts, part => Assert.Equal(HttpStatusCode.OK, part.StatusCode));
            if (round == 1)
            {
                await cluster.AddTargetAsync();
            }
            var list = string.Join(',', Enumerable.Range(1, 12).Select(number => $$"""{"part-number":{{number}}}"""));
            using var done = await cluster.FollowAsync(
                HttpMethod.Post, $"{name}?uploadId={id}", $$"""{"action":"mpt-complete","value":[{{list}}]}""");
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
            using var get = await cluster.FollowAsync(HttpMethod.Get, name);
            var text = await get.Content.ReadAsStringAsync(StoreFixture.Cancel);
            Assert.Equal(12 * 70_000, text.Length);
            Assert.Equal("bcdefghijklm", string.Concat(text.Where((_, i) => i % 70_000 == 0)));
        }
    }

    private static async Task<string> BeginAsync(TestCluster cluster, params (string, string)[] headers)
    {
        using var answer = await cluster.FollowAsync(HttpMethod.Post, Name, """{"action":"mpt-upload"}""", headers);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
    }

    private static async Task<HttpStatusCode> PutAsync(TestCluster cluster, string id, int number, string bytes)
    {
        using var answer = await cluster.FollowAsync(HttpMethod.Put, $"{Name}?uploadId={id}&partNumber={number}", bytes);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> CompleteAsync(TestCluster cluster, string id, string list) =>
        cluster.FollowAsync(
            HttpMethod.Post, $"{Name}?uploadId={id}", $$"""{"action":"mpt-complete","value":{{list}}}""");
}
