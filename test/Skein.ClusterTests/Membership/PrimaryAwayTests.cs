using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Membership;

/// <summary>The primary is not on the way of any object: without it everything but changes of the cluster goes on.</summary>
public sealed class PrimaryAwayTests
{
    [Fact]
    public async Task ObjectsAreWrittenReadAndListedWithoutThePrimary()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        await cluster.Proxies[0].StopAsync(handsOver: false);
        // An orderly stop may take longer than a lease: then writes wait for the next primary, and for nothing else.
        await Poll.UntilAsync(async () =>
            await cluster.Http.PutAsync(cluster.Proxies[1].Url, "b/first", [1]) is { IsSuccess: false } refused
                ? refused.ToString()
                : null);
        (await cluster.Http.DeleteAsync(cluster.Proxies[1].Url, "b/first")).Succeeded();
        foreach (var proxy in cluster.Proxies.Skip(1))
        {
            for (var i = 0; i < 20; i++)
            {
                (await cluster.Http.PutAsync(proxy.Url, $"b/{proxy.Id}-{i}", [(byte)i])).Succeeded();
                Assert.Equal([(byte)i], (await cluster.Http.GetAsync(proxy.Url, $"b/{proxy.Id}-{i}")).Succeeded().Body);
            }
            (await cluster.Http.DeleteAsync(proxy.Url, $"b/{proxy.Id}-19")).Succeeded();
        }
        Assert.Equal(38, (await cluster.Http.ListAsync(cluster.Proxies[2].Url, "b")).Count);
        await cluster.Proxies[0].StartAsync();
        await cluster.SettleAsync();
        Assert.Equal(38, (await cluster.Http.ListAsync(cluster.Url, "b")).Count);
        (await cluster.Http.CreateAsync(cluster.Proxies[1].Url, "afterwards")).Succeeded();
    }

    [Fact]
    public async Task ATargetThatRestartsWithoutThePrimaryServesWhatItHas()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        for (var i = 0; i < 20; i++)
        {
            (await cluster.Http.PutAsync(cluster.Url, $"b/{i}", [(byte)i])).Succeeded();
        }
        await cluster.Proxies[0].StopAsync(handsOver: false);
        await cluster.Targets[0].StopAsync();
        await cluster.Targets[0].StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var reply = await cluster.Http.GetAsync(cluster.Proxies[1].Url, $"b/{i}");
            Assert.True(reply.IsSuccess, reply.ToString());
        }
    }
}
