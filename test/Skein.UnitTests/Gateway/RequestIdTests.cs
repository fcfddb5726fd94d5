using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.UnitTests.Gateway;

/// <summary>One id for a request on its whole way.</summary>
public sealed class RequestIdTests
{
    [Fact]
    public async Task An_id_is_made_and_goes_along_with_the_redirect()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        using var first = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/objects/b/o");
        Assert.False(first.Headers.Contains(HeaderNames.RequestId));
        var location = first.Headers.Location!;
        var id = location.Query[(location.Query.LastIndexOf("&rid=", StringComparison.Ordinal) + 5)..];
        Assert.Matches("^[0-9a-f]{16}$", id);
        using var second = await cluster.SendAsync(HttpMethod.Get, cluster.Targets[0], location.PathAndQuery);
        Assert.Equal(404, (int)second.StatusCode);
        Assert.Equal(id, Assert.Single(second.Headers.GetValues(HeaderNames.RequestId)));
    }

    [Fact]
    public void No_id_is_made_twice()
    {
        const int Many = 100_000;
        Assert.Equal(Many, Enumerable.Range(0, Many).Select(_ => RequestIds.Next()).Distinct().Count());
    }

    [Theory]
    [InlineData("train-7.step_3", true)]
    [InlineData("has space", false)]
    [InlineData("x;rm", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x", false)]
    public async Task A_client_may_choose_it_within_limits(string asked, bool isTaken)
    {
        await using var cluster = await TestCluster.StartAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/nothing?rid=%0Aevil", null, (HeaderNames.RequestId, asked));
        var id = Assert.Single(answer.Headers.GetValues(HeaderNames.RequestId));
        Assert.Equal(isTaken, id == asked);
        Assert.Matches("^[A-Za-z0-9._-]{1,64}$", id);
    }
}
