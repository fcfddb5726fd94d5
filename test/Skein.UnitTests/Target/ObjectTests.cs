using System.Net;
using System.Text;
using System.Text.Json;
using Skein.Core.Wire;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

public sealed class ObjectTests
{
    private const string Hello = "hello, wire\n";
    private const string HelloXxHash = "42e5a56599499d9c";
    private const string Name = "/v1/objects/b/dir/hello.txt";

    [Fact]
    public async Task APutAnswersWhatWasStoredAndAGetGivesItBack()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        using var put = await cluster.FollowAsync(HttpMethod.Put, Name, Hello);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(0, put.Content.Headers.ContentLength);
        Assert.Equal(
            ["Ais-Atime", "Ais-Checksum-Type", "Ais-Checksum-Value", "Ais-Version", "Date"],
            put.Headers.NonValidated.Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.Equal("xxhash", put.Header("Ais-Checksum-Type"));
        Assert.Equal(HelloXxHash, put.Header("Ais-Checksum-Value"));
        Assert.Equal("1", put.Header("Ais-Version"));

        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal("application/octet-stream", get.Content.Headers.ContentType!.ToString());
        Assert.Equal(12, get.Content.Headers.ContentLength);
        Assert.Equal(put.Header("Ais-Atime"), get.Header("Ais-Atime"));
        Assert.Equal(HelloXxHash, get.Header("Ais-Checksum-Value"));
        Assert.Equal("1", get.Header("Ais-Version"));
        Assert.Equal(Hello, await get.Content.ReadAsStringAsync(StoreFixture.Cancel));

        using var again = await cluster.FollowAsync(HttpMethod.Put, Name, "other");
        Assert.Equal("2", again.Header("Ais-Version"));
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "bytes 0-3/12", "hell")]
    [InlineData("bytes=7-", 206, "bytes 7-11/12", "wire\n")]
    [InlineData("bytes=-5", 206, "bytes 7-11/12", "wire\n")]
    [InlineData("bytes=7-100", 206, "bytes 7-11/12", "wire\n")]
    [InlineData("bytes=-100", 206, "bytes 0-11/12", Hello)]
    [InlineData("bytes=0-0,", 206, "bytes 0-0/12", "h")]
    [InlineData("bytes=12-", 416, "bytes */12", "ErrRangeNotSatisfiable")]
    [InlineData("bytes=-0", 416, "bytes */12", "ErrRangeNotSatisfiable")]
    [InlineData("bytes=0-1,3-4", 416, "", "ErrUnsupp")]
    [InlineData("bytes=5-3", 416, "", "is invalid (end)")]
    [InlineData("bytes=a-b", 416, "", "is invalid (start)")]
    [InlineData("Bytes=0-1", 416, "", "is invalid (prefix)")]
    [InlineData("bytes=", 416, "", "is invalid (prefix)")]
    public async Task RangesAreCutOrRefused(string range, int status, string contentRange, string body)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name, null, ("Range", range));
        Assert.Equal(status, (int)get.StatusCode);
        Assert.Equal(contentRange, get.Header("Content-Range"));
        var text = await get.Content.ReadAsStringAsync(StoreFixture.Cancel);
        if (status == 206)
        {
            Assert.Equal(body, text);
            Assert.Equal("bytes", get.Header("Accept-Ranges"));
            Assert.Equal(HelloXxHash, get.Header("Ais-Checksum-Value"));
        }
        else
        {
            Assert.Contains(body, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnyRangeOfAnEmptyObjectIsUnsatisfiable()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name)).Dispose();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name, null, ("Range", "bytes=0-"));
        Assert.Equal(416, (int)get.StatusCode);
        Assert.Equal("bytes */0", get.Header("Content-Range"));
    }

    [Fact]
    public async Task TheChecksumOfARangeIsTheRangesWhereTheBucketAsksForIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b", """{"checksum":{"type":"md5","enable_read_range":true}}""");
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name, null, ("Range", "bytes=0-4"));
        Assert.Equal("md5", get.Header("Ais-Checksum-Type"));
        Assert.Equal("5d41402abc4b2a76b9719d911017c592", get.Header("Ais-Checksum-Value"));
    }

    [Fact]
    public async Task AHeadTellsEverything()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(
            HttpMethod.Put, "/v1/objects/b/%C3%A9", Hello, ("Ais-Custom-Md", "b=2"))).Dispose();
        using var head = await cluster.FollowAsync(HttpMethod.Head, "/v1/objects/b/%C3%A9");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(12, head.Content.Headers.ContentLength);
        Assert.Equal("é", head.Header("Ais-Name"));
        Assert.Equal("b", head.Header("Ais-Bucket-Name"));
        Assert.Equal("ais", head.Header("Ais-Bucket-Provider"));
        Assert.Equal("b=2", head.Header("Ais-Custom-Md"));
        Assert.Equal("1", head.Header("Ais-Mirror-Copies"));
        Assert.Equal("true", head.Header("Ais-Present"));
        var path = head.Header("Ais-Mirror-Paths").Trim('[', ']');
        Assert.StartsWith($"t[t0AISwire]:mp[{path}, ", head.Header("Ais-Location"), StringComparison.Ordinal);
        Assert.Equal("", head.Header("Ais-Bucket-Namespace-Name"));
    }

    [Theory]
    [InlineData("0", 200, true)]
    [InlineData("1", 200, false)]
    [InlineData("2", 200, true)]
    [InlineData("3", 200, false)]
    [InlineData("4", 200, true)]
    [InlineData("5", 400, false)]
    [InlineData("77", 200, true)]
    [InlineData("x", 400, false)]
    public async Task PresenceIsAskedFor(string presence, int status, bool props)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var head = await cluster.FollowAsync(HttpMethod.Head, $"{Name}?presence={presence}");
        Assert.Equal(status, (int)head.StatusCode);
        Assert.Equal(props ? "1" : "", head.Header("Ais-Version"));
        using var missing = await cluster.FollowAsync(HttpMethod.Head, $"{Name}x?presence={presence}");
        Assert.Equal(presence == "x" ? 400 : 404, (int)missing.StatusCode);
    }

    [Theory]
    [InlineData("xxhash", HelloXxHash, 200)]
    [InlineData("xxhash2", HelloXxHash, 200)]
    [InlineData("xxhash", "0000000000000000", 400)]
    [InlineData("xxhash", "42E5A56599499D9C", 400)]
    [InlineData("md5", "ad6a9a1ad5e0c5c3bbdcdaf2ddc4e6b4", 400)]
    [InlineData("none", "0", 200)]
    [InlineData("crc64", "0", 400)]
    public async Task ADeclaredChecksumIsVerified(string type, string value, int status)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        using var put = await cluster.FollowAsync(
            HttpMethod.Put, Name, Hello, ("Ais-Checksum-Type", type), ("Ais-Checksum-Value", value));
        Assert.Equal(status, (int)put.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(status == 200 ? 200 : 404, (int)get.StatusCode);
        if (type == "xxhash" && status == 400)
        {
            var error = await ErrorAsync(put);
            Assert.Equal("ErrBadCksum", error.TypeCode);
            Assert.Equal(
                $"BAD DATA CHECKSUM: xxhash({value} != {HelloXxHash}) (context: o[b/dir/hello.txt])", error.Message);
        }
    }

    [Fact]
    public async Task PuttingTheSameBytesAgainChangesNothing()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (string, string)[] declared = [("Ais-Checksum-Type", "xxhash"), ("Ais-Checksum-Value", HelloXxHash)];
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello, declared)).Dispose();
        using var again = await cluster.FollowAsync(HttpMethod.Put, Name, Hello, declared);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(["Date"], again.Headers.NonValidated.Select(header => header.Key));
        using var skipping = await cluster.FollowAsync(HttpMethod.Put, $"{Name}?skip_vc=true", Hello, declared);
        Assert.Equal("2", skipping.Header("Ais-Version"));
    }

    [Fact]
    public async Task AClientMayGiveThePreviousVersion()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        using var put = await cluster.FollowAsync(HttpMethod.Put, Name, Hello, ("Ais-Version", "77"));
        Assert.Equal("78", put.Header("Ais-Version"));
    }

    [Fact]
    public async Task CustomMetadataIsStoredMergedAndReplaced()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var target = cluster.Targets[0].PublicUrl;
        await RawHttp.ExchangeAsync(
            target,
            $"PUT {Name}?utm=1 HTTP/1.1\nHost: h\nConnection: close\nContent-Length: 0\n"
                + "Ais-Custom-Md: b=2\nais-custom-md: a=1=x\n\n");
        Assert.Equal(["a=1=x", "b=2"], await CustomAsync(cluster));
        using (var merged = await PatchAsync(cluster, """{"value":{"c":"3","b":"9"}}"""))
        {
            Assert.Equal(HttpStatusCode.OK, merged.StatusCode);
        }
        Assert.Equal(["a=1=x", "b=9", "c=3"], await CustomAsync(cluster));
        (await PatchAsync(cluster, """{"action":"","value":null}""")).Dispose();
        Assert.Equal(["a=1=x", "b=9", "c=3"], await CustomAsync(cluster));
        (await PatchAsync(cluster, """{"value":{"z":"1"}}""", "?set-new-custom=true")).Dispose();
        Assert.Equal(["z=1"], await CustomAsync(cluster));
        (await PatchAsync(cluster, """{"value":{}}""", "?set-new-custom=true")).Dispose();
        Assert.Empty(await CustomAsync(cluster));
        using var bad = await PatchAsync(cluster, """{"value":{"a":1}}""");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using var missing = await cluster.FollowAsync(HttpMethod.Patch, Name + "x", """{"value":{"a":"1"}}""");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task ADeletedObjectIsGone()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var deleted = await cluster.FollowAsync(HttpMethod.Delete, Name);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        using var again = await cluster.FollowAsync(HttpMethod.Delete, Name);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        var error = await ErrorAsync(again);
        Assert.Null(error.TypeCode);
        Assert.Equal("ais://b/dir/hello.txt doesn't exist", error.Message);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("t[t0AISwire]: ais://b/dir/hello.txt does not exist", (await ErrorAsync(get)).Message);
    }

    [Fact]
    public async Task ABodyCutShortStoresNothing()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var answer = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            $"PUT {Name}?utm=1 HTTP/1.1\nHost: h\nContent-Length: 100\n\nonly this",
            halfClose: true);
        Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        var chunked = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            $"PUT {Name}?utm=1 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5\nhello\n",
            halfClose: true);
        Assert.DoesNotContain("200 OK", chunked, StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
    }

    [Fact]
    public async Task AMalformedChunkIsTheClientsError()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var answer = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            $"PUT {Name}?utm=1 HTTP/1.1\nHost: h\nConnection: close\nTransfer-Encoding: chunked\n\nzz\nhello\n0\n\n");
        Assert.StartsWith("HTTP/1.1 400 Bad Request", answer, StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
    }

    [Fact]
    public async Task AChunkedBodyIsStored()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var answer = await RawHttp.ExchangeAsync(
            cluster.Targets[0].PublicUrl,
            $"PUT {Name}?utm=1 HTTP/1.1\nHost: h\nConnection: close\nTransfer-Encoding: chunked\n\n"
                + "5\nhello\n6\n, wire\n0\n\n");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("hello, wire", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task ALargeObjectGoesInAndOut()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        var text = new string('x', 3_000_000) + "end";
        using var put = await cluster.FollowAsync(HttpMethod.Put, Name, text);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(text, await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        using var tail = await cluster.FollowAsync(HttpMethod.Get, Name, null, ("Range", "bytes=-3"));
        Assert.Equal("end", await tail.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Theory]
    [InlineData("PUT", 400, "t[t0AISwire]: PUT(obj) is expected to be redirected or replicated")]
    [InlineData("DELETE", 400, "t[t0AISwire]: DELETE(obj) is expected to be redirected")]
    [InlineData("GET", 200, "")]
    [InlineData("HEAD", 200, "")]
    public async Task ATargetTakesChangesOnlyThroughAProxy(string method, int status, string message)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var answer = await cluster.SendAsync(new HttpMethod(method), cluster.Targets[0], Name);
        Assert.Equal(status, (int)answer.StatusCode);
        if (message.Length != 0)
        {
            Assert.Equal(message, (await ErrorAsync(answer)).Message);
        }
    }

    [Theory]
    [InlineData("GET", "?etl_name=x")]
    [InlineData("PUT", "?etl_name=x")]
    [InlineData("PUT", "?object_to=ais%2F%40%23%2Fb%2Fc&etl_name=x")]
    public async Task ATransformationIsRefusedAndNotIgnored(string method, string query)
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using var answer = await cluster.FollowAsync(new HttpMethod(method), Name + query, method == "PUT" ? "" : null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("the operation requires Kubernetes", (await ErrorAsync(answer)).Message);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(Hello, await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task AccessAttributesForbidWritesButNotReads()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        (await cluster.FollowAsync(HttpMethod.Put, Name, Hello)).Dispose();
        using (var set = await cluster.SendAsync(
            HttpMethod.Patch, cluster.Proxy, "/v1/buckets/b", """{"action":"set-bprops","value":{"access":"2"}}"""))
        {
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        }
        using var put = await cluster.FollowAsync(HttpMethod.Put, Name, Hello);
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        var error = await ErrorAsync(put);
        Assert.Equal("ErrBucketAccessDenied", error.TypeCode);
        Assert.Equal("bucket ais://b(0x1): PUT access denied (allowed: [HEAD-OBJECT])", error.Message);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
    }

    [Fact]
    public async Task BucketsThatDifferInTheNamespaceOnlyAreTwo()
    {
        await using var cluster = await TestCluster.WithBucketAsync();
        await cluster.CreateBucketAsync("b", query: "?namespace=%23ns1");
        (await cluster.FollowAsync(HttpMethod.Put, Name, "one")).Dispose();
        (await cluster.FollowAsync(HttpMethod.Put, Name + "?namespace=%23ns1", "two")).Dispose();
        using var one = await cluster.FollowAsync(HttpMethod.Get, Name);
        using var two = await cluster.FollowAsync(HttpMethod.Get, Name + "?namespace=%23ns1");
        Assert.Equal("one", await one.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.Equal("two", await two.Content.ReadAsStringAsync(StoreFixture.Cancel));
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name + "?namespace=%23ns1");
        Assert.Equal("ns1", head.Header("Ais-Bucket-Namespace-Name"));
    }

    private static Task<HttpResponseMessage> PatchAsync(TestCluster cluster, string body, string query = "") =>
        cluster.FollowAsync(HttpMethod.Patch, Name + query, body);

    private static async Task<string[]> CustomAsync(TestCluster cluster)
    {
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name);
        return head.Headers.NonValidated.TryGetValues("Ais-Custom-Md", out var values) ? [.. values] : [];
    }

    private static async Task<WireError> ErrorAsync(HttpResponseMessage answer) => JsonSerializer.Deserialize(
        await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
}
