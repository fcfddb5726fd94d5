using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CsCheck;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Fuzz;

/// <summary>
/// Requests that are wrong in many ways: each gets a right answer, nothing is changed by what is refused, and the node goes
/// on. <c>./dev fuzz</c> runs it for longer.
/// </summary>
public sealed class RequestFuzzTests
{
    private const int DefaultSeconds = 6;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task EveryAnswerIsRightAndWhatIsRefusedChangesNothing()
    {
        var seconds = TestSetting.Number("SKEIN_FUZZ_SECONDS", DefaultSeconds);
        await using var cluster = await TestCluster.StartAsync(proxies: 2, targets: 2);
        await FillAsync(cluster);
        var nodes = cluster.Proxies.Concat(cluster.Targets).ToArray();
        var count = 0;
        await Gen.Select(FuzzRequest.All, Gen.Int[0, nodes.Length - 1]).SampleAsync(
            async input =>
            {
                var (request, node) = input;
                var before = cluster.Documents.Newest.Stamp;
                var answer = await ExchangeAsync(nodes[node].PublicUrl, request.ToBytes());
                Check(request, answer);
                if (answer.Status is >= 400)
                {
                    Assert.Equal(before, cluster.Documents.Newest.Stamp);
                }
                Interlocked.Increment(ref count);
            },
            time: seconds,
            threads: 1);
        foreach (var node in nodes)
        {
            var health = await RawHttp.GetAsync(node.PublicUrl, "/v1/health");
            Assert.StartsWith("HTTP/1.1 200", health, StringComparison.Ordinal);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} requests in {seconds} s");
    }

    /// <summary>A run found a type of the program in the answer to the first of these.</summary>
    [Fact]
    public async Task AWrongTypeInAValueIsToldByItsPlace()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 1, targets: 1);
        await FillAsync(cluster);
        foreach (var (method, action, value) in ((string, string, string)[])
        [
            ("POST", "copy-listrange", """{"objnames":-22342285}"""),
            ("DELETE", "delete-listrange", """{"versioning":0,"namespace":4045,"objnames":959698362}"""),
            ("POST", "copy-bck", """{"prefix":[]}"""),
            ("GET", "list", """{"pagesize":"x"}"""),
            ("GET", "summary-bck", """{"cached":{}}"""),
            ("PUT", "archive", """{"archname":7}"""),
        ])
        {
            var request = new FuzzRequest(
                method, "/v1/buckets/b?bck_to=ais%2F%40%23%2Fb2%2F", [],
                Encoding.UTF8.GetBytes($$"""{"action":"{{action}}","value":{{value}}}"""));
            var answer = await ExchangeAsync(cluster.Proxies[0].PublicUrl, request.ToBytes());
            Check(request, answer);
            Assert.Equal(400, answer.Status);
            Assert.Contains("has the wrong type", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"features":{"obj":[],"obj":936229}}""")]
    [InlineData("""{"value":{"value":{"obj":[],"obj":1}},"pagesize":1}""")]
    public async Task AKeyTwiceInAConfigurationIsNoErrorOfTheNode(string value)
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 1, targets: 1);
        foreach (var path in (string[])["/v1/cluster", "/v1/cluster?transient=true"])
        {
            var request = new FuzzRequest(
                "PUT", path, [], Encoding.UTF8.GetBytes($$"""{"action":"set-config","value":{{value}}}"""));
            var answer = await ExchangeAsync(cluster.Proxies[0].PublicUrl, request.ToBytes());
            Check(request, answer);
            Assert.Equal(400, answer.Status);
        }
    }

    /// <summary>Buckets and objects that the requests name; they come back when a request removes them.</summary>
    private static async Task FillAsync(TestCluster cluster)
    {
        await cluster.CreateBucketAsync("b");
        await cluster.CreateBucketAsync("b2");
        foreach (var name in (string[])["o", "dir/o", "o.tar"])
        {
            using var put = await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}", "content");
            Assert.Equal(200, (int)put.StatusCode);
        }
    }

    private static void Check(FuzzRequest request, Answer answer)
    {
        Assert.True(answer.Status is (>= 100 and < 500) or 501 or 502 or 503, $"{answer.Status}: {answer.Body}");
        var text = answer.Body + string.Join('\n', answer.Headers);
        Assert.DoesNotContain("   at Skein", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        if (answer.Status < 400 || !answer.Is("Content-Type", "application/json"))
        {
            return;
        }
        var json = request.Method == "HEAD" ? answer.Header("Hdr-Error") : answer.Body;
        var error = JsonSerializer.Deserialize(json, WireJsonContext.Default.WireError)!;
        Assert.Equal(answer.Status, error.Status);
        Assert.NotEmpty(error.Message);
        Assert.Equal(request.Method, error.Method);
    }

    private static async Task<Answer> ExchangeAsync(Uri server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, StoreFixture.Cancel);
        var stream = client.GetStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StoreFixture.Cancel);
        limit.CancelAfter(AnswerLimit);
        using var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, limit.Token);
            await stream.CopyToAsync(received, limit.Token);
        }
        catch (IOException)
        {
            // Refused before the whole body was read: what was received counts.
        }
        return Answer.Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    /// <param name="Status">The final status.</param>
    /// <param name="Headers">Lines of headers.</param>
    /// <param name="Body">All after them.</param>
    private sealed record Answer(int Status, string[] Headers, string Body)
    {
        public static Answer Parse(string text)
        {
            while (text.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
            {
                text = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            }
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.True(end > 0 && text.StartsWith("HTTP/1.", StringComparison.Ordinal), $"no answer: \"{text}\"");
            var lines = text[..end].Split("\r\n");
            return new Answer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), lines[1..], text[(end + 4)..]);
        }

        public bool Is(string name, string value) => Header(name).StartsWith(value, StringComparison.Ordinal);

        public string Header(string name) => Array.Find(
            Headers, line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
    }
}
