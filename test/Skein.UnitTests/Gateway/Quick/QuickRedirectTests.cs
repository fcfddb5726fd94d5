using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Placement;
using Skein.Transport;

namespace Skein.UnitTests.Gateway.Quick;

/// <summary>A proxy sends plain reads on before the HTTP server sees them, and answers byte for byte as it would.</summary>
public sealed class QuickRedirectTests(QuickFixture fixture) : IClassFixture<QuickFixture>
{
    private const int Many = 1000;

    /// <summary>Less than a byte for each request: a few things are made anew each second.</summary>
    private const int MostBytes = 800;

    [Theory]
    [InlineData("small")]
    [InlineData("missing")]
    [InlineData("dir/sub/middle?provider=ais")]
    [InlineData("with+plus,(all)~of:the@others=!")]
    public async Task A_plain_read_is_sent_on_quickly_and_alike(string name)
    {
        var before = fixture.Redirected;
        await fixture.SameAtProxyAsync(
            $"GET /v1/objects/b/{name} HTTP/1.1\r\nHost: 127.0.0.1:1\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n"
                + QuickDifferenceTests.Last);
        Assert.Equal(before + 1, fixture.Redirected);
    }

    [Theory]
    [InlineData("/v1/objects/b/small?stamp=1.0.1")]
    [InlineData("/v1/objects/b/small?rid=abc")]
    [InlineData("/v1/objects/b/small?pid=p0AISwire&utm=1700000000000000000&stamp=1.0.1&rid=0123456789abcdef")]
    [InlineData("/v1/objects/nobucket/small")]
    public async Task What_was_sent_on_before_or_is_not_there_is_left_to_the_server(string target)
    {
        var before = fixture.Redirected;
        await fixture.SameAtProxyAsync($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n{QuickDifferenceTests.Last}");
        Assert.Equal(before, fixture.Redirected);
    }

    [Fact]
    public async Task Every_target_and_every_header_is_answered_alike()
    {
        foreach (var target in QuickDifferenceTests.Targets)
        {
            await fixture.SameAtProxyAsync($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n{QuickDifferenceTests.Last}");
        }
        foreach (var header in QuickDifferenceTests.Headers)
        {
            await fixture.SameAtProxyAsync(
                $"GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n{header}\r\n{QuickDifferenceTests.Last}", closes: true);
        }
        foreach (var host in QuickDifferenceTests.Hosts)
        {
            await fixture.SameAtProxyAsync($"GET /v1/objects/b/small HTTP/1.1\r\n{host}\r\n{QuickDifferenceTests.Last}");
        }
    }

    [Fact]
    public async Task Reads_and_writes_on_one_connection_are_answered_in_their_order()
    {
        var mix = new StringBuilder();
        for (var i = 0; i < 20; i++)
        {
            mix.Append("GET /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("PUT /v1/objects/b/put HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
            mix.Append("HEAD /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("GET /v1/objects/b/dir/sub/middle HTTP/1.1\r\nHost: h\r\n\r\n");
            mix.Append("DELETE /v1/objects/b/small HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        foreach (var piece in new[] { 0, 37, 1000 })
        {
            await fixture.SameAtProxyAsync(mix + QuickDifferenceTests.Last, piece);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(1024)]
    public void A_name_in_bytes_has_the_owner_that_its_text_has(int length)
    {
        var name = QuickFixture.Text(length);
        Assert.Equal(
            HrwDigest.OfObject("ais/@#/b", name), HrwDigest.OfObjectUtf8("ais/@#/b"u8, Encoding.UTF8.GetBytes(name)));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var request = "GET /v1/objects/b/dir/small?provider=ais HTTP/1.1\r\nHost: h\r\n\r\n"u8;
        var features = new FeatureCollection();
        var answer = new QuickAnswer();
        var used = 0L;
        for (var i = 0; i < 2 * Many; i++)
        {
            if (i == Many)
            {
                used = GC.GetAllocatedBytesForCurrentThread();
            }
            Assert.True(fixture.Redirect.TryAnswer(request, features, mayBlock: false, answer) == QuickOutcome.Ready);
            answer.Clear();
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - used, 0, MostBytes);
    }
}
