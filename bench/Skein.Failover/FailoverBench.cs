using System.Diagnostics;
using System.Globalization;
using Skein.Core.Maps;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.Failover;

/// <summary>Three proxies and three targets with default timing, whose primary dies again and again.</summary>
internal sealed class FailoverBench(FailoverOptions options, Results results)
{
    private const int Proxies = 3;
    private const int Targets = 3;
    private const int Objects = 50;
    private const string Bucket = "bench";

    private readonly List<string> _acknowledged = [];

    /// <summary>Measures.</summary>
    /// <returns>True when something acknowledged was lost.</returns>
    public async Task<bool> RunAsync()
    {
        await using var cluster = await ProcessCluster.StartAsync(Proxies, Targets);
        (await cluster.Http.CreateAsync(cluster.Url, Bucket)).Succeeded();
        var paths = Enumerable.Range(0, Objects)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{Bucket}/o{i}"))
            .ToList();
        foreach (var path in paths)
        {
            (await cluster.Http.PutAsync(cluster.Url, path, Payloads.Bytes(10_000, path.Length))).Succeeded();
        }
        await using (var reads = new ReadLoop(cluster.Proxies, paths))
        {
            reads.Start();
            for (var kill = 1; kill <= options.Kills; kill++)
            {
                await KillPrimaryAsync(cluster, reads, kill);
            }
            results.Note($"{reads.Reads} reads in a loop during the kills");
        }
        await JoinsAsync(cluster);
        return await LostAsync(cluster);
    }

    private async Task KillPrimaryAsync(ProcessCluster cluster, ReadLoop reads, int kill)
    {
        await WholeAsync(cluster);
        var victim = await PrimaryAsync(cluster);
        var survivors = cluster.Nodes.Where(node => node != victim).ToList();
        var proxies = survivors.Where(node => node.IsProxy).ToList();
        reads.TakeLongestGap();
        var since = Stopwatch.GetTimestamp();
        victim.KillNow();
        var stamp = await CreateAsync(cluster, proxies, string.Create(CultureInfo.InvariantCulture, $"kill-{kill}"));
        var committed = Stopwatch.GetElapsedTime(since);
        results.Add("primary killed: a change acknowledged", committed);
        await EverywhereAsync(cluster, survivors, stamp);
        results.Add("primary killed: the new map on every node", Stopwatch.GetElapsedTime(since));
        await Retry.UntilAsync("PUT and GET", async attempt =>
        {
            var url = proxies[attempt % proxies.Count].Url;
            (await cluster.Http.PutAsync(url, Bucket + "/after", [1])).Succeeded();
            return (await cluster.Http.GetAsync(url, Bucket + "/after")).Succeeded();
        });
        results.Add("primary killed: PUT and GET succeed", Stopwatch.GetElapsedTime(since));
        results.Add("primary killed: longest gap of a reader", reads.TakeLongestGap());
        results.Say(string.Create(
            CultureInfo.InvariantCulture, $"kill {kill} of {victim.Id}: {committed.TotalMilliseconds:0} ms"));
        await victim.KillAsync();
        await StartAsync(cluster, victim, "the killed primary restarted");
    }

    private async Task JoinsAsync(ProcessCluster cluster)
    {
        for (var join = 1; join <= options.Joins; join++)
        {
            await WholeAsync(cluster);
            var proxy = cluster.Proxies[0];
            var target = cluster.Targets[join % Targets];
            await target.KillAsync();
            await StartAsync(cluster, target, "target restarted");
            await target.KillAsync();
            Directory.Delete(target.Folder, recursive: true);
            target.Arguments = ["-discovery-url", proxy.Url];
            await StartAsync(cluster, target, "target wiped, rejoined");
            results.Say(string.Create(CultureInfo.InvariantCulture, $"restart and rejoin {join}"));
        }
        for (var join = 1; join <= options.Joins; join++)
        {
            await WholeAsync(cluster);
            await StartAsync(cluster, cluster.Add("target", "-discovery-url", cluster.Proxies[^1].Url), "new target");
            results.Say(string.Create(CultureInfo.InvariantCulture, $"join {join}"));
        }
    }

    /// <summary>Starts a node and measures until it is ready and every node has one map with it.</summary>
    private async Task StartAsync(ProcessCluster cluster, ProcessNode node, string what)
    {
        var began = Stopwatch.GetTimestamp();
        await node.StartAsync(cluster.Http);
        var since = Stopwatch.GetTimestamp();
        await Retry.UntilAsync($"{node.Id} is ready", async _ =>
            (await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).Succeeded());
        var incarnation = (await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/cluster/identity"))
            .Succeeded().Json.GetProperty("incarnation").GetString();
        results.Add(what + ": listens, then ready", Stopwatch.GetElapsedTime(since));
        await Retry.UntilAsync($"{node.Id} is in every map", async _ =>
        {
            foreach (var other in cluster.Nodes)
            {
                var map = (await ClusterDocuments.ReadAsync(cluster.Http, other.Url)).Document.Map;
                if (map.Find(node.Id)?.Incarnation != incarnation)
                {
                    return null;
                }
            }
            return node;
        });
        results.Add(what + ": listens, then in every map", Stopwatch.GetElapsedTime(since));
        results.Add(what + ": process started, then in every map", Stopwatch.GetElapsedTime(began));
    }

    private async Task<DocumentStamp> CreateAsync(ProcessCluster cluster, List<ProcessNode> proxies, string name)
    {
        var bucket = name;
        var reply = await Retry.UntilAsync("a change", async attempt =>
        {
            // An attempt without an answer may have happened: the next one has a name of its own.
            bucket = string.Create(CultureInfo.InvariantCulture, $"{name}-{attempt}");
            var answer = await cluster.Http.CreateAsync(proxies[attempt % proxies.Count].Url, bucket);
            return answer.IsSuccess ? answer : null;
        });
        _acknowledged.Add(bucket);
        return DocumentStamp.TryParse(reply.Header("Skein-Stamp")?.Split(' ')[1], out var stamp)
            ? stamp
            : throw new InvalidOperationException($"no stamp: {reply}");
    }

    private static Task EverywhereAsync(ProcessCluster cluster, List<ProcessNode> nodes, DocumentStamp stamp) =>
        Retry.UntilAsync($"{stamp} on every node", async _ =>
        {
            var tags = await Task.WhenAll(nodes.Select(node => ClusterDocuments.TagAsync(cluster.Http, node.Url)));
            return tags.All(tag => DocumentStamp.TryParse(tag.Split(' ')[1], out var held) && held >= stamp) ? tags : null;
        });

    /// <summary>Waits until the cluster is whole again: what it promises holds from there.</summary>
    private static async Task WholeAsync(ProcessCluster cluster)
    {
        await cluster.SettleAsync();
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, Proxies);
    }

    private static async Task<ProcessNode> PrimaryAsync(ProcessCluster cluster)
    {
        var id = ClusterView.PrimaryId(await cluster.Http.WhatAsync(cluster.Url, "smap"));
        return cluster.Proxies.First(proxy => proxy.Id == id);
    }

    private async Task<bool> LostAsync(ProcessCluster cluster)
    {
        await cluster.SettleAsync();
        var lost = new HashSet<string>();
        foreach (var node in cluster.Nodes)
        {
            var document = (await ClusterDocuments.ReadAsync(cluster.Http, node.Url)).Document;
            var known = document.Buckets.Buckets.Keys.Select(bucket => bucket.Name).ToHashSet();
            lost.UnionWith(_acknowledged.Where(bucket => !known.Contains(bucket)));
        }
        results.Note($"{_acknowledged.Count} acknowledged changes, {lost.Count} lost");
        return lost.Count != 0;
    }
}
