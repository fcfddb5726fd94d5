using Skein.Client;
using Skein.Core.Buckets;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Jobs;

/// <summary>
/// Distributed sorts that are stopped, or lose a node. They wait for an order file until the test lets them go on.
/// </summary>
public sealed class SortFaultTests
{
    private static readonly BucketName Input = BucketName.Ais("input");
    private static readonly BucketName Output = BucketName.Ais("output");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASortIsStoppedEverywhereAndLeavesNothing()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 3);
        using var client = new SkeinClient(cluster.Url);
        await using var order = new GatedFile();
        var id = await StartAsync(client, order);
        var refused = await Assert.ThrowsAsync<SkeinException>(() => client.Sorts.RemoveAsync(id, Cancel));
        Assert.Contains("still in progress", refused.Message, StringComparison.Ordinal);
        Assert.Single(await client.Sorts.ListAsync("", onlyActive: true, Cancel));
        await client.Sorts.AbortAsync(id, Cancel);
        var status = await SortTests.WaitAsync(client, id);
        Assert.True(status.IsAborted);
        var infos = await client.Sorts.GetAsync(id, Cancel);
        Assert.Equal(3, infos.Count);
        Assert.All(infos.Values, info => Assert.True(info.IsAborted && info.Metrics.IsAborted && info.IsArchived));
        Assert.All(infos.Values, info => Assert.Contains(
            "stopped by", Assert.Single(info.Metrics.Errors!), StringComparison.Ordinal));
        Assert.Empty(await cluster.Http.ListAsync(cluster.Url, Output.Name));
        Assert.Empty(WorkFiles(cluster));
        var again = await Assert.ThrowsAsync<SkeinException>(() => client.Sorts.AbortAsync(id, Cancel));
        Assert.Contains("does not run any more", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLossOfATargetEndsASortAndTheErrorNamesIt()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 3);
        using var client = new SkeinClient(cluster.Url);
        await using var order = new GatedFile();
        var id = await StartAsync(client, order);
        var lost = cluster.Targets[1];
        await lost.StopAsync();
        foreach (var target in cluster.Targets.Where(node => node != lost))
        {
            await Poll.UntilAsync(() => Task.FromResult(
                target.Jobs!.Snapshots(new JobMessage { Id = id }) is [{ IsRunning: false }] ? null : "it runs"));
            var snap = Assert.Single(target.Jobs!.Snapshots(new JobMessage { Id = id }));
            Assert.True(snap.IsAborted);
            Assert.Contains(lost.Id, snap.AbortReason, StringComparison.Ordinal);
        }
        await lost.StartAsync();
        var own = Assert.Single(lost.Jobs!.Snapshots(new JobMessage { Id = id }));
        Assert.Equal((true, "target stopped"), (own.IsAborted, own.AbortReason));
    }

    [Fact]
    public async Task ASortSurvivesTheLossOfThePrimary()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 3);
        using var client = new SkeinClient([.. cluster.Proxies.Reverse().Select(proxy => proxy.Url)]);
        await using var order = new GatedFile();
        var id = await StartAsync(client, order);
        await cluster.Proxies[0].StopAsync(handsOver: false);
        order.Open(string.Concat(Enumerable.Range(0, 120).Select(number => $"r-{number:000}\tout-%d\n")));
        var status = await SortTests.WaitAsync(client, id);
        Assert.Equal(("", false), (status.Error, status.IsAborted));
        Assert.NotEmpty(await cluster.Http.ListAsync(cluster.Proxies[1].Url, Output.Name));
        Assert.Empty(WorkFiles(cluster));
    }

    private static async Task<string> StartAsync(SkeinClient client, GatedFile order)
    {
        await client.Buckets.CreateAsync(Input, null, cancellation: Cancel);
        await client.Buckets.CreateAsync(Output, null, cancellation: Cancel);
        await SortTests.FillAsync(client, Input, ".tgz");
        var id = await client.Sorts.StartAsync(
            SortTests.Spec(Input, Output, "") with { InputExtension = ".tgz", OrderFile = order.Url }, Cancel);
        await order.Asked;
        return id;
    }

    /// <summary>Files of the targets that are neither objects nor the nodes' own.</summary>
    private static IEnumerable<string> WorkFiles(InProcessCluster cluster) => cluster.Targets
        .SelectMany(node => Directory.EnumerateFiles(node.Folder, "*", SearchOption.AllDirectories))
        .Where(path => path.Contains("/%wk/", StringComparison.Ordinal) || path.Contains(".dsort", StringComparison.Ordinal));
}
