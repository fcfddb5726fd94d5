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

    /// <summary>
    /// Waits until the primary shows the voters that a cluster of this size wants, none of which has lost its state, all
    /// with the newest document: one of them may be lost then.
    /// </summary>
    /// <param name="http">Asks.</param>
    /// <param name="url">Base URL of any proxy.</param>
    /// <param name="limit">How long to wait; <see cref="Poll.Limit"/> when null.</param>
    public static Task<TimeSpan> UntilVotersWholeAsync(TestHttp http, string url, TimeSpan? limit = null) =>
        Poll.UntilAsync(() => WhyVotersNotWholeAsync(http, url), limit);

    /// <summary>Why the voters are not whole; null when they are.</summary>
    public static async Task<string?> WhyVotersNotWholeAsync(TestHttp http, string url)
    {
        var control = await http.SendAsync(HttpMethod.Get, url + "/v1/cluster?what=control");
        if (!control.IsSuccess)
        {
            return $"what=control is answered with {control.Code}";
        }
        var state = control.Json;
        if (!state.GetProperty("from_primary").GetBoolean())
        {
            return "there is no primary";
        }
        var nodes = state.GetProperty("nodes").EnumerateArray().ToList();
        // Electable proxies, at most five; made odd by a target, or by one proxy fewer.
        var proxies = Math.Min(5, nodes.Count(node => node.GetProperty("role").GetString() == "proxy"
            && (node.GetProperty("flags").GetUInt64() & 1) == 0));
        var hasTarget = nodes.Exists(node => node.GetProperty("role").GetString() == "target");
        var wanted = proxies % 2 == 1 ? proxies : hasTarget ? proxies + 1 : proxies - 1;
        var voters = state.GetProperty("voters").EnumerateArray().ToList();
        var witnesses = proxies % 2 == 0 && hasTarget ? 1 : 0;
        var whole = voters.Count == wanted
            && voters.Count(voter => voter.GetProperty("witness").GetBoolean()) == witnesses
            && voters.TrueForAll(voter =>
            !voter.GetProperty("stale").GetBoolean() && voter.GetProperty("lag").GetInt64() == 0);
        return whole ? null : $"{wanted} voters are wanted, there are {state.GetProperty("voters").GetRawText()}";
    }

    /// <summary>Ids of all nodes of a cluster map.</summary>
    public static IEnumerable<string> Ids(JsonElement map) =>
        new[] { "pmap", "tmap" }.SelectMany(name => map.GetProperty(name).EnumerateObject()).Select(node => node.Name);

    /// <summary>Id of the primary in a cluster map.</summary>
    public static string PrimaryId(JsonElement map) =>
        map.GetProperty("proxy_si").GetProperty("daemon_id").GetString()!;
}
