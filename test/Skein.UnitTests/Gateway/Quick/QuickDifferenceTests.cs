using System.Text;

namespace Skein.UnitTests.Gateway.Quick;

/// <summary>Whatever is sent, the quick way answers what the ordinary one does, byte for byte.</summary>
public sealed class QuickDifferenceTests(QuickFixture fixture) : IClassFixture<QuickFixture>
{
    /// <summary>A last request after which the server closes.</summary>
    internal const string Last = "GET /v1/nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private const string Marks = "pid=p0AISwire&utm=1700000000000000000&stamp=1.0.1&rid=0123456789abcdef";

    internal static readonly string[] Targets =
    [
        "/v1/objects/b/small", "/v1/objects/b/dir/sub/middle", "/v1/objects/b/empty", "/v1/objects/b/large",
        "/v1/objects/b/custom", "/v1/objects/b/tagged", "/v1/objects/b/missing", "/v1/objects/nobucket/small",
        "/v1/objects/b/small?provider=ais", "/v1/objects/b/small?provider=ais&" + Marks, "/v1/objects/b/small?" + Marks,
        "/v1/objects/b/small?stamp=9.9.9", "/v1/objects/b/small?stamp=x", "/v1/objects/b/small?utm=1&utm=2",
        "/v1/objects/b/small?provider=gcp", "/v1/objects/b/small?archpath=x", "/v1/objects/b/small?", "/v1/objects/b/small?&",
        "/v1/objects/b/%73mall", "/v1/objects/b/", "/v1/objects/b", "/v1/objects/b//small", "/v1/objects/b/dir/../small",
        "/v1/objects/b/./small", "//v1/objects/b/small", "/v1/objects/b/small#x", "/v1/objects/b/small/", "/v1/health",
        "/v1/objects/b/s\u00e4", "/v1/objects/b/small?provider=", "/v1/objects/b/small?latest-ver=true",
        "http://h/v1/objects/b/small", "*", "/v1/objects/b/small x",
    ];

    internal static readonly string[] Headers =
    [
        "", "User-Agent: test/1\r\n", "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\n", "Connection: keep-alive\r\n",
        "connection: Keep-Alive\r\naccept:*/*\r\n", "Range: bytes=1-3\r\n", "If-None-Match: \"x\"\r\n", "X-Request-Id: mine\r\n",
        "Content-Length: 0\r\n", "Origin: http://127.0.0.1:1\r\n", "X-Custom: y\r\n", "Accept: a\x01b\r\n", "Accept : x\r\n",
        " folded\r\n", "Bad Header\r\n", ": empty\r\n", "Host: second\r\n", "Accept: x\n", "Accept: \r\n",
        "User-Agent: \u00fc\r\n",
        "Ais-Caller-Id: t1\r\n", "Expect: 100-continue\r\n", "Transfer-Encoding: chunked\r\n", "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n", "Cookie: a=b\r\n", "Accept: x\r\r\n",
    ];

    internal static readonly string[] Hosts =
    [
        "Host: h\r\n", "host: 127.0.0.1:8080\r\n", "", "Host: \r\n", "Host: a b\r\n", "Host: h:x\r\n", "Host: h/\r\n",
        "HOST:h\r\n", "Host: [::1]:80\r\n", "Host: h:123456\r\n", "Host: \th\r\n",
    ];

    [Fact]
    public async Task Plain_reads_are_answered_quickly_and_alike()
    {
        string[] plain = ["small", "dir/sub/middle", "empty", "large", "custom"];
        var before = fixture.Answered;
        var marks = Marks.Replace("1.0.1", $"{fixture.Target.Metadata.Current.Stamp}", StringComparison.Ordinal);
        foreach (var name in plain)
        {
            await fixture.SameAsync($"GET /v1/objects/b/{name} HTTP/1.1\r\nHost: h\r\n\r\n{Last}");
            await fixture.SameAsync(
                $"GET /v1/objects/b/{name}?provider=ais&{marks} HTTP/1.1\r\nHost: 127.0.0.1:1\r\nUser-Agent: x\r\n"
                    + $"Accept: */*\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n{Last}");
        }
        Assert.Equal(before + (2 * plain.Length), fixture.Answered);
        Assert.NotEqual(0, fixture.Files.Count);
    }

    [Fact]
    public async Task Every_target_and_every_header_is_answered_alike()
    {
        foreach (var target in Targets)
        {
            await fixture.SameAsync($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n{Last}");
        }
        foreach (var header in Headers)
        {
            await fixture.SameAsync($"GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n{header}\r\n{Last}", closes: true);
        }
        foreach (var host in Hosts)
        {
            await fixture.SameAsync($"GET /v1/objects/b/small HTTP/1.1\r\n{host}\r\n{Last}");
        }
    }

    [Theory]
    [InlineData("GET /v1/objects/b/small HTTP/1.0\r\nHost: h\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("get /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET  /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/1.1 \r\nHost: h\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/1.1\nHost: h\n\n")]
    [InlineData("\r\nGET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/2.0\r\nHost: h\r\n\r\n")]
    [InlineData("HEAD /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    public async Task Odd_request_lines_and_bodies_are_answered_alike(string request)
    {
        await fixture.SameAsync(request + Last);
        await fixture.SameAsync($"GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n{request}{Last}");
        await fixture.SameAsync(request + Last, piece: 1);
    }

    [Fact]
    public async Task Pipelined_and_mixed_requests_are_answered_in_their_order()
    {
        const string Put = "PUT /v1/objects/b/put?pid=p0AISwire&utm=1 HTTP/1.1\r\nHost: h\r\n";
        var mix = new StringBuilder();
        for (var i = 0; i < 40; i++)
        {
            mix.Append("GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("GET /v1/objects/b/missing HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("HEAD /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("GET /v1/objects/b/large HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("GET /v1/objects/b/dir/sub/middle HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        await fixture.SameAsync(mix + Last);
        await fixture.SameAsync(mix + Last, piece: 1000);
        await fixture.SameAsync(mix + Last, piece: 37);
        var puts = $"{Put}Content-Length: 3\r\n\r\nabcGET /v1/objects/b/put HTTP/1.1\r\nHost: h\r\n\r\n"
            + $"GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n"
            + $"{Put}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n"
            + $"{Put}Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabcGET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n";
        foreach (var piece in new[] { 0, 1, 50 })
        {
            var answer = await QuickFixture.ExchangeAsync(fixture.Direct, puts + Last, piece);
            Assert.Equal(8, answer.Split("HTTP/1.1 ").Length - 1 - answer.Split("100 Continue").Length + 1);
            Assert.Equal(3, answer.Split("\r\n\r\nhello").Length - 1);
            Assert.Contains("\r\n\r\nabc", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_in_pieces_is_answered_alike()
    {
        const string Get = "GET /v1/objects/b/custom?provider=ais HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n";
        foreach (var piece in new[] { 1, 2, 7, 64 })
        {
            await fixture.SameAsync(Get + Get + Last, piece);
        }
        await fixture.SameAsync(Get, closes: true);
        await fixture.SameAsync(Get[..20], closes: true);
        await fixture.SameAsync("", closes: true);
        await fixture.SameAsync(Get + Get[..30], closes: true);
    }

    [Fact]
    public async Task Long_heads_are_answered_alike()
    {
        var value = new string('x', 200_000);
        await fixture.SameAsync($"GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\nX-Long: {value}\r\n\r\n{Last}");
        await fixture.SameAsync($"GET /v1/objects/b/{value} HTTP/1.1\r\nHost: h\r\n\r\n{Last}", piece: 10_000);
        await fixture.SameAsync($"GET /v1/objects/b/small?x={value} HTTP/1.1\r\nHost: h\r\nAccept: {value}\r\n\r\n{Last}");
    }

    [Fact]
    public async Task Requests_at_random_are_answered_alike()
    {
        const int Seed = 7141;
        var random = new Random(Seed);
        for (var round = 0; round < 150; round++)
        {
            var text = new StringBuilder();
            for (var left = random.Next(1, 4); left > 0; left--)
            {
                text.Append("GET ").Append(random.Next(2) == 0 ? Targets[0] : Pick(Targets)).Append(" HTTP/1.1\r\n");
                text.Append(random.Next(4) == 0 ? Pick(Hosts) : Hosts[0]);
                for (var more = random.Next(3); more > 0; more--)
                {
                    text.Append(random.Next(2) == 0 ? Headers[2] : Pick(Headers));
                }
                text.Append("\r\n");
            }
            var request = text.Append(Last).ToString();
            if (random.Next(3) == 0)
            {
                var at = random.Next(request.Length);
                request = $"{request[..at]}{(char)random.Next(256)}{request[(at + random.Next(2))..]}";
            }
            await fixture.SameAsync(request, random.Next(4) == 0 ? random.Next(1, 200) : 0, closes: true);
        }

        string Pick(string[] from) => from[random.Next(from.Length)];
    }
}
