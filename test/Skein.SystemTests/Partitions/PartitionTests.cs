using System.Globalization;
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
    private static readonly TimeSpan DefaultLength = TimeSpan.FromSeconds(70);

    private static TimeSpan Length { get; } = double.TryParse(
        Environment.GetEnvironmentVariable("SKEIN_PARTITION_MINUTES"), CultureInfo.InvariantCulture, out var minutes)
        ? TimeSpan.FromMinutes(minutes)
        : DefaultLength;

    private static int Seed { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("SKEIN_PARTITION_SEED"), CultureInfo.InvariantCulture, out var seed)
        ? seed
        : DefaultSeed;

    [Fact]
    public async Task ABrokenNetworkDoesNotSplitTheCluster()
    {
        await NeedNamespacesAsync();
        await using var network = await NamespaceNetwork.CreateAsync(PartitionRun.Proxies + PartitionRun.Targets);
        await using var cluster = await ProcessCluster.StartAsync(
            PartitionRun.Proxies, PartitionRun.Targets, network: network);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, PartitionRun.Proxies);
        var run = new PartitionRun(cluster, network, Seed, text => Report.Line($"{text}"));
        var problems = await run.RunAsync(Length);
        Assert.True(
            problems.Count == 0,
            $"seed {Seed}, {problems.Count} problems:\n{string.Join('\n', problems.Take(ShownProblems))}");
    }

    [Fact]
    public async Task ACutDirectionLosesWhatIsSentAndAHealedOneDoesNot()
    {
        await NeedNamespacesAsync();
        await using var network = await NamespaceNetwork.CreateAsync(2);
        await using var cluster = await ProcessCluster.StartAsync(2, 0, network: network);
        var (one, two) = (cluster.Nodes[0], cluster.Nodes[1]);
        foreach (var cut in new[] { (0, 1), (1, 0) })
        {
            // With two voters, a change needs both of them.
            await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 2);
            await network.SetAsync([cut]);
            var name = string.Create(CultureInfo.InvariantCulture, $"cut-{cut.Item1}");
            Assert.Equal(503, (await cluster.Http.CreateAsync(one.Url, name)).Code);
            await network.HealAsync();
            await ControlCalls.CreateAsync(cluster.Http, [one, two], name);
            await cluster.SettleAsync();
        }
    }

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
