using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>Two proxies and one target, which votes as a witness: any one of the three may be lost.</summary>
public sealed class SmallClusterTests
{
    [Fact]
    public async Task TwoProxiesAndOneTargetSurviveTheLossOfAnyOne()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 1);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var content = Payloads.Bytes(100_000, 5);
        (await cluster.Http.PutAsync(cluster.Url, "b/o", content)).Succeeded();
        var changes = new List<string>();
        // Each node in turn, and whoever leads by then once more.
        var victims = cluster.Nodes.ToList();
        victims.Add(await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[1]));
        foreach (var victim in victims)
        {
            await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 3);
            var led = await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[0]) == victim;
            await victim.KillAsync();
            var alive = cluster.Proxies.Where(proxy => proxy != victim).ToList();
            var bucket = "without-" + changes.Count;
            var took = await ControlCalls.CreateAsync(cluster.Http, alive, bucket);
            changes.Add(bucket);
            Report.Line(
                $"{victim.Id} ({(led ? "primary" : "not primary")}) killed: a change after {took.TotalMilliseconds:0} ms");
            if (victim.IsProxy)
            {
                Assert.Equal(content, (await cluster.Http.GetAsync(alive[0].Url, "b/o")).Succeeded().Body);
            }
            await victim.StartAsync(cluster.Http);
            await cluster.SettleAsync();
        }
        foreach (var proxy in cluster.Proxies)
        {
            await ControlCalls.UntilListedAsync(cluster.Http, proxy, changes);
            Assert.Equal(content, (await cluster.Http.GetAsync(proxy.Url, "b/o")).Succeeded().Body);
        }
    }
}
