using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Membership;

/// <summary>A node that is stopped and started again is back, with everything that it had.</summary>
public sealed class RestartTests
{
    private const int Count = 60;

    [Fact]
    public async Task EveryNodeComesBackWithItsData()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 3, 2);
        await FillAsync(cluster, "b");
        var uuid = (await cluster.Http.WhatAsync(cluster.Url, "smap")).GetProperty("uuid").GetString();
        foreach (var node in cluster.Nodes)
        {
            var took = await cluster.RestartAsync(node);
            TestContext.Current.SendDiagnosticMessage($"{node.Id} was back after {took.TotalMilliseconds:0} ms");
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            await CheckAsync(cluster, "b");
            // The cluster can still be changed, through the node that has come back if it is a proxy.
            var proxy = node.IsProxy ? node.Url : cluster.Url;
            (await cluster.Http.CreateAsync(proxy, "after-" + node.Id)).Succeeded();
        }
        var map = await cluster.Http.WhatAsync(cluster.Proxies[2].Url, "smap");
        Assert.Equal(uuid, map.GetProperty("uuid").GetString());
        // Whoever was elected when the first primary was away: one proxy, and the same for everybody.
        var primary = ClusterView.PrimaryId(map);
        Assert.Contains(primary, cluster.Proxies.Select(proxy => proxy.Id));
        foreach (var node in cluster.Nodes)
        {
            Assert.Equal(primary, ClusterView.PrimaryId(await cluster.Http.WhatAsync(node.Url, "smap")));
        }
    }

    [Fact]
    public async Task TheWholeClusterComesBackWithItsData()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 3);
        await FillAsync(cluster, "b");
        // Several times, and each time in another order.
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.StopAsync()));
            var order = cluster.Nodes.ToArray();
            new Random(round).Shuffle(order);
            foreach (var node in order)
            {
                await node.StartAsync();
            }
            await cluster.SettleAsync();
            await CheckAsync(cluster, "b");
            (await cluster.Http.CreateAsync(cluster.Proxies[1].Url, $"round-{round}")).Succeeded();
        }
    }

    [Fact]
    public async Task WhileATargetIsAwayItsObjectsAreErrorsAndListingsAreNotSilentlyShort()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 3);
        await FillAsync(cluster, "b");
        await cluster.Targets[1].StopAsync();
        var found = 0;
        for (var i = 0; i < Count; i++)
        {
            try
            {
                found += (await cluster.Http.GetAsync(cluster.Url, $"b/o{i}")).IsSuccess ? 1 : 0;
            }
            catch (HttpRequestException)
            {
                // Redirected to the target that is away.
            }
        }
        Assert.InRange(found, 1, Count - 1);
        foreach (var proxy in cluster.Proxies)
        {
            var page = await cluster.Http.ListPageAsync(proxy.Url, "b");
            Assert.Equal(503, page.Code);
            Assert.Contains(cluster.Targets[1].Id, page.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        await cluster.Targets[1].StartAsync();
        await cluster.SettleAsync();
        await CheckAsync(cluster, "b");
    }

    [Fact]
    public async Task ChangesMadeWhileANodeWasAwayAreKnownToItAfterwards()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        await FillAsync(cluster, "old");
        var away = new[] { cluster.Proxies[1], cluster.Targets[1] };
        await Task.WhenAll(away.Select(node => node.StopAsync()));
        (await cluster.Http.CreateAsync(cluster.Url, "new")).Succeeded();
        (await cluster.Http.DestroyAsync(cluster.Url, "old")).Succeeded();
        (await cluster.Http.CreateAsync(cluster.Url, "old")).Succeeded();
        await Task.WhenAll(away.Select(node => node.StartAsync()));
        await cluster.SettleAsync();
        Assert.Empty(await cluster.Http.ListAsync(cluster.Proxies[1].Url, "old"));
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(404, (await cluster.Http.GetAsync(cluster.Proxies[1].Url, $"old/o{i}")).Code);
        }
        await FillAsync(cluster, "new");
        await CheckAsync(cluster, "new");
    }

    private static async Task FillAsync(InProcessCluster cluster, string bucket)
    {
        var created = await cluster.Http.CreateAsync(cluster.Url, bucket);
        Assert.True(created.Code is 200 or 409, created.ToString());
        for (var i = 0; i < Count; i++)
        {
            var proxy = cluster.Proxies[i % cluster.Proxies.Count];
            (await cluster.Http.PutAsync(proxy.Url, $"{bucket}/o{i}", Payloads.Bytes(i * 100, i))).Succeeded();
        }
    }

    private static async Task CheckAsync(InProcessCluster cluster, string bucket)
    {
        foreach (var proxy in cluster.Proxies)
        {
            for (var i = 0; i < Count; i++)
            {
                Assert.Equal(
                    Payloads.Bytes(i * 100, i), (await cluster.Http.GetAsync(proxy.Url, $"{bucket}/o{i}")).Succeeded().Body);
            }
            Assert.Equal(
                Enumerable.Range(0, Count).Select(i => $"o{i}").Order(StringComparer.Ordinal),
                await cluster.Http.ListAsync(proxy.Url, bucket, 7));
        }
    }
}
