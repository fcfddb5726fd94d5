using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Mountpaths;

/// <summary>A target whose last mountpath goes out of service leaves service too, and comes back with it.</summary>
public sealed class NoMountpathTests
{
    private const int Objects = 60;

    [Fact]
    public async Task OthersTakeItsNamesUntilItHasAMountpathAgain()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 3);
        var http = cluster.Http;
        (await http.CreateAsync(cluster.Url, "b")).Succeeded();
        for (var i = 0; i < Objects; i++)
        {
            (await http.PutAsync(cluster.Url, Name("old", i), [1, 2, 3])).Succeeded();
        }
        var target = cluster.Targets[0];
        var lists = await http.WhatAsync(target.Url, "mountpaths");
        var path = lists.GetProperty("available")[0].GetString()!;

        (await http.ActAsync(
            HttpMethod.Post, $"{target.Url}/v1/daemon/mountpaths?dntres=true", "disable-mp", $"\"{path}\"")).Succeeded();
        await UntilActiveAsync(cluster, target.Id, isActive: false);
        await Poll.UntilAsync(async () =>
        {
            var alerts = (await http.WhatAsync(cluster.Url, "control")).GetProperty("alerts").ToString();
            return alerts.Contains("none of its mountpaths is in service", StringComparison.Ordinal) ? null : alerts;
        });
        for (var i = 0; i < Objects; i++)
        {
            (await http.PutAsync(cluster.Url, Name("new", i), [4, 5])).Succeeded();
            Assert.Equal(200, (await http.GetAsync(cluster.Url, Name("new", i))).Code);
        }
        var codes = new List<int>();
        for (var i = 0; i < Objects; i++)
        {
            codes.Add((await http.GetAsync(cluster.Url, Name("old", i))).Code);
        }
        // What it holds cannot be read, and is not denied either.
        Assert.Contains(503, codes);
        Assert.All(codes, code => Assert.True(code is 200 or 503, $"{code}"));

        (await http.ActAsync(HttpMethod.Post, $"{target.Url}/v1/daemon/mountpaths", "enable-mp", $"\"{path}\"")).Succeeded();
        await UntilActiveAsync(cluster, target.Id, isActive: true);
        await cluster.SettleAsync();
        for (var i = 0; i < Objects; i++)
        {
            Assert.Equal([1, 2, 3], (await http.GetAsync(cluster.Url, Name("old", i))).Succeeded().Body);
            Assert.Equal([4, 5], (await http.GetAsync(cluster.Url, Name("new", i))).Succeeded().Body);
        }
    }

    private static string Name(string prefix, int i) => string.Create(CultureInfo.InvariantCulture, $"b/{prefix}{i:d3}");

    private static Task UntilActiveAsync(InProcessCluster cluster, string id, bool isActive) => Poll.UntilAsync(
        async () =>
        {
            var map = await cluster.Http.WhatAsync(cluster.Url, "smap");
            var flags = map.GetProperty("tmap").GetProperty(id).GetProperty("flags").GetUInt64();
            return (flags & (1UL << 34)) == 0 == isActive ? null : $"flags {flags}";
        });
}
