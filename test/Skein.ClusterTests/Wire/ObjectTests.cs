using System.Net;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>PUT, GET, HEAD, PATCH and DELETE of objects as the protocol has them, through every proxy.</summary>
public sealed class ObjectTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly byte[] Hello = Encoding.UTF8.GetBytes("hello, wire\n");
    private const string HelloXxhash = "42e5a56599499d9c";

    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task EveryProxyStoresWhatEveryOtherProxyReads()
    {
        var bucket = await fixture.NewBucketAsync();
        foreach (var writer in fixture.Proxies)
        {
            for (var i = 0; i < 12; i++)
            {
                var content = Payloads.Bytes(1000 * i, i);
                (await Http.PutAsync(writer, $"{bucket}/dir/o{i}", content)).Succeeded();
                foreach (var reader in fixture.Proxies)
                {
                    var got = (await Http.GetAsync(reader, $"{bucket}/dir/o{i}")).Succeeded();
                    Assert.Equal(content, got.Body);
                }
            }
        }
    }

    [Fact]
    public async Task GetIsRedirectedToTheOwnerWithPermanentlyMoved()
    {
        var bucket = await fixture.NewBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/dir/hello.txt", Hello)).Succeeded();
        foreach (var proxy in fixture.Cluster.Proxies)
        {
            var reply = await Http.SendAsync(HttpMethod.Get, $"{proxy.Url}/v1/objects/{bucket}/dir/hello.txt");
            Assert.Equal(301, reply.Code);
            Assert.Equal("text/html; charset=utf-8", reply.Header("Content-Type"));
            var location = reply.Header("Location")!;
            Assert.Matches(
                $@"^http://127\.0\.0\.1:\d+/v1/objects/{bucket}/dir/hello\.txt\?pid={proxy.Id}&utm=\d+(&|$)", location);
            Assert.Contains(fixture.Cluster.Targets, target => location.StartsWith(target.Url, StringComparison.Ordinal));
            Assert.Equal(
                $"<a href=\"{location.Replace("&", "&amp;", StringComparison.Ordinal)}\">Moved Permanently</a>.\n\n",
                reply.Text);
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task OtherVerbsAreRedirectedTemporarily(string verb)
    {
        var bucket = await fixture.NewBucketAsync();
        foreach (var proxy in fixture.Cluster.Proxies)
        {
            var reply = await Http.SendAsync(
                new HttpMethod(verb), $"{proxy.Url}/v1/objects/{bucket}/o?provider=ais",
                verb == "PUT" ? Hello : verb == "PATCH" ? "{}"u8.ToArray() : null);
            Assert.Equal(307, reply.Code);
            Assert.Empty(reply.Body);
            Assert.Matches($@"/v1/objects/{bucket}/o\?provider=ais&pid={proxy.Id}&utm=\d+(&|$)", reply.Header("Location"));
            if (verb == "HEAD")
            {
                Assert.Equal("text/html; charset=utf-8", reply.Header("Content-Type"));
            }
            else
            {
                Assert.Equal("0", reply.Header("Content-Length"));
            }
        }
    }

    [Fact]
    public async Task PutAndGetCarryChecksumVersionAndAccessTime()
    {
        var bucket = await fixture.NewBucketAsync();
        var put = (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", Hello)).Succeeded();
        Assert.Equal("xxhash", put.Header("Ais-Checksum-Type"));
        Assert.Equal(HelloXxhash, put.Header("Ais-Checksum-Value"));
        Assert.Equal("1", put.Header("Ais-Version"));
        Assert.Matches(@"^\d{19}$", put.Header("Ais-Atime"));
        Assert.Empty(put.Body);

        var get = (await Http.GetAsync(fixture.Proxy, $"{bucket}/o")).Succeeded();
        Assert.Equal(Hello, get.Body);
        Assert.Equal(
            [
                "Ais-Atime", "Ais-Checksum-Type", "Ais-Checksum-Value", "Ais-Version", "Content-Length", "Content-Type",
                "Date",
            ],
            get.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("application/octet-stream", get.Header("Content-Type"));
        Assert.Equal(HelloXxhash, get.Header("Ais-Checksum-Value"));

        var again = (await Http.PutAsync(fixture.Proxies[1], $"{bucket}/o", "other"u8.ToArray())).Succeeded();
        Assert.Equal("2", again.Header("Ais-Version"));
    }

    [Fact]
    public async Task ThePutOfWhatIsThereAlreadyDoesNothing()
    {
        var bucket = await fixture.NewBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", Hello)).Succeeded();
        var again = (await Http.PutAsync(
            fixture.Proxy, $"{bucket}/o", Hello, ("ais-checksum-type", "xxhash"), ("ais-checksum-value", HelloXxhash)))
            .Succeeded();
        Assert.DoesNotContain(again.Headers.Keys, name => name.StartsWith("Ais-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("1", (await Http.HeadAsync(fixture.Proxy, $"{bucket}/o")).Header("Ais-Version"));
    }

    [Theory]
    [InlineData("bytes=0-3", "hell", "bytes 0-3/12")]
    [InlineData("bytes=7-", "wire\n", "bytes 7-11/12")]
    [InlineData("bytes=-5", "wire\n", "bytes 7-11/12")]
    [InlineData("bytes=-100", "hello, wire\n", "bytes 0-11/12")]
    [InlineData("bytes=4-100", "o, wire\n", "bytes 4-11/12")]
    [InlineData("bytes=11-11", "\n", "bytes 11-11/12")]
    public async Task RangesAreServed(string range, string expected, string contentRange)
    {
        var bucket = await fixture.NewBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", Hello)).Succeeded();
        foreach (var proxy in fixture.Proxies)
        {
            var reply = await Http.GetAsync(proxy, $"{bucket}/o", ("Range", range));
            Assert.Equal(206, reply.Code);
            Assert.Equal(expected, reply.Text);
            Assert.Equal(contentRange, reply.Header("Content-Range"));
            Assert.Equal("bytes", reply.Header("Accept-Ranges"));
            Assert.Equal(HelloXxhash, reply.Header("Ais-Checksum-Value"));
        }
    }

    [Fact]
    public async Task HeadDescribesTheObject()
    {
        var bucket = await fixture.NewBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/dir/hello.txt", Hello)).Succeeded();
        foreach (var proxy in fixture.Proxies)
        {
            var head = (await Http.HeadAsync(proxy, $"{bucket}/dir/hello.txt")).Succeeded();
            Assert.Equal("12", head.Header("Content-Length"));
            Assert.Equal("dir/hello.txt", head.Header("Ais-Name"));
            Assert.Equal(bucket, head.Header("Ais-Bucket-Name"));
            Assert.Equal("ais", head.Header("Ais-Bucket-Provider"));
            Assert.Equal("xxhash", head.Header("Ais-Checksum-Type"));
            Assert.Equal(HelloXxhash, head.Header("Ais-Checksum-Value"));
            Assert.Equal("1", head.Header("Ais-Mirror-Copies"));
            Assert.Equal("true", head.Header("Ais-Present"));
            Assert.Equal("1", head.Header("Ais-Version"));
            Assert.Matches(@"^t\[t\d-in-test\]:mp\[/.+\]$", head.Header("Ais-Location"));
            Assert.Matches(@"^\[/.+\]$", head.Header("Ais-Mirror-Paths"));
        }
    }

    [Fact]
    public async Task CustomMetadataIsKeptMergedAndReplaced()
    {
        var bucket = await fixture.NewBucketAsync();
        var redirect = await Http.SendAsync(HttpMethod.Put, $"{fixture.Proxy}/v1/objects/{bucket}/cm", Hello);
        var target = new Uri(redirect.Header("Location")!);
        var put = await RawHttp.ExchangeAsync(
            target.GetLeftPart(UriPartial.Authority),
            $"PUT {target.PathAndQuery} HTTP/1.1\r\nHost: h\r\nais-custom-md: a=1\r\nais-custom-md: b=2\r\nais-version: 77\r\n"
                + "Content-Length: 12\r\nConnection: close\r\n\r\n",
            Hello,
            halfClose: false);
        Assert.Equal(200, put.Code);
        Assert.Equal(["a=1", "b=2"], put.All("Ais-Custom-Md"));
        Assert.Equal("78", put.Header("Ais-Version"));
        Assert.Equal(["a=1", "b=2"], (await Http.GetAsync(fixture.Proxies[1], $"{bucket}/cm")).Headers["Ais-Custom-Md"]);

        (await PatchAsync(bucket, """{"c":"3","b":"9"}""")).Succeeded();
        Assert.Equal(["a=1", "b=9", "c=3"], await CustomAsync(bucket));
        (await PatchAsync(bucket, """{"d":"4"}""", "?set-new-custom=true")).Succeeded();
        Assert.Equal(["d=4"], await CustomAsync(bucket));
        (await PatchAsync(bucket, "null")).Succeeded();
        Assert.Equal(["d=4"], await CustomAsync(bucket));
        (await PatchAsync(bucket, "{}", "?set-new-custom=true")).Succeeded();
        Assert.Empty(await CustomAsync(bucket));
        Assert.Equal("78", (await Http.HeadAsync(fixture.Proxy, $"{bucket}/cm")).Header("Ais-Version"));
    }

    [Fact]
    public async Task DeleteRemovesForEverybody()
    {
        var bucket = await fixture.NewBucketAsync();
        foreach (var proxy in fixture.Proxies)
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", Hello)).Succeeded();
            var deleted = await Http.DeleteAsync(proxy, $"{bucket}/o");
            Assert.Equal((HttpStatusCode.OK, 0), (deleted.Status, deleted.Body.Length));
            foreach (var reader in fixture.Proxies)
            {
                Assert.Equal(404, (await Http.GetAsync(reader, $"{bucket}/o")).Code);
                Assert.Empty(await Http.ListAsync(reader, bucket));
            }
        }
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("q?uestion")]
    [InlineData("ha#sh")]
    [InlineData("per%cent")]
    [InlineData("a%2Fb as text")]
    [InlineData("plus+and&and=and;semi,comma")]
    [InlineData("ünï/cödé/日本語/🙂")]
    [InlineData("back\\slash")]
    [InlineData("quote\"'`")]
    [InlineData("a..b/..c/d..")]
    [InlineData("tab\tand\u0001control")]
    [InlineData("~/.hidden/x.")]
    public async Task NamesOfAllKindsComeBackAsTheyWere(string name)
    {
        var bucket = await fixture.NewBucketAsync();
        var escaped = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        foreach (var writer in fixture.Proxies)
        {
            var content = Encoding.UTF8.GetBytes(writer + name);
            (await Http.PutAsync(writer, $"{bucket}/{escaped}", content)).Succeeded();
            foreach (var reader in fixture.Proxies)
            {
                Assert.Equal(content, (await Http.GetAsync(reader, $"{bucket}/{escaped}")).Succeeded().Body);
                Assert.Equal([name], await Http.ListAsync(reader, bucket));
            }
        }
        (await Http.DeleteAsync(fixture.Proxy, $"{bucket}/{escaped}")).Succeeded();
        Assert.Empty(await Http.ListAsync(fixture.Proxy, bucket));
    }

    [Fact]
    public async Task ATargetServesReadsButNoChangesWithoutAProxy()
    {
        var bucket = await fixture.NewBucketAsync();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", Hello)).Succeeded();
        var path = $"/v1/objects/{bucket}/o";
        var location = (await Http.SendAsync(HttpMethod.Get, fixture.Proxy + path)).Header("Location")!;
        var target = fixture.Cluster.Targets.Single(node => location.StartsWith(node.Url, StringComparison.Ordinal));

        Assert.Equal(Hello, (await Http.SendAsync(HttpMethod.Get, target.Url + path)).Body);
        Assert.Equal(200, (await Http.SendAsync(HttpMethod.Head, target.Url + path)).Code);
        var put = await Http.SendAsync(HttpMethod.Put, target.Url + path, "x"u8.ToArray());
        Expect.Error(
            put, 400, null, $"t[{target.Id}]: PUT(obj) is expected to be redirected or replicated", "PUT", path,
            $"t[{target.Id}]");
        var delete = await Http.SendAsync(HttpMethod.Delete, target.Url + path);
        Expect.Error(
            delete, 400, null, $"t[{target.Id}]: DELETE(obj) is expected to be redirected", "DELETE", path,
            $"t[{target.Id}]");
        Assert.Equal(Hello, (await Http.GetAsync(fixture.Proxy, $"{bucket}/o")).Body);
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("none")]
    public async Task TheBucketDecidesWhichChecksumIsKept(string type)
    {
        var bucket = await fixture.NewBucketAsync($$$"""{"checksum":{"type":"{{{type}}}"}}""");
        var put = (await Http.PutAsync(
            fixture.Proxy, $"{bucket}/o", Hello, ("ais-checksum-type", "xxhash"), ("ais-checksum-value", HelloXxhash)))
            .Succeeded();
        var expected = type == "none" ? null : Convert.ToHexStringLower(Md5(Hello));
        Assert.Equal(expected, put.Header("Ais-Checksum-Value"));
        var get = await Http.GetAsync(fixture.Proxies[1], $"{bucket}/o");
        Assert.Equal(expected, get.Header("Ais-Checksum-Value"));
        Assert.Equal(type == "none" ? null : type, get.Header("Ais-Checksum-Type"));
    }

    private static byte[] Md5(byte[] bytes) =>
#pragma warning disable CA5351 // what the protocol has
        System.Security.Cryptography.MD5.HashData(bytes);
#pragma warning restore CA5351

    private Task<TestReply> PatchAsync(string bucket, string value, string query = "") =>
        Http.ActAsync(HttpMethod.Patch, $"{fixture.Proxy}/v1/objects/{bucket}/cm{query}", "", value);

    private async Task<IReadOnlyList<string>> CustomAsync(string bucket) =>
        (await Http.HeadAsync(fixture.Proxies[2], $"{bucket}/cm")).Succeeded()
            .Headers.GetValueOrDefault("Ais-Custom-Md") ?? [];
}
