using System.Diagnostics;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>Control operations of tests in which nodes die: they are tried until somebody acknowledges them.</summary>
internal static class ControlCalls
{
    /// <summary>Creates a bucket through one of the proxies, asking one after the other until one acknowledges it.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> CreateAsync(
        TestHttp http, IReadOnlyList<ProcessNode> proxies, string bucket, TimeSpan? limit = null)
    {
        var attempt = 0;
        return await Poll.UntilAsync(
            async () =>
            {
                var proxy = proxies[attempt++ % proxies.Count];
                try
                {
                    var reply = await http.CreateAsync(proxy.Url, bucket);
                    // A lost answer to an earlier attempt: it is there, which is as good as acknowledged.
                    return reply.IsSuccess || (attempt > 1 && reply.Code == 409) ? null : reply.ToString();
                }
                catch (HttpRequestException e)
                {
                    return $"{proxy.Id}: {e.Message}";
                }
            },
            limit);
    }

    /// <summary>Waits until a node is healthy and lists all the buckets.</summary>
    public static Task<TimeSpan> UntilListedAsync(
        TestHttp http, ProcessNode node, IEnumerable<string> buckets, TimeSpan? limit = null) =>
        Poll.UntilAsync(
            async () =>
            {
                try
                {
                    var listed = await BucketsAsync(http, node.Url);
                    var missing = buckets.Where(bucket => !listed.Contains(bucket)).ToList();
                    return missing.Count == 0 ? null : $"{node.Id} has lost {string.Join(' ', missing.Take(10))}";
                }
                catch (HttpRequestException e)
                {
                    return $"{node.Id}: {e.Message}";
                }
            },
            limit);

    /// <summary>Names of the buckets that a proxy lists.</summary>
    public static async Task<HashSet<string>> BucketsAsync(TestHttp http, string proxy)
    {
        var reply = await http.ActAsync(HttpMethod.Get, proxy + "/v1/buckets", "list");
        return [.. reply.Succeeded().Json.EnumerateArray().Select(bucket => bucket.GetProperty("name").GetString()!)];
    }

    /// <summary>The node that leads, as the given nodes say it; they need not agree.</summary>
    public static async Task<ProcessNode> PrimaryAsync(ProcessCluster cluster, ProcessNode asked)
    {
        var map = await cluster.Http.WhatAsync(asked.Url, "smap");
        var id = ClusterView.PrimaryId(map);
        return cluster.Proxies.First(proxy => proxy.Id == id);
    }

    /// <summary>Runs something and says how long it took.</summary>
    public static async Task<(T Result, TimeSpan Took)> TimedAsync<T>(Func<Task<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await call();
        return (result, Stopwatch.GetElapsedTime(started));
    }
}
