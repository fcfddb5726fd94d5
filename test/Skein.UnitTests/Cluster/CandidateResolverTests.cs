using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Skein.Cluster.Membership;
using Skein.TestKit;

namespace Skein.UnitTests.Cluster;

public sealed class CandidateResolverTests
{
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly TaskCompletionSource _never = new();

    [Fact]
    public async Task Every_address_of_a_name_is_a_candidate()
    {
        var resolver = new CandidateResolver(LookUpAsync, new FakeTimeProvider());
        var all = await resolver.ExpandAsync(
            ["http://several:8080", "http://one:8080", "http://10.9.9.9:1", "http://nobody:1", "https://several:8080"],
            TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "http://several:8080", "http://one:8080", "http://10.9.9.9:1", "http://nobody:1", "https://several:8080",
                "http://10.0.0.1:8080", "http://10.0.0.2:8080", "http://[fd00::3]:8080",
            ],
            all);
        Assert.Equal(["nobody", "one", "several"], _asked.Keys.Order());
    }

    [Fact]
    public async Task A_name_that_takes_for_ever_is_given_up()
    {
        var time = new FakeTimeProvider();
        var resolver = new CandidateResolver(LookUpAsync, time);
        var asking = resolver.ExpandAsync(["http://slow:1", "http://several:2"], TestContext.Current.CancellationToken);
        Assert.False(asking.IsCompleted);
        time.Advance(CandidateResolver.Limit);
        Assert.Equal(5, (await asking.WaitAsync(Poll.Limit, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task Names_are_told_as_they_come_and_none_is_asked_twice_at_a_time()
    {
        var resolver = new CandidateResolver(LookUpAsync, new FakeTimeProvider());
        var found = new ConcurrentQueue<string>();
        for (var round = 0; round < 3; round++)
        {
            resolver.Begin(
                ["http://slow:1", "http://several:2", "http://nobody:3"],
                urls => found.Enqueue(string.Join(' ', urls)),
                TestContext.Current.CancellationToken);
            var expected = round + 1;
            await Poll.UntilAsync(() => Task.FromResult(
                found.Count == expected && _asked["nobody"] == expected ? null : $"{found.Count} found"));
        }
        Assert.All(found, urls => Assert.Equal("http://10.0.0.1:2 http://10.0.0.2:2 http://[fd00::3]:2", urls));
        Assert.Equal(1, _asked["slow"]);
    }

    private async Task<IReadOnlyList<IPAddress>> LookUpAsync(string name, CancellationToken cancellation)
    {
        _asked.AddOrUpdate(name, 1, (_, count) => count + 1);
        switch (name)
        {
            case "several":
                return [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::3")];
            case "one":
                return [IPAddress.Parse("10.0.0.9")];
            case "slow":
                await _never.Task;
                return [];
            default:
                throw new SocketException((int)SocketError.HostNotFound);
        }
    }
}
