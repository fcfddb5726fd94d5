using System.Diagnostics;
using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>SIGKILL for all nodes at one moment, right after the cluster has said that a bucket is there.</summary>
public sealed class KillAllTests
{
    private const int DefaultRounds = 8;
    private const int MaxRounds = 10_000;

    /// <summary>Rounds: <c>SKEIN_KILL_ALL</c>, or a few.</summary>
    private static int Rounds { get; } =
        Math.Clamp(TestSetting.Number("SKEIN_KILL_ALL", DefaultRounds), 1, MaxRounds);

    [Fact]
    public async Task AnAcknowledgedBucketIsThereAfterwards()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 1);
        var random = new Random(Rounds);
        var acknowledged = new List<string>();
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
        {
            var bucket = string.Create(CultureInfo.InvariantCulture, $"round-{round}");
            // On a busy machine an election may come between; the kill comes right after the acknowledgement.
            var proxies = cluster.Proxies.ToArray();
            random.Shuffle(proxies);
            await ControlCalls.CreateAsync(cluster.Http, proxies, bucket);
            foreach (var node in cluster.Nodes)
            {
                node.KillNow();
            }
            await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
            acknowledged.Add(bucket);

            var order = cluster.Nodes.ToArray();
            random.Shuffle(order);
            await Task.WhenAll(order.Select(node => node.StartAsync(cluster.Http)));
            // A proxy may have been just an observer of the last change, so each gets some time to catch up.
            foreach (var proxy in cluster.Proxies)
            {
                await ControlCalls.UntilListedAsync(cluster.Http, proxy, acknowledged);
            }
            await cluster.SettleAsync();
        }
        var took = Stopwatch.GetElapsedTime(started);
        Report.Line($"{Rounds} rounds of kill-all, {took.TotalSeconds / Rounds:0.00} s each, nothing lost");
        Assert.Equal(Rounds, acknowledged.Count);
    }
}
