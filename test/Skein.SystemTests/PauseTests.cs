using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>A primary that stands still for a while and then goes on believes nothing of what it believed.</summary>
public sealed class PauseTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task APrimaryThatWasStoppedForTenSecondsAcknowledgesNothingOfItsOwn()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 3);
        var stopped = await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[0]);
        var others = cluster.Proxies.Where(proxy => proxy != stopped).ToList();
        var acknowledged = new ConcurrentDictionary<string, string>();
        using var end = new CancellationTokenSource();
        var writers = new List<Task>();
        foreach (var proxy in cluster.Proxies)
        {
            for (var writer = 0; writer < 2; writer++)
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"{proxy.Id}-{writer}");
                writers.Add(WriteAsync(cluster.Http, proxy, prefix, acknowledged, end.Token));
            }
        }
        await Poll.UntilAsync(() => Task.FromResult(acknowledged.Count >= 10 ? null : "few changes so far"));

        stopped.Pause();
        var moment = Stopwatch.GetTimestamp();
        var before = acknowledged.Count;
        ProcessNode? next = null;
        await Poll.UntilAsync(async () =>
        {
            next = await ControlCalls.PrimaryAsync(cluster, others[0]);
            return next != stopped ? null : "nobody else leads yet";
        });
        var took = Stopwatch.GetElapsedTime(moment);
        await Poll.UntilAsync(
            () => Task.FromResult(Stopwatch.GetElapsedTime(moment) >= Pause ? null : "the pause is not over"));
        var during = acknowledged.Count - before;
        stopped.Resume();
        var settled = await cluster.SettleAsync();
        await end.CancelAsync();
        await Task.WhenAll(writers);
        await cluster.SettleAsync();
        Report.Line($"{next!.Id} led {took.TotalMilliseconds:0} ms after {stopped.Id} was stopped; {during} changes");
        Report.Line($"were acknowledged meanwhile; all agreed {settled.TotalMilliseconds:0} ms after it went on");

        Assert.True(during > 0, "the others acknowledged nothing while the primary stood still");
        Assert.NotEqual(stopped, await ControlCalls.PrimaryAsync(cluster, stopped));
        // Whatever anybody acknowledged at any time is part of the one history that all share now.
        foreach (var proxy in cluster.Proxies)
        {
            await ControlCalls.UntilListedAsync(cluster.Http, proxy, acknowledged.Keys);
        }
        // An acknowledgement names the document it was made under: no two documents have one stamp.
        var stamps = acknowledged.Values.Select(stamp => stamp.Split(' ')).ToLookup(part => part[1], part => part[2]);
        Assert.All(stamps, hashes => Assert.Single(hashes.Distinct()));
    }

    /// <summary>Creates buckets through one proxy, one after the other; notes which were acknowledged and under what.</summary>
    private static async Task WriteAsync(
        TestHttp http,
        ProcessNode proxy,
        string prefix,
        ConcurrentDictionary<string, string> acknowledged,
        CancellationToken end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var bucket = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i}");
            try
            {
                var reply = await http.CreateAsync(proxy.Url, bucket);
                if (reply.IsSuccess)
                {
                    acknowledged[bucket] = reply.Header("Skein-Stamp")
                        ?? throw new InvalidOperationException($"no stamp with {reply}");
                }
            }
            catch (HttpRequestException)
            {
                // Not acknowledged.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }
}
