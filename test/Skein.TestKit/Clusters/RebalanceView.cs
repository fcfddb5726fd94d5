using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>Looks at data movement from outside.</summary>
public static class RebalanceView
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What the primary says of data movement.</summary>
    public static async Task<JsonElement> ReadAsync(TestHttp http, string url) =>
        (await http.SendAsync(HttpMethod.Get, $"{url}/v1/cluster?what=control")).Succeeded().Json.GetProperty("rebalance");

    /// <summary>Waits until every object lies where the map says and no rebalance runs.</summary>
    public static Task<TimeSpan> UntilDoneAsync(TestHttp http, string url, TimeSpan? limit = null) =>
        Poll.UntilAsync(
            async () =>
            {
                var seen = await ReadAsync(http, url);
                return seen.GetProperty("settled").GetBoolean() && seen.GetProperty("state").GetString() != "running"
                    ? null
                    : $"rebalance: {seen}";
            },
            limit ?? Limit);
}
