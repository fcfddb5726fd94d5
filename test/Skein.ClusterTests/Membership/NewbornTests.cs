using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Membership;

/// <summary>A cluster that nothing depends on yet gives way to an established one.</summary>
public sealed class NewbornTests
{
    [Fact]
    public async Task AFounderThatMeetsAnEstablishedClusterGivesItsOwnUpAndJoins()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 1);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.PutAsync(cluster.Url, "b/o", "x"u8.ToArray())).Succeeded();
        var uuid = await UuidAsync(cluster, cluster.Proxies[0]);
        var established = cluster.Nodes.ToList();
        await Task.WhenAll(established.Select(node => node.StopAsync()));

        // The established cluster is away, so the founder forms one of its own.
        var founder = cluster.AddFounder();
        await founder.StartAsync();
        await founder.WhenMemberAsync();
        var own = await UuidAsync(cluster, founder);
        Assert.NotEqual(uuid, own);

        await Task.WhenAll(established.Select(node => node.StartAsync()));
        await cluster.SettleAsync();
        Assert.Equal(uuid, await UuidAsync(cluster, founder));
        (await cluster.Http.SendAsync(HttpMethod.Head, founder.Url + "/v1/buckets/b")).Succeeded();

        // It remembers where it belongs, although it is told to form a cluster every time.
        await cluster.RestartAsync(founder);
        Assert.Equal(uuid, await UuidAsync(cluster, founder));
        (await cluster.Http.PutAsync(founder.Url, "b/p", "y"u8.ToArray())).Succeeded();
    }

    [Fact]
    public async Task AClusterWithABucketIsNoNewbornAndIsNotGivenUp()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 1);
        var uuid = await UuidAsync(cluster, cluster.Proxies[0]);
        var established = cluster.Nodes.ToList();
        await Task.WhenAll(established.Select(node => node.StopAsync()));
        var founder = cluster.AddFounder();
        await founder.StartAsync();
        await founder.WhenMemberAsync();
        var own = await UuidAsync(cluster, founder);
        (await cluster.Http.CreateAsync(founder.Url, "mine")).Succeeded();

        await Task.WhenAll(established.Select(node => node.StartAsync()));
        await Poll.UntilAsync(async () =>
            await ClusterView.WhyUnsettledAsync(cluster.Http, [.. established.Select(node => node.Address)]));
        Assert.Equal(own, await UuidAsync(cluster, founder));
        Assert.Equal(uuid, await UuidAsync(cluster, cluster.Proxies[0]));
        (await cluster.Http.SendAsync(HttpMethod.Head, founder.Url + "/v1/buckets/mine")).Succeeded();
    }

    private static async Task<string> UuidAsync(InProcessCluster cluster, InProcessNode node) =>
        (await cluster.Http.WhatAsync(node.Url, "smap")).GetProperty("uuid").GetString()!;
}
