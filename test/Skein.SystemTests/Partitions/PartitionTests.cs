using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests.Partitions;

/// <summary>
/// A cluster whose network breaks in every way stays one cluster: no two primaries get anything acknowledged, a side
/// without a majority refuses changes, and nothing that was acknowledged is lost.
/// </summary>
public sealed class PartitionTests
{
    private const int DefaultSeed = 1;
    private const int ShownProblems = 20;
    private static readonly TimeSpan DefaultLength = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan DefaultTimingFrom = TimeSpan.FromMinutes(3);

    private static TimeSpan Length { get; } =
        TimeSpan.FromMinutes(TestSetting.Number("SKEIN_PARTITION_MINUTES", DefaultLength.TotalMinutes));

    private static int Seed { get; } = TestSetting.Number("SKEIN_PARTITION_SEED", DefaultSeed);

    [Fact]
    public async Task ABrokenNetworkDoesNotSplitTheCluster()
    {
        await NeedNamespacesAsync();
        var timing = Length < DefaultTimingFrom ? PartitionTiming.Quick : PartitionTiming.Default;
        await using var network = await NamespaceNetwork.CreateAsync(PartitionRun.Proxies + PartitionRun.Targets);
        await using var cluster = await ProcessCluster.StartAsync(
            PartitionRun.Proxies, PartitionRun.Targets, network: network, config: timing.Config);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, PartitionRun.Proxies);
        var run = new PartitionRun(cluster, network, timing, Seed, text => Report.Line($"{text}"));
        var problems = await run.RunAsync(Length);
        Assert.True(
            problems.Count == 0,
            $"seed {Seed}, {problems.Count} problems:\n{string.Join('\n', problems.Take(ShownProblems))}");
    }

    [Fact]
    public async Task ACutDirectionLosesWhatIsSentAndAHealedOneDoesNot()
    {
        await NeedNamespacesAsync();
        await using var network = await NamespaceNetwork.CreateAsync(3);
        await using var cluster = await ProcessCluster.StartAsync(1, 2, network: network);
        var (primary, cutOff, other) = (0, cluster.Targets[0], cluster.Targets[1]);
        foreach (var cut in new[] { (1, primary), (primary, 1) })
        {
            await network.SetAsync([cut]);
            await Task.WhenAll(cutOff.KillAsync(), other.KillAsync());
            await cutOff.StartAsync(cluster.Http);
            await other.StartAsync(cluster.Http);
            // What is not cut works: this one comes in, and by then the first one has tried several times.
            await Poll.UntilAsync(async () => (await HealthAsync(cluster, other)) == 200 ? null : "the other one is out");
            await Poll.UntilAsync(() => Task.FromResult(
                cutOff.Output.Contains("Looking for the cluster", StringComparison.Ordinal) ? null : cutOff.Output));
            Assert.Equal(503, await HealthAsync(cluster, cutOff));
            await network.HealAsync();
            await cluster.SettleAsync();
        }
    }

    private static async Task<int> HealthAsync(ProcessCluster cluster, ProcessNode node) =>
        (await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).Code;

    /// <summary>Ends the test as skipped, and says so where it is read, when this machine cannot run it.</summary>
    private static async Task NeedNamespacesAsync()
    {
        if (await NamespaceNetwork.WhyNotAsync() is { } reason)
        {
            await Console.Error.WriteLineAsync("SKIPPED, NOT TESTED: real partitions of the network: " + reason);
            Assert.Skip(reason);
        }
    }
}
