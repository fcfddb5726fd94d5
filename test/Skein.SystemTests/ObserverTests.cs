using System.Diagnostics;
using System.Globalization;
using Skein.Core.Maps;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>A change reaches many nodes quickly.</summary>
public sealed class ObserverTests
{
    private const int Observers = 200;
    private const int Changes = 11;

    [Fact]
    public async Task TwoHundredObserversHaveAChangeAtOnce()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 1);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 3);
        var primary = await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[0]);
        var joining = Stopwatch.GetTimestamp();
        await using var crowd = await ObserverCrowd.JoinAsync(primary, Observers);
        Report.Line($"{crowd.Count} observers joined in {Stopwatch.GetElapsedTime(joining).TotalMilliseconds:0} ms");
        var took = new List<TimeSpan>();
        for (var change = 0; change < Changes; change++)
        {
            var bucket = string.Create(CultureInfo.InvariantCulture, $"change-{change}");
            var since = Stopwatch.GetTimestamp();
            var reply = (await cluster.Http.CreateAsync(primary.Url, bucket)).Succeeded();
            Assert.True(DocumentStamp.TryParse(reply.Header("Skein-Stamp")!.Split(' ')[1], out var stamp));
            took.Add((await crowd.UntilHeldAsync(stamp, since))[^1]);
        }
        took.Sort();
        var (median, longest) = (took[Changes / 2].TotalMilliseconds, took[^1].TotalMilliseconds);
        Report.Line($"a change was with all {Observers}: median {median:0} ms, longest {longest:0} ms");
    }
}
