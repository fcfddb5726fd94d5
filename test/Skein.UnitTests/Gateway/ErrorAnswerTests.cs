using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Skein.Core.Nodes;

namespace Skein.UnitTests.Gateway;

public sealed partial class ErrorAnswerTests
{
    [Theory]
    [InlineData("GET", "/v1/nope", 400, """{"message":"invalid request URI: 'GET /v1/nope'","method":"GET","url_path":"/v1/nope","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/", 400, """{"message":"invalid request URI: 'GET /'","method":"GET","url_path":"/","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1", 400, """{"message":"invalid request URI: 'GET /v1'","method":"GET","url_path":"/v1","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1/metasync", 400, """{"message":"invalid request URI: 'GET /v1/metasync'","method":"GET","url_path":"/v1/metasync","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1/objects/nobck/none", 404, """{"tcode":"ErrBckNotFound","message":"bucket \"ais://nobck\" does not exist","method":"GET","url_path":"/v1/objects/nobck/none","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":404}""")]
    [InlineData("GET", "/v1/objects/b", 400, """{"message":"URL 'v1/objects/b' is too short: expected 4 items, got 3","method":"GET","url_path":"/v1/objects/b","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1/cluster?what=nope", 400, """{"message":"unexpected query [what=nope]","method":"GET","url_path":"/v1/cluster","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1/daemon?what=mountpaths", 400, """{"message":"invalid GET /daemon request: unrecognized what=mountpaths","method":"GET","url_path":"/v1/daemon","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":400}""")]
    [InlineData("GET", "/v1/objects/nobck/%C3%A9%3C", 404, """{"tcode":"ErrBckNotFound","message":"bucket \"ais://nobck\" does not exist","method":"GET","url_path":"/v1/objects/nobck/é<","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":404}""")]
    public async Task TheBodyIsExact(string method, string target, int status, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, target, method);
        var head = RawHttp.Head(answer);
        Assert.StartsWith($"HTTP/1.1 {status} ", head[0], StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", head);
        Assert.Contains("X-Content-Type-Options: nosniff", head);
        var body = RawHttp.Body(answer);
        Assert.Equal(expected + "\n", Port().Replace(body, "\"remote_addr\":\"@\""));
    }

    [Fact]
    public async Task AHeadCarriesTheErrorInAHeader()
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, "/v1/objects/nobck/%C3%A9", "HEAD");
        Assert.Equal("", RawHttp.Body(answer));
        var head = RawHttp.Head(answer);
        Assert.Equal("HTTP/1.1 404 Not Found", head[0]);
        var error = Assert.Single(head, line => line.StartsWith("Hdr-Error: ", StringComparison.Ordinal));
        Assert.Equal(
            """Hdr-Error: {"tcode":"ErrBckNotFound","message":"bucket \"ais://nobck\" does not exist","method":"HEAD","url_path":"/v1/objects/nobck/\u00e9","remote_addr":"@","caller":"","node":"p[p0AISwire]","status":404}""",
            Port().Replace(error, "\"remote_addr\":\"@\""));
    }

    [Theory]
    [InlineData("PATCH", "/v1/objects/b/o", """{"value":{"k":"\ud800"}}""", "a string at byte")]
    [InlineData("POST", "/v1/buckets/b", """{"action":"\udfff"}""", "a string at byte")]
    [InlineData("POST", "/v1/daemon/mountpaths", """{"value":"/x"}""", "invalid action \"\"")]
    [InlineData("POST", "/v1/buckets/b", """{"action":7}""", "failed to unmarshal")]
    public async Task AMessageThatIsNoneIsRefused(string method, string target, string body, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        foreach (var node in cluster.Proxies.Concat(cluster.Targets))
        {
            using var answer = await cluster.SendAsync(new HttpMethod(method), node, target, body);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)answer.StatusCode is 400 or 307, $"{(int)answer.StatusCode}: {text}");
            if (node.Info.Role == NodeRole.Target && !target.StartsWith("/v1/buckets", StringComparison.Ordinal))
            {
                Assert.Contains(expected, JsonNode.Parse(text)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("OPTIONS", "/v1/objects/b/o", "HTTP/1.1 200 OK", "")]
    [InlineData("TRACE", "/v1/objects/b/o", "HTTP/1.1 405 Method Not Allowed", "Method Not Allowed")]
    [InlineData("TRACE", "/v1/buckets/b", "HTTP/1.1 405 Method Not Allowed", "Method Not Allowed")]
    [InlineData("PATCH", "/v1/daemon", "HTTP/1.1 405 Method Not Allowed", "Method Not Allowed")]
    public async Task WrongVerbsAreToldWhatIsAllowed(string method, string target, string status, string body)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, target, method);
        Assert.Equal(status, RawHttp.Head(answer)[0]);
        Assert.Contains(RawHttp.Head(answer), line => line.StartsWith("Allow: DELETE, GET", StringComparison.Ordinal));
        Assert.Equal(body, RawHttp.Body(answer));
    }

    [Theory]
    [InlineData("FOO", "/v1/objects/b/o", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/favicon.ico", "HTTP/1.1 200 OK")]
    [InlineData("GET", "/s3", "HTTP/1.1 501 Not Implemented")]
    [InlineData("GET", "/v1/objects/b/%zz", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/v1/objects/b/../c/o", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/v1/objects/b/%2e%2e/o", "HTTP/1.1 400 Bad Request")]
    [InlineData("PUT", "/v1/objects/b/dir/", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/v1/objects/b!/o", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/v1/objects/b/o?provider=AIS", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET", "/v1/objects/b/o?provider=s3", "HTTP/1.1 404 Not Found")]
    [InlineData("PUT", "/v1/health", "HTTP/1.1 200 OK")]
    [InlineData("GET", "/v1/health/x", "HTTP/1.1 200 OK")]
    [InlineData("GET", "//v1/health", "HTTP/1.1 200 OK")]
    [InlineData("GET", "/v1/reverse/metasync", "HTTP/1.1 400 Bad Request")]
    public async Task TheStatusIsAsAgreed(string method, string target, string status)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        Assert.Equal(status, RawHttp.Head(await RawHttp.GetAsync(cluster.Proxy.PublicUrl, target, method))[0]);
    }

    [Fact]
    public async Task ANameOfTenThousandBytesIsRefusedInJson()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var answer = await RawHttp.GetAsync(
            cluster.Proxy.PublicUrl, "/v1/objects/b/" + new string('x', 10_000), "PUT");
        Assert.Equal("HTTP/1.1 400 Bad Request", RawHttp.Head(answer)[0]);
        Assert.Contains("ErrInvalidObjName", RawHttp.Body(answer), StringComparison.Ordinal);
    }

    [GeneratedRegex("\"remote_addr\":\"127\\.0\\.0\\.1:[0-9]+\"")]
    private static partial Regex Port();
}
