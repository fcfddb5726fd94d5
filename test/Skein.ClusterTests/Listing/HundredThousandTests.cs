using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Listing;

/// <summary>
/// 100,000 small objects in one bucket list completely, in order, in pages of 1,000, and a page costs its own length: no
/// page walks the bucket.
/// </summary>
public sealed class HundredThousandTests
{
    private const int Count = 100_000;
    private const int PageSize = 1000;
    private const int Writers = 16;

    [Fact]
    public async Task PagesOfAThousandListAHundredThousandObjects()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b", """{"durability":{"ack":"page-cache"}}""")).Succeeded();
        var started = Stopwatch.GetTimestamp();
        await FillAsync(cluster);
        var filled = Stopwatch.GetElapsedTime(started);
        var expected = Enumerable.Range(0, Count).Select(Name).Order(StringComparer.Ordinal).ToList();

        var (names, rows, longest) = await ListAsync(cluster, cluster.Proxies[1].Url);
        Assert.Equal(Count, names.Count);
        Assert.True(expected.SequenceEqual(names), "names are missing, doubled or out of order");
        // Each of the targets is asked for its share of a page and a little more; all pages together read the bucket
        // less than twice, where walking for each page would read it a hundred times.
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} objects put in {filled.TotalSeconds:0.0} s; rows read per page of {PageSize}: at most {rows.Max()}, "
                + $"on average {rows.Average():0}; slowest page {longest.TotalMilliseconds:0} ms"));
        Assert.InRange(rows.Max(), PageSize, PageSize * 2);
        Assert.InRange(rows.Sum(), Count, Count * 2);

        // The last page costs as much as the first: nothing is skipped over to reach it.
        var before = RowsRead(cluster);
        var last = await PageAsync(cluster, cluster.Url, expected[^(PageSize + 1)]);
        Assert.Equal(PageSize, last.GetProperty("entries").GetArrayLength());
        Assert.Equal("", last.GetProperty("continuation_token").GetString());
        Assert.InRange(RowsRead(cluster) - before, PageSize, PageSize * 2);

        // The index is still complete after a restart.
        await cluster.RestartAsync(cluster.Targets[0]);
        Assert.True(expected.SequenceEqual((await ListAsync(cluster, cluster.Url)).Names));
    }

    /// <summary>Names that do not come in the order in which they are put, in 100 folders.</summary>
    private static string Name(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"folder-{number % 100:00}/object-{number * 7919L % Count:000000}");

    private static Task FillAsync(InProcessCluster cluster)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var proxy = cluster.Proxies[writer % cluster.Proxies.Count].Url;
            byte[] content = [(byte)writer];
            for (int number; (number = Interlocked.Increment(ref next)) < Count;)
            {
                (await cluster.Http.PutAsync(proxy, "b/" + Name(number), content)).Succeeded();
            }
        }));
    }

    private static async Task<(List<string> Names, List<long> Rows, TimeSpan Longest)> ListAsync(
        InProcessCluster cluster, string proxy)
    {
        var names = new List<string>(Count);
        var rows = new List<long>();
        var longest = TimeSpan.Zero;
        for (var token = ""; ;)
        {
            var before = RowsRead(cluster);
            var started = Stopwatch.GetTimestamp();
            var page = await PageAsync(cluster, proxy, token);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
            rows.Add(RowsRead(cluster) - before);
            var entries = page.GetProperty("entries");
            Assert.InRange(entries.GetArrayLength(), 1, PageSize);
            names.AddRange(entries.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
            token = page.GetProperty("continuation_token").GetString()!;
            if (token.Length == 0)
            {
                return (names, rows, longest);
            }
            Assert.Equal(PageSize, entries.GetArrayLength());
        }
    }

    private static async Task<JsonElement> PageAsync(InProcessCluster cluster, string proxy, string token) =>
        (await cluster.Http.ListPageAsync(
            proxy, "b", $$"""{"props":"name","pagesize":{{PageSize}},"continuation_token":"{{token}}"}"""))
            .Succeeded().Json;

    private static long RowsRead(InProcessCluster cluster) => cluster.Targets.Sum(target => target.ListingRowsRead);
}
