using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>What the nodes of a cluster say about it.</summary>
public static class ClusterView
{
    /// <summary>
    /// Waits until every given node is healthy, has the same document, and sees exactly the given nodes in its map.
    /// </summary>
    /// <param name="http">Asks.</param>
    /// <param name="nodes">Id and public base URL of every node that is to be in the cluster.</param>
    /// <param name="limit">How long to wait; <see cref="Poll.Limit"/> when null.</param>
    public static Task<TimeSpan> UntilSettledAsync(
        TestHttp http, IReadOnlyCollection<(string Id, string Url)> nodes, TimeSpan? limit = null) =>
        Poll.UntilAsync(() => WhyUnsettledAsync(http, nodes), limit);

    /// <summary>Why the nodes do not agree yet; null when they do.</summary>
    public static async Task<string?> WhyUnsettledAsync(
        TestHttp http, IReadOnlyCollection<(string Id, string Url)> nodes)
    {
        var versions = new HashSet<string>();
        foreach (var (id, url) in nodes)
        {
            try
            {
                var health = await http.SendAsync(HttpMethod.Get, url + "/v1/health");
                if (!health.IsSuccess)
                {
                    return $"{id} is not healthy: {health.Code}";
                }
                var map = await http.WhatAsync(url, "smap");
                var seen = Ids(map).ToHashSet();
                if (!seen.SetEquals(nodes.Select(node => node.Id)))
                {
                    return $"{id} sees {string.Join(' ', seen.Order())}";
                }
                versions.Add(map.GetProperty("version").GetString()!);
            }
            catch (HttpRequestException e)
            {
                return $"{id} does not answer: {e.Message}";
            }
        }
        return versions.Count > 1 ? $"several versions of the map: {string.Join(' ', versions)}" : null;
    }

    /// <summary>Ids of all nodes of a cluster map.</summary>
    public static IEnumerable<string> Ids(JsonElement map) =>
        new[] { "pmap", "tmap" }.SelectMany(name => map.GetProperty(name).EnumerateObject()).Select(node => node.Name);

    /// <summary>Id of the primary in a cluster map.</summary>
    public static string PrimaryId(JsonElement map) =>
        map.GetProperty("proxy_si").GetProperty("daemon_id").GetString()!;
}
