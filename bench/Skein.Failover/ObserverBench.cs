using System.Diagnostics;
using System.Globalization;
using Skein.Core.Maps;
using Skein.TestKit.Clusters;

namespace Skein.Failover;

/// <summary>How long a change takes to reach many observers.</summary>
internal static class ObserverBench
{
    private const int Changes = 40;

    /// <summary>Measures.</summary>
    public static async Task RunAsync(FailoverOptions options, Results results)
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 1);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 3);
        var id = ClusterView.PrimaryId(await cluster.Http.WhatAsync(cluster.Url, "smap"));
        var primary = cluster.Proxies.First(proxy => proxy.Id == id);
        await using var crowd = await ObserverCrowd.JoinAsync(primary, options.Observers);
        results.Say(string.Create(CultureInfo.InvariantCulture, $"{crowd.Count} observers are in"));
        for (var change = 0; change < Changes; change++)
        {
            var bucket = string.Create(CultureInfo.InvariantCulture, $"change-{change}");
            var since = Stopwatch.GetTimestamp();
            var reply = (await cluster.Http.CreateAsync(primary.Url, bucket)).Succeeded();
            if (!DocumentStamp.TryParse(reply.Header("Skein-Stamp")?.Split(' ')[1], out var stamp))
            {
                throw new InvalidOperationException($"no stamp: {reply}");
            }
            var times = await crowd.UntilHeldAsync(stamp, since);
            results.Add($"a change asked for: the median of {crowd.Count} observers has it", times[times.Count / 2]);
            results.Add($"a change asked for: all {crowd.Count} observers have it", times[^1]);
        }
    }
}
