using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Gateway;

namespace Skein.UnitTests.Proxy;

public sealed partial class RedirectTests
{
    [Fact]
    public async Task AGetIsMovedPermanentlyWithALink()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, "/v1/objects/b/dir/hello.txt");
        var head = RawHttp.Head(answer);
        Assert.Equal("HTTP/1.1 301 Moved Permanently", head[0]);
        Assert.Contains("Content-Type: text/html; charset=utf-8", head);
        var location = Location(head);
        var url = cluster.Targets[0].Info.PublicNet.Url;
        Assert.Equal(
            $"{url}/v1/objects/b/dir/hello.txt?pid=p0AISwire&utm=N&stamp=S&rid=R", Masked(location));
        Assert.Equal(
            $"<a href=\"{location.Replace("&", "&amp;", StringComparison.Ordinal)}\">Moved Permanently</a>.\n\n",
            RawHttp.Body(answer));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    public async Task OtherVerbsAreRedirectedTemporarilyWithoutABody(string method)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, "/v1/objects/b/o", method);
        var head = RawHttp.Head(answer);
        Assert.Equal("HTTP/1.1 307 Temporary Redirect", head[0]);
        Assert.Equal(method == "HEAD", head.Contains("Content-Type: text/html; charset=utf-8"));
        Assert.Equal(method != "HEAD", head.Contains("Content-Length: 0"));
        Assert.Equal("", RawHttp.Body(answer));
    }

    [Theory]
    [InlineData("/v1/objects/b/a%2Fb%20c%3f%23", "/v1/objects/b/a/b%20c%3F%23?")]
    [InlineData("/v1/objects/b/%C3%A9%25", "/v1/objects/b/%C3%A9%25?")]
    [InlineData("/v1/objects/b/o?", "/v1/objects/b/o?")]
    [InlineData("/v1/objects/b/o?provider=ais&x=%20a+b", "/v1/objects/b/o?provider=ais&x=%20a+b&")]
    [InlineData("/ais/b/dir/o", "/v1/objects/b/dir/o?provider=ais&")]
    public async Task TheLocationIsEscapedAndKeepsTheQuery(string target, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var location = Location(RawHttp.Head(await RawHttp.GetAsync(cluster.Proxy.PublicUrl, target)));
        var url = cluster.Targets[0].Info.PublicNet.Url;
        Assert.Equal($"{url}{expected}pid=p0AISwire&utm=N&stamp=S&rid=R", Masked(location));
    }

    [Fact]
    public async Task ALargeBodySentAtOnceIsAnsweredAndTheConnectionClosed()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var small = await RawHttp.ExchangeAsync(
            cluster.Proxy.PublicUrl,
            "PUT /v1/objects/b/o HTTP/1.1\nHost: h\nContent-Length: 5\n\nhello"
                + "GET /favicon.ico HTTP/1.1\nHost: h\nConnection: close\n\n");
        Assert.Contains("307 Temporary Redirect", small, StringComparison.Ordinal);
        Assert.Contains("200 OK", small, StringComparison.Ordinal);
        var large = await RawHttp.ExchangeAsync(
            cluster.Proxy.PublicUrl,
            "PUT /v1/objects/b/o HTTP/1.1\nHost: h\nContent-Length: 300000\n\n" + new string('x', 300_000));
        Assert.StartsWith("HTTP/1.1 307 ", large, StringComparison.Ordinal);
        Assert.Contains("Connection: close", large, StringComparison.Ordinal);
        var expecting = await RawHttp.ExchangeAsync(
            cluster.Proxy.PublicUrl,
            "PUT /v1/objects/b/o HTTP/1.1\nHost: h\nContent-Length: 5\nExpect: 100-continue\n\n");
        Assert.StartsWith("HTTP/1.1 307 ", expecting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTargetsThereIsNothingToRedirectTo()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 0);
        await cluster.CreateBucketAsync("b");
        var answer = await RawHttp.GetAsync(cluster.Proxy.PublicUrl, "/v1/objects/b/o");
        Assert.Equal("HTTP/1.1 503 Service Unavailable", RawHttp.Head(answer)[0]);
    }

    [Fact]
    public async Task ABucketThatIsNewElsewhereIsFoundByCatchingUp()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        var other = cluster.Proxies[1];
        other.Metadata.Lags = true;
        await cluster.CreateBucketAsync("b");
        Assert.Equal(0, other.Control.CatchUps);
        var answer = await RawHttp.GetAsync(other.PublicUrl, "/v1/objects/b/o");
        Assert.Equal("HTTP/1.1 301 Moved Permanently", RawHttp.Head(answer)[0]);
        Assert.Equal(1, other.Control.CatchUps);
    }

    [Fact]
    public async Task TheEndOfTheWaitMayComeLate()
    {
        var time = new LateTimers();
        await using var cluster = await TestCluster.StartAsync();
        await using var other = await TestNode.StartAsync(cluster.Documents, "p9AISwire", NodeRole.Proxy, time);
        cluster.Documents.Change(document => new AddNode(other.Info).Apply(document));
        other.Metadata.Lags = true;
        await cluster.CreateBucketAsync("b");
        var answer = await RawHttp.GetAsync(other.PublicUrl, "/v1/objects/b/o");
        Assert.Equal("HTTP/1.1 301 Moved Permanently", RawHttp.Head(answer)[0]);
        Assert.NotEmpty(time.Callbacks);
        // A timer that a thread has begun to serve is not stopped by its disposal; an exception there ends the process.
        Assert.All(time.Callbacks, late => late());
    }

    private static string Location(string[] head) =>
        Assert.Single(head, line => line.StartsWith("Location: ", StringComparison.Ordinal))["Location: ".Length..];

    private static string Masked(string location) => Marks().Replace(location, "utm=N&stamp=S&rid=R");

    [GeneratedRegex("utm=[0-9]{19}&stamp=[0-9]+\\.[0-9]+\\.[0-9]+&rid=[0-9a-f]{16}$")]
    private static partial Regex Marks();

    /// <summary>Timers that end by hand, even after they were disposed.</summary>
    private sealed class LateTimers : TimeProvider
    {
        public ConcurrentQueue<Action> Callbacks { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Callbacks.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
