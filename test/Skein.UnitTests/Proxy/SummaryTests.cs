using System.Text.Json;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

/// <summary>Summaries of buckets, as jobs.</summary>
public sealed class SummaryTests
{
    [Fact]
    public async Task ASummaryBeginsWithItsIdAndEndsWithExactFigures()
    {
        await using var cluster = await BucketJobTests.FilledAsync(3);
        var id = await BeginAsync(cluster, "/v1/buckets/b", "");
        var text = await EndAsync(cluster, "/v1/buckets/b", id);
        var disks = JsonDocument.Parse(text).RootElement[0].GetProperty("TotalSize").GetProperty("total_disks_size").GetString();
        Assert.Equal(
            $$$"""
                [{"name":"b","provider":"ais","namespace":{"uuid":"","name":""},
                "ObjCount":{"obj_count_present":"6","obj_count_remote":"0"},
                "ObjSize":{"obj_min_size":12,"obj_avg_size":13,"obj_max_size":14},
                "TotalSize":{"size_on_disk":"24576","size_all_present_objs":"82","size_all_remote_objs":"0",
                "total_disks_size":"{{{disks}}}"},"used_pct":0,"is_present":false}]
                """.ReplaceLineEndings(""),
            text);
        Assert.Equal(text, await EndAsync(cluster, "/v1/buckets/b", id)); // asked again
    }

    [Fact]
    public async Task WithoutABucketAllAreSummedUpAndAPrefixCounts()
    {
        await using var cluster = await BucketJobTests.FilledAsync(2);
        await cluster.CreateBucketAsync("a");
        var all = await EndAsync(cluster, "/v1/buckets", await BeginAsync(cluster, "/v1/buckets", ""));
        var list = JsonSerializer.Deserialize(all, WireJsonContext.Default.ListBucketSummary)!;
        Assert.Equal([("a", 0), ("b", 6)], list.Select(one => (one.Name, one.Count.Present)));
        Assert.Equal(0, list[0].Sizes.Smallest);
        var some = await EndAsync(cluster, "/v1/buckets/b", await BeginAsync(cluster, "/v1/buckets/b", "o-"));
        Assert.Equal(4, JsonSerializer.Deserialize(some, WireJsonContext.Default.ListBucketSummary)![0].Count.Present);
    }

    [Fact]
    public async Task HeadTellsTheSummaryInAHeader()
    {
        await using var cluster = await BucketJobTests.FilledAsync(2);
        using var begun = await cluster.SendAsync(HttpMethod.Head, cluster.Proxy, "/v1/buckets/b?bsumm_remote=True");
        Assert.Equal(202, (int)begun.StatusCode);
        Assert.True(begun.Headers.Contains("Ais-Bucket-Props"));
        var id = begun.Headers.GetValues("Ais-Xaction-Id").Single();
        await Poll.UntilAsync(async () =>
        {
            using var answer = await cluster.SendAsync(
                HttpMethod.Head, cluster.Proxy, $"/v1/buckets/b?bsumm_remote=True&uuid={id}");
            if ((int)answer.StatusCode is 202 or 206)
            {
                return "counts";
            }
            Assert.Equal(200, (int)answer.StatusCode);
            var summary = JsonSerializer.Deserialize(
                answer.Headers.GetValues("Ais-Bucket-Summ").Single(), WireJsonContext.Default.BucketSummary)!;
            Assert.Equal((6, true), (summary.Count.Present, summary.IsPresent));
            return null;
        });
    }

    [Theory]
    [InlineData("GET", "/v1/buckets/b", """{"action":"summary-bck","value":{"uuid":"nosuchid1"}}""", 404)]
    [InlineData("GET", "/v1/buckets/nosuch", """{"action":"summary-bck"}""", 404)]
    [InlineData("GET", "/v1/buckets/b", """{"action":"summary-bck","value":{"prefix":7}}""", 400)]
    [InlineData("HEAD", "/v1/buckets/b?bsumm_remote=true&uuid=nosuchid1", null, 404)]
    [InlineData("HEAD", "/v1/buckets/nosuch?bsumm_remote=true", null, 404)]
    public async Task WhatIsNotKnownIsRefused(string verb, string path, string? body, int status)
    {
        await using var cluster = await BucketJobTests.FilledAsync(1);
        using var answer = await cluster.SendAsync(new HttpMethod(verb), cluster.Proxy, path, body);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static async Task<string> BeginAsync(TestCluster cluster, string path, string prefix)
    {
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, path,
            $$$"""{"action":"summary-bck","value":{"uuid":"","prefix":"{{{prefix}}}","cached":true,"present":true}}""");
        Assert.Equal(202, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
    }

    private static async Task<string> EndAsync(TestCluster cluster, string path, string id)
    {
        var text = "";
        await Poll.UntilAsync(async () =>
        {
            using var answer = await cluster.SendAsync(
                HttpMethod.Get, cluster.Proxy, path, $$$"""{"action":"summary-bck","value":{"uuid":"{{{id}}}"}}""");
            text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
            Assert.Contains((int)answer.StatusCode, (int[])[200, 202, 206]);
            return (int)answer.StatusCode == 200 ? null : "counts";
        });
        return text;
    }
}
