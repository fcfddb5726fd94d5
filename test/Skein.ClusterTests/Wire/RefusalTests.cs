using System.Globalization;
using System.Text;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>
/// Requests that make no sense get the protocol's status and JSON error, from every proxy, and change nothing: neither
/// an object nor a bucket, and the cluster metadata has the version that it had.
/// </summary>
public sealed class RefusalTests(RefusalTests.Filled filled) : IClassFixture<RefusalTests.Filled>
{
    private const string Checksum = "42e5a56599499d9c";
    private static readonly string Long = new('n', 10_000);
    private static readonly string LongPath = string.Join('/', Enumerable.Repeat(new string('p', 99), 100));

    private TestHttp Http => filled.Cluster.Http;

    [Theory]
    [InlineData("../x")]
    [InlineData("%2e%2e/x")]
    [InlineData("%2E%2e%2Fx")]
    [InlineData("dir/../../../x")]
    [InlineData("dir/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("..")]
    [InlineData("dir/..")]
    [InlineData("dir/..%2f..%2fx")]
    [InlineData("a../x")]
    [InlineData("slash/")]
    [InlineData("long")]
    [InlineData("long path")]
    public Task NamesThatAreNoneAreRefusedForEveryVerb(string name) => filled.UnchangedAsync(async proxy =>
    {
        name = name switch { "long" => Long, "long path" => LongPath, _ => name };
        foreach (var verb in new[] { "GET", "HEAD", "PUT", "DELETE", "PATCH" })
        {
            var target = "/v1/objects/b/" + name;
            var reply = verb == "PUT"
                ? await RawHttp.PutAsync(proxy.Url, target, "x"u8.ToArray(), 1)
                : await RawHttp.SendAsync(proxy.Url, verb, target);
            var json = verb == "HEAD" ? reply.Header("Hdr-Error") ?? "" : reply.Body;
            Assert.True(reply.Code == 400, $"{verb} {name}: {reply.StatusLine} {json}");
            Assert.Contains("\"tcode\":\"ErrInvalidObjName\",\"message\":\"invalid object name", json, StringComparison.Ordinal);
            Assert.Contains("\"status\":400}", json, StringComparison.Ordinal);
        }
    });

    [Theory]
    [InlineData("/v1/objects/../../../etc/passwd", "GET")]
    [InlineData("/v1/objects/%2e%2e/%2e%2e/etc/passwd", "GET")]
    [InlineData("/v1/objects/%2e%2e/x", "PUT")]
    [InlineData("/v1/objects/a..b/x", "PUT")]
    [InlineData("/v1/objects/b%20d/x", "GET")]
    [InlineData("/v1/objects/b%2Fo/x", "PUT")]
    [InlineData("/v1/objects/./x", "PUT")]
    [InlineData("/v1/objects/b%25/x", "PUT")]
    [InlineData("/v1/buckets/..", "HEAD")]
    [InlineData("/v1/buckets/b%c3%a4", "GET")]
    public Task BucketNamesThatAreNoneAreRefused(string target, string verb) => filled.UnchangedAsync(async proxy =>
    {
        var reply = await RawHttp.SendAsync(proxy.Url, verb, target);
        Assert.Equal(400, reply.Code);
        var json = reply.Header("Hdr-Error") ?? reply.Body;
        Assert.Matches("\"message\":\"bucket name .* is invalid: may only contain letters, numbers, dashes", json);
    });

    [Theory]
    [InlineData("b@d")]
    [InlineData("b..d")]
    [InlineData(".")]
    [InlineData("b d")]
    [InlineData("256")]
    public Task BucketsWithBadNamesAreNotCreated(string name) => filled.UnchangedAsync(async proxy =>
    {
        var escaped = name == "256" ? new string('a', 256) : name.Replace(" ", "%20", StringComparison.Ordinal);
        var body = """{"action":"create-bck"}"""u8.ToArray();
        var reply = await RawHttp.ExchangeAsync(
            proxy.Url,
            $"POST /v1/buckets/{escaped} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n",
            body, halfClose: false);
        Assert.Equal(400, reply.Code);
        Assert.Contains("\"message\":\"bucket name", reply.Body, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("/v1/objects/b/%00")]
    [InlineData("/v1/objects/b/nul%00inside")]
    [InlineData("/v1/objects/b%00/x")]
    public Task TheCharacterNulIsRefusedByTheServerItself(string target) => filled.UnchangedAsync(async proxy =>
    {
        foreach (var verb in new[] { "GET", "HEAD", "PUT", "DELETE" })
        {
            Assert.Equal(400, (await RawHttp.SendAsync(proxy.Url, verb, target)).Code);
        }
    });

    [Theory]
    [InlineData("GET", "nobck/none", "ais://nobck")]
    [InlineData("PUT", "nobck/none", "ais://nobck")]
    [InlineData("HEAD", "nobck/none", "ais://nobck")]
    [InlineData("DELETE", "nobck/none", "ais://nobck")]
    [InlineData("PATCH", "nobck/none", "ais://nobck")]
    [InlineData("PUT", "b/none?namespace=%23ns", "ais://#ns/b")]
    [InlineData("GET", "b/none?provider=ais&namespace=%23ns", "ais://#ns/b")]
    public Task ObjectsOfUnknownBucketsAre404(string verb, string target, string shown) =>
        filled.UnchangedAsync(async proxy =>
        {
            byte[]? body = verb switch
            {
                "PUT" => new byte[300_000],
                "PATCH" => """{"action":"","value":{"a":"b"}}"""u8.ToArray(),
                _ => null,
            };
            var reply = await Http.SendAsync(new HttpMethod(verb), $"{proxy.Url}/v1/objects/{target}", body);
            Expect.Error(
                reply, 404, "ErrBckNotFound", $"bucket \"{shown}\" does not exist", verb,
                "/v1/objects/" + target.Split('?')[0], $"p[{proxy.Id}]");
        });

    [Theory]
    [InlineData("HEAD", "")]
    [InlineData("GET", """{"action":"list","value":{}}""")]
    [InlineData("DELETE", """{"action":"destroy-bck"}""")]
    [InlineData("PATCH", """{"action":"set-bprops","value":{"versioning":{"enabled":false}}}""")]
    [InlineData("PATCH", """{"action":"reset-bprops"}""")]
    [InlineData("POST", """{"action":"no-such-action"}""")]
    public Task CallsOnUnknownBucketsAre404(string verb, string body) => filled.UnchangedAsync(async proxy =>
    {
        var reply = await Http.SendAsync(
            new HttpMethod(verb), proxy.Url + "/v1/buckets/nob", body.Length == 0 ? null : Encoding.UTF8.GetBytes(body));
        Assert.Equal(404, reply.Code);
        Assert.Equal("ErrBckNotFound", reply.Error.GetProperty("tcode").GetString());
        Assert.Equal("bucket \"ais://nob\" does not exist", reply.Error.GetProperty("message").GetString());
    });

    [Fact]
    public Task ABucketThatExistsIsNotCreatedAgain() => filled.UnchangedAsync(async proxy =>
    {
        var reply = await Http.CreateAsync(proxy.Url, "b", """{"checksum":{"type":"md5"}}""");
        Assert.Equal(409, reply.Code);
        Assert.Equal("ErrBucketAlreadyExists", reply.Error.GetProperty("tcode").GetString());
        Assert.Equal("bucket \"ais://b\" already exists", reply.Error.GetProperty("message").GetString());
        Assert.Equal("/v1/buckets/b", reply.Error.GetProperty("url_path").GetString());
    });

    [Theory]
    [InlineData("GET", "ErrNotFound", "t[{0}]: ais://b/none does not exist")]
    [InlineData("HEAD", "ErrNotFound", "t[{0}]: ais://b/none does not exist")]
    [InlineData("DELETE", null, "ais://b/none doesn't exist")]
    public Task MissingObjectsAre404(string verb, string? typeCode, string message) => filled.UnchangedAsync(async proxy =>
    {
        var reply = await Http.FollowAsync(new HttpMethod(verb), proxy.Url + "/v1/objects/b/none");
        var owner = filled.Cluster.Targets.Single(target => reply.Url.StartsWith(target.Url, StringComparison.Ordinal));
        Expect.Error(
            reply, 404, typeCode, string.Format(CultureInfo.InvariantCulture, message, owner.Id), verb,
            "/v1/objects/b/none", $"t[{owner.Id}]");
    });

    [Fact]
    public Task AMissingObjectIsNotPatchedIntoBeing() => filled.UnchangedAsync(async proxy =>
    {
        var reply = await Http.ActAsync(HttpMethod.Patch, proxy.Url + "/v1/objects/b/none", "", """{"a":"b"}""");
        Assert.Equal(404, reply.Code);
        Assert.Contains("ais://b/none", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("xxhash", "0000000000000000", $"xxhash(0000000000000000 != {Checksum})")]
    [InlineData("xxhash2", "0000000000000000", $"xxhash(0000000000000000 != {Checksum})")]
    [InlineData("xxhash", "42E5A56599499D9C", $"xxhash(42E5A56599499D9C != {Checksum})")]
    [InlineData("xxhash", "", $"xxhash( != {Checksum})")]
    [InlineData("crc32c", "00000000", "crc32c(00000000 != ")]
    public Task WrongChecksumsAreRefused(string type, string value, string message) => filled.UnchangedAsync(async proxy =>
    {
        foreach (var name in new[] { "o", "new-object" })
        {
            var reply = await Http.PutAsync(
                proxy.Url, "b/" + name, "hello, wire\n"u8.ToArray(), ("ais-checksum-type", type),
                ("ais-checksum-value", value));
            Assert.Equal(400, reply.Code);
            Assert.Equal("ErrBadCksum", reply.Error.GetProperty("tcode").GetString());
            var text = reply.Error.GetProperty("message").GetString()!;
            Assert.StartsWith(
                "BAD DATA CHECKSUM: " + message.Replace("xxhash2", "xxhash", StringComparison.Ordinal),
                text,
                StringComparison.Ordinal);
            Assert.EndsWith($" (context: o[b/{name}])", text, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task AnUnknownChecksumTypeIsRefused() => filled.UnchangedAsync(async proxy =>
    {
        var reply = await Http.PutAsync(
            proxy.Url, "b/o", "x"u8.ToArray(), ("ais-checksum-type", "crc99"), ("ais-checksum-value", "12"));
        Assert.Equal(400, reply.Code);
        Assert.Contains("crc99", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("bytes=12-", "ErrRangeNotSatisfiable", "object size = 12, range [12-] not satisfiable", "bytes */12")]
    [InlineData("bytes=99-100", "ErrRangeNotSatisfiable", "object size = 12, range [99-100] not satisfiable", "bytes */12")]
    [InlineData("bytes=-0", "ErrRangeNotSatisfiable", "object size = 12, range [-0] not satisfiable", "bytes */12")]
    [InlineData("bytes=0-1,3-4", "ErrUnsupp", "cannot multi-range read ais://b/o - operation not supported", null)]
    [InlineData("bytes=5-3", null, "read range \"bytes=5-3\" is invalid (end)", null)]
    [InlineData("bytes=a-b", null, "read range \"bytes=a-b\" is invalid (start)", null)]
    [InlineData("bytes=", null, "read range \"bytes=\" is invalid (prefix)", null)]
    [InlineData("items=0-1", null, "read range \"items=0-1\" is invalid (prefix)", null)]
    [InlineData("bytes=99999999999999999999-", null, "read range \"bytes=99999999999999999999-\" is invalid (start)", null)]
    public Task BadRangesAre416(string range, string? typeCode, string message, string? contentRange) =>
        filled.UnchangedAsync(async proxy =>
        {
            var reply = await Http.GetAsync(proxy.Url, "b/o", ("Range", range));
            var got = reply.Error.TryGetProperty("tcode", out var tcode) ? tcode.GetString() : null;
            Assert.Equal(
                (416, message, contentRange),
                (reply.Code, reply.Error.GetProperty("message").GetString(), reply.Header("Content-Range")));
            if (typeCode is not null)
            {
                Assert.Equal(typeCode, got);
            }
        });

    [Fact]
    public Task ABodyThatIsCutShortLeavesNothing() => filled.UnchangedAsync(async proxy =>
    {
        foreach (var name in new[] { "o", "cut-short" })
        {
            var redirect = await Http.SendAsync(HttpMethod.Put, $"{proxy.Url}/v1/objects/b/{name}", "x"u8.ToArray());
            var target = new Uri(redirect.Header("Location")!);
            var node = target.GetLeftPart(UriPartial.Authority);
            foreach (var sent in new[] { 0, 1, 5_000, 299_999 })
            {
                var reply = await RawHttp.PutAsync(node, target.PathAndQuery, new byte[sent], 300_000);
                Assert.Equal((500, "application/json"), (reply.Code, reply.Header("Content-Type")));
                Assert.Contains("\"message\":\"unexpected EOF", reply.Body, StringComparison.Ordinal);
                Assert.EndsWith("\"status\":500}\n", reply.Body, StringComparison.Ordinal);
            }
            var chunked = await RawHttp.ExchangeAsync(
                node,
                $"PUT {target.PathAndQuery} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "5\r\nhello\r\nffff\r\nand no more",
                [], halfClose: true);
            Assert.Equal(500, chunked.Code);
            var mangled = await RawHttp.ExchangeAsync(
                node,
                $"PUT {target.PathAndQuery} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + "5\r\nhello\r\nzz\r\n",
                [], halfClose: false);
            Assert.Equal(400, mangled.Code);
        }
    });

    [Theory]
    [InlineData("POST", "/v1/buckets/new", "")]
    [InlineData("POST", "/v1/buckets/new", "{")]
    [InlineData("POST", "/v1/buckets/new", "[]")]
    [InlineData("POST", "/v1/buckets/new", "\"create-bck\"")]
    [InlineData("POST", "/v1/buckets/new", """{"action":5}""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck"} and more""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck","value":{"checksum":{"type":"crc99"}}}""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck","value":{"checksum":5}}""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck","value":{"mirror":{"copies":200,"enabled":true}}}""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck","value":{"created":"1"}}""")]
    [InlineData("POST", "/v1/buckets/new", """{"action":"create-bck","value":{"bid":"1"}}""")]
    [InlineData("POST", "/v1/buckets/new?provider=AIS", """{"action":"create-bck"}""")]
    [InlineData("POST", "/v1/buckets/new?namespace=ns1", """{"action":"create-bck"}""")]
    [InlineData("POST", "/v1/buckets/b", """{"action":"no-such-action"}""")]
    [InlineData("POST", "/v1/buckets", """{"action":"create-bck"}""")]
    [InlineData("DELETE", "/v1/buckets/b", "")]
    [InlineData("DELETE", "/v1/buckets/b", """{"action":"destroy"}""")]
    [InlineData("DELETE", "/v1/buckets", """{"action":"destroy-bck"}""")]
    [InlineData("PATCH", "/v1/buckets/b", "nonsense")]
    [InlineData("PATCH", "/v1/buckets/b", """{"action":"set"}""")]
    [InlineData("PATCH", "/v1/buckets/b", """{"action":"set-bprops","value":{"versioning":{"enabled":"perhaps"}}}""")]
    [InlineData("PATCH", "/v1/buckets/b", """{"action":"set-bprops","value":{"checksum":{"type":"crc99"}}}""")]
    [InlineData("GET", "/v1/buckets/b", "{")]
    [InlineData("GET", "/v1/buckets/b", """{"action":"list","value":{"pagesize":-1}}""")]
    [InlineData("GET", "/v1/buckets/b", """{"action":"list","value":{"pagesize":99999999999999999999}}""")]
    [InlineData("GET", "/v1/buckets/b", """{"action":"list","value":{"prefix":"../"}}""")]
    [InlineData("GET", "/v1/buckets/b", """{"action":"list","value":{"target":"nobody"}}""")]
    [InlineData("GET", "/v1/buckets/b", """{"action":"nonsense"}""")]
    [InlineData("GET", "/v1/objects/b", "")]
    [InlineData("PUT", "/v1/objects/b", "x")]
    [InlineData("DELETE", "/v1/objects/b/", "")]
    [InlineData("PATCH", "/v1/objects/b/o", "")]
    [InlineData("PATCH", "/v1/objects/b/o", "{{}")]
    [InlineData("PATCH", "/v1/objects/b/o", """{"value":{"a":1}}""")]
    [InlineData("PATCH", "/v1/objects/b/o", """{"value":["a"]}""")]
    [InlineData("POST", "/v1/objects/b/o", """{"action":"nonsense"}""")]
    [InlineData("GET", "/v1/objects/b/o?provider=AIS", "")]
    [InlineData("GET", "/v1/objects/b/o?namespace=ns1", "")]
    [InlineData("GET", "/v1/objects/b/%zz", "")]
    [InlineData("GET", "/v1/daemon?what=nonsense", "")]
    [InlineData("GET", "/v1/cluster?what=nonsense", "")]
    public Task NonsenseIs400WithAJsonError(string verb, string path, string body) => filled.UnchangedAsync(async proxy =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var reply = await SendRawFollowingAsync(proxy.Url, verb, path, bytes);
        Assert.True(reply.Code == 400, $"{reply.StatusLine} {reply.Body}");
        Assert.Equal(("application/json", "nosniff"), (reply.Header("Content-Type"), reply.Header("X-Content-Type-Options")));
        Assert.Matches(
            "^{(\"tcode\":\"\\w+\",)?\"message\":\"[^\"].+\",\"method\":\"" + verb
            + "\",\"url_path\":\"/v1/.*\"status\":400}\n$", reply.Body);
    });

    [Fact]
    public Task ABodyWithoutEndIsNotReadForEver() => filled.UnchangedAsync(async proxy =>
    {
        // A megabyte is announced where a small message is expected; nothing of it is needed for the answer.
        var reply = await RawHttp.ExchangeAsync(
            proxy.Url,
            "POST /v1/buckets/new HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n",
            new byte[100_000], halfClose: false);
        Assert.Equal(400, reply.Code);
    });

    private static async Task<RawReply> SendRawFollowingAsync(string node, string verb, string path, byte[] body)
    {
        var reply = await ExchangeAsync(node, verb, path, body);
        if (reply.Code is not (301 or 307))
        {
            return reply;
        }
        var to = new Uri(reply.Header("Location")!);
        return await ExchangeAsync(to.GetLeftPart(UriPartial.Authority), verb, to.PathAndQuery, body);

        static Task<RawReply> ExchangeAsync(string node, string verb, string path, byte[] body) => RawHttp.ExchangeAsync(
            node, $"{verb} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n", body,
            halfClose: false);
    }

    /// <summary>A cluster with some content, and a way to see whether anything of it has changed.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        public InProcessCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Cluster = await InProcessCluster.StartAsync(3, 3, 2);
            var http = Cluster.Http;
            (await http.CreateAsync(Cluster.Url, "b")).Succeeded();
            (await http.CreateAsync(Cluster.Url, "b2?namespace=%23n")).Succeeded();
            (await http.PutAsync(Cluster.Url, "b/o", "hello, wire\n"u8.ToArray())).Succeeded();
            (await http.PutAsync(Cluster.Url, "b/dir/o2", new byte[1000])).Succeeded();
            (await http.PutAsync(Cluster.Url, "b2/o3?namespace=%23n", new byte[10])).Succeeded();
        }

        public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

        /// <summary>Does something once with every proxy; fails when anything that a client can see has changed.</summary>
        public async Task UnchangedAsync(Func<InProcessNode, Task> act)
        {
            var before = await SnapshotAsync();
            foreach (var proxy in Cluster.Proxies)
            {
                await act(proxy);
            }
            Assert.Equal(before, await SnapshotAsync());
        }

        private async Task<string> SnapshotAsync()
        {
            var http = Cluster.Http;
            var text = new StringBuilder();
            foreach (var node in Cluster.Nodes)
            {
                var metadata = (await http.SendAsync(HttpMethod.Get, node.Url + "/v1/daemon?what=bmd")).Succeeded();
                text.AppendLine(CultureInfo.InvariantCulture, $"{node.Id} {metadata.Text}");
            }
            foreach (var proxy in Cluster.Proxies)
            {
                foreach (var bucket in new[] { "b", "b2?namespace=%23n" })
                {
                    var page = await http.ListPageAsync(
                        proxy.Url, bucket, """{"props":"name,size,checksum,version,custom"}""");
                    text.AppendLine(page.Succeeded().Json.GetProperty("entries").GetRawText());
                }
            }
            text.Append((await http.GetAsync(Cluster.Url, "b/o")).Succeeded().Text);
            text.AppendLine((await http.HeadAsync(Cluster.Url, "b/o")).Headers.GetValueOrDefault("Ais-Custom-Md")?[0]);
            return text.ToString();
        }
    }
}
