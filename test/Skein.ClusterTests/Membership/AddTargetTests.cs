using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Membership;

/// <summary>
/// A target comes to a cluster that has data. Until the data has moved, objects lie where they used to belong; clients
/// must not notice.
/// </summary>
public sealed class AddTargetTests
{
    private const int Count = 120;

    private static readonly string[] Names =
        [.. Enumerable.Range(0, Count).Select(i => $"dir{i % 7}/o{i}").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task NothingIsMissedAndNothingIsSeenTwice()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 2, 2);
        await FillAsync(cluster);
        for (var round = 0; round < 2; round++)
        {
            await cluster.AddTargetAsync();
            foreach (var proxy in cluster.Proxies)
            {
                foreach (var name in Names)
                {
                    Assert.Equal(Content(name), (await cluster.Http.GetAsync(proxy.Url, "b/" + name)).Succeeded().Body);
                    var head = (await cluster.Http.HeadAsync(proxy.Url, "b/" + name)).Succeeded();
                    Assert.Equal($"{Content(name).Length}", head.Header("Content-Length"));
                }
                Assert.Equal(Names, await cluster.Http.ListAsync(proxy.Url, "b"));
                Assert.Equal(Names, await cluster.Http.ListAsync(proxy.Url, "b", 7));
            }
        }
        var ranged = await cluster.Http.GetAsync(cluster.Url, "b/" + Names[3], ("Range", "bytes=1-3"));
        Assert.Equal(206, ranged.Code);
        Assert.Equal(Content(Names[3])[1..4], ranged.Body);
    }

    [Fact]
    public async Task WhatIsDeletedIsGoneEverywhere()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        await FillAsync(cluster);
        await cluster.AddTargetAsync();
        var left = new List<string>();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            if (i % 3 == 0)
            {
                left.Add(name);
                continue;
            }
            if (i % 3 == 1)
            {
                // Now there is an old copy where it used to belong and a new one where it belongs.
                (await cluster.Http.PutAsync(cluster.Url, "b/" + name, "newer"u8.ToArray())).Succeeded();
            }
            (await cluster.Http.DeleteAsync(cluster.Proxies[i % 2].Url, "b/" + name)).Succeeded();
            foreach (var proxy in cluster.Proxies)
            {
                Assert.Equal(404, (await cluster.Http.GetAsync(proxy.Url, "b/" + name)).Code);
                Assert.Equal(404, (await cluster.Http.HeadAsync(proxy.Url, "b/" + name)).Code);
            }
            foreach (var target in cluster.Targets)
            {
                var direct = await cluster.Http.SendAsync(HttpMethod.Get, $"{target.Url}/v1/objects/b/{name}");
                Assert.Equal(404, direct.Code);
            }
            Assert.Equal(404, (await cluster.Http.DeleteAsync(cluster.Url, "b/" + name)).Code);
        }
        foreach (var proxy in cluster.Proxies)
        {
            Assert.Equal(left, await cluster.Http.ListAsync(proxy.Url, "b", 10));
        }
        // Nor does it come back when the nodes have started anew.
        foreach (var node in cluster.Nodes)
        {
            await cluster.RestartAsync(node);
        }
        Assert.Equal(left, await cluster.Http.ListAsync(cluster.Proxies[1].Url, "b"));
    }

    [Fact]
    public async Task WhatIsOverwrittenShowsTheNewContent()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2, 2);
        await FillAsync(cluster);
        await cluster.AddTargetAsync();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            var put = await cluster.Http.PutAsync(cluster.Proxies[i % 2].Url, "b/" + name, Newer(name));
            Assert.Equal(200, put.Code);
            foreach (var proxy in cluster.Proxies)
            {
                Assert.Equal(Newer(name), (await cluster.Http.GetAsync(proxy.Url, "b/" + name)).Succeeded().Body);
            }
        }
        await cluster.AddTargetAsync();
        foreach (var proxy in cluster.Proxies)
        {
            foreach (var name in Names)
            {
                Assert.Equal(Newer(name), (await cluster.Http.GetAsync(proxy.Url, "b/" + name)).Succeeded().Body);
            }
            var page = await cluster.Http.ListPageAsync(proxy.Url, "b", """{"props":"name,size"}""");
            var entries = page.Succeeded().Json.GetProperty("entries").EnumerateArray().ToList();
            Assert.Equal(Names, entries.Select(entry => entry.GetProperty("name").GetString()));
            Assert.Equal(
                Names.Select(name => $"{Newer(name).Length}"),
                entries.Select(entry => entry.GetProperty("size").GetString()));
        }
    }

    [Fact]
    public async Task CustomMetadataOfAnObjectThatLiesElsewhereCanBeChanged()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        await FillAsync(cluster);
        await cluster.AddTargetAsync();
        foreach (var name in Names)
        {
            (await cluster.Http.ActAsync(
                HttpMethod.Patch, $"{cluster.Url}/v1/objects/b/{name}", "", """{"k":"v"}""")).Succeeded();
            var head = (await cluster.Http.HeadAsync(cluster.Proxies[1].Url, "b/" + name)).Succeeded();
            Assert.Equal("k=v", head.Header("Ais-Custom-Md"));
            Assert.Equal(Content(name), (await cluster.Http.GetAsync(cluster.Url, "b/" + name)).Succeeded().Body);
        }
    }

    [Fact]
    public async Task TheClusterSaysThatItsListingsComeFromEverywhere()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 1);
        await FillAsync(cluster);
        var before = (await cluster.Http.ListPageAsync(cluster.Url, "b")).Succeeded().Json;
        Assert.Equal(0, before.GetProperty("flags").GetInt32());
        var target = await cluster.AddTargetAsync();
        // The new one has nothing of its own, and serves everything that belongs to it.
        var served = 0;
        foreach (var name in Names)
        {
            var redirect = await cluster.Http.SendAsync(HttpMethod.Get, $"{cluster.Url}/v1/objects/b/{name}");
            served += redirect.Header("Location")!.StartsWith(target.Url, StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.InRange(served, Count / 4, Count * 3 / 4);
    }

    private static byte[] Content(string name) => Encoding.UTF8.GetBytes("content of " + name);

    private static byte[] Newer(string name) => Payloads.Bytes(name.Length * 31, name.Length);

    private static async Task FillAsync(InProcessCluster cluster)
    {
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            var proxy = cluster.Proxies[i % cluster.Proxies.Count];
            (await cluster.Http.PutAsync(proxy.Url, "b/" + name, Content(name))).Succeeded();
        }
    }
}
