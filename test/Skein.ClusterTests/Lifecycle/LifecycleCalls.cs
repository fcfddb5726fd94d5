using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Lifecycle;

/// <summary>Calls of the tests of nodes that leave and come back.</summary>
internal static class LifecycleCalls
{
    /// <summary>An action on nodes.</summary>
    /// <param name="http">Sends.</param>
    /// <param name="url">Base URL of a proxy.</param>
    /// <param name="action">What to do.</param>
    /// <param name="value">Arguments in JSON.</param>
    public static Task<TestReply> LeaveAsync(this TestHttp http, string url, string action, string value) =>
        http.SendAsync(
            HttpMethod.Put,
            url + "/v1/cluster",
            System.Text.Encoding.UTF8.GetBytes($$"""{"action":"{{action}}","value":{{value}}}"""));

    /// <summary>The state of a node in words, as the primary shows it; null for a node that is not in the map.</summary>
    public static async Task<string?> StateAsync(this TestHttp http, string url, string id)
    {
        var control = (await http.SendAsync(HttpMethod.Get, url + "/v1/cluster?what=control")).Succeeded().Json;
        var found = control.GetProperty("nodes").EnumerateArray()
            .Where(node => node.GetProperty("id").GetString() == id)
            .Select(node => node.GetProperty("state").GetString())
            .ToList();
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Waits until the primary shows a state.</summary>
    public static Task<TimeSpan> UntilStateAsync(this TestHttp http, string url, string id, string? state) =>
        Poll.UntilAsync(async () => await http.StateAsync(url, id) is var now && now == state ? null : $"{id} is {now}");

    /// <summary>Flags of a node in the map of a proxy.</summary>
    public static async Task<ulong> FlagsAsync(this TestHttp http, string url, string id)
    {
        var map = await http.WhatAsync(url, "smap");
        return Node(map, id).GetProperty("flags").GetUInt64();
    }

    /// <summary>Alerts that the primary shows.</summary>
    public static async Task<IReadOnlyList<string>> AlertsAsync(this TestHttp http, string url) =>
    [
        .. (await http.SendAsync(HttpMethod.Get, url + "/v1/cluster?what=control")).Succeeded().Json
            .GetProperty("alerts").EnumerateArray().Select(alert => alert.GetString()!),
    ];

    /// <summary>Waits until a node does not run.</summary>
    public static Task<TimeSpan> UntilEndedAsync(InProcessNode node) =>
        Poll.UntilAsync(() => Task.FromResult(node.IsRunning ? $"{node.Id} still runs" : null));

    private static JsonElement Node(JsonElement map, string id) => new[] { "pmap", "tmap" }
        .SelectMany(name => map.GetProperty(name).EnumerateObject())
        .First(node => node.Name == id)
        .Value;
}
