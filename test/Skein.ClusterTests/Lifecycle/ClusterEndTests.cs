using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Lifecycle;

/// <summary>The whole cluster is ended, and what is planned is shown before it is done.</summary>
public sealed class ClusterEndTests
{
    [Fact]
    public async Task TheWholeClusterIsShutDownAndComesBackAsItWas()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.PutAsync(cluster.Url, "b/o", [1, 2])).Succeeded();
        var map = ClusterView.Ids(await cluster.Http.WhatAsync(cluster.Url, "smap")).Order().ToList();
        (await cluster.Http.ActAsync(HttpMethod.Put, cluster.Proxies[1].Url + "/v1/cluster", "shutdown")).Succeeded();
        await Task.WhenAll(cluster.Nodes.Select(LifecycleCalls.UntilEndedAsync));
        await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
        await cluster.SettleAsync();
        Assert.Equal(map, ClusterView.Ids(await cluster.Http.WhatAsync(cluster.Url, "smap")).Order());
        Assert.Equal([1, 2], (await cluster.Http.GetAsync(cluster.Url, "b/o")).Succeeded().Body);
    }

    [Fact]
    public async Task TheWholeClusterIsDecommissionedWithItsData()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.PutAsync(cluster.Url, "b/o", [1, 2])).Succeeded();
        (await cluster.Http.LeaveAsync(cluster.Url, "decommission", """{"rm_user_data":true}""")).Succeeded();
        await Task.WhenAll(cluster.Nodes.Select(LifecycleCalls.UntilEndedAsync));
        foreach (var node in cluster.Nodes)
        {
            await Poll.UntilAsync(() =>
            {
                var left = Directory.EnumerateFiles(node.Folder, "*", SearchOption.AllDirectories)
                    .Where(file => !file.Contains("/log/", StringComparison.Ordinal))
                    .ToList();
                return Task.FromResult(left.Count == 0 ? null : string.Join(' ', left));
            });
        }
    }

    [Fact]
    public async Task APlanSaysWhatWouldMoveAndWhatWouldBeLostAndChangesNothing()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 3);
        var http = cluster.Http;
        (await http.CreateAsync(cluster.Url, "b")).Succeeded();
        var on = new Dictionary<string, int>();
        for (var i = 0; i < 60; i++)
        {
            var reply = await http.SendAsync(HttpMethod.Head, $"{cluster.Url}/v1/objects/b/o{i}");
            var owner = cluster.Targets.First(t => reply.Header("Location")!.StartsWith(t.Url, StringComparison.Ordinal)).Id;
            on[owner] = on.GetValueOrDefault(owner) + 1;
            (await http.PutAsync(cluster.Url, $"b/o{i}", new byte[100])).Succeeded();
        }
        var before = (await http.WhatAsync(cluster.Url, "smap")).GetProperty("version").GetString();
        var one = on["t1-in-test"];
        var plan = await PlanAsync(cluster, "start-maintenance", """{"sid":"t1-in-test","dry_run":true}""");
        Assert.Equal(
            $$$"""{"nodes":["t1-in-test"],"moves":{"objects":{{{one}}},"bytes":{{{one}}}00},"lost":{"objects":0,"bytes":0},"notes":[]}""",
            plan);
        var lost = await PlanAsync(
            cluster, "decommission-node", """{"sid":"t1-in-test","skip_rebalance":true,"dry_run":true}""");
        Assert.StartsWith(
            $$$"""{"nodes":["t1-in-test"],"moves":{"objects":0,"bytes":0},"lost":{"objects":{{{one}}},"bytes":{{{one}}}00},""", lost);
        Assert.Contains($"{one} objects are given up with the nodes that leave", lost, StringComparison.Ordinal);
        var all = await PlanAsync(
            cluster, "shutdown-node", """{"sids":["t1-in-test","t2-in-test","t3-in-test"],"dry_run":true}""");
        Assert.Contains("\"lost\":{\"objects\":60,\"bytes\":6000}", all, StringComparison.Ordinal);
        Assert.Contains("no active target would remain: this is refused unless", all, StringComparison.Ordinal);
        var primary = await PlanAsync(cluster, "decommission-node", """{"sid":"p1-in-test","dry_run":true}""");
        Assert.Contains("p[p1-in-test] leads: another proxy takes the lead first", primary, StringComparison.Ordinal);
        await cluster.Targets[2].StopAsync();
        var down = await PlanAsync(cluster, "decommission-node", """{"sid":"t3-in-test","dry_run":true}""");
        Assert.Contains("t[t3-in-test] does not answer", down, StringComparison.Ordinal);
        Assert.Contains("may hold the last copy of some", down, StringComparison.Ordinal);
        Assert.Equal(before, (await http.WhatAsync(cluster.Url, "smap")).GetProperty("version").GetString());
    }

    private static async Task<string> PlanAsync(InProcessCluster cluster, string action, string value) =>
        (await cluster.Http.LeaveAsync(cluster.Proxies[1].Url, action, value)).Succeeded().Text.TrimEnd('\n');
}
