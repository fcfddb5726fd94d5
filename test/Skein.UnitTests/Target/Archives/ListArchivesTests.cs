using System.Text.Json;
using Skein.Core.Archives;
using Skein.Core.Wire;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class ListArchivesTests
{
    [Fact]
    public async Task FilesComeRightAfterTheirArchive()
    {
        await using var cluster = await StartAsync(2);
        Assert.Equal(
            [
                "noext 64 10240", "s.tar 576", "s.tar/a.txt 704 3", "s.tar/d/b.txt 704 4", "s.tar/d/c.jpg 704 2",
                "s.tar/é/empty 704 0", "s.tar-b 64 1", "s.zip 576", "s.zip/a.txt 704 3", "s.zip/d/b.txt 704 4",
                "s.zip/d/c.jpg 704 2", "s.zip/é/empty 704 0", "z.tgz 64 3",
            ],
            (await ListAsync(cluster, 0)).Select(entry => Shown(entry, entry.Flags != 576)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task PagesMayEndInsideAnArchive(int pageSize)
    {
        await using var cluster = await StartAsync(3);
        var whole = await ListAsync(cluster, 0);
        Assert.Equal(13, whole.Count);
        var pages = await ListAsync(cluster, pageSize);
        Assert.Equal(whole.Select(entry => Shown(entry)), pages.Select(entry => Shown(entry)));
    }

    [Fact]
    public async Task WithoutTheFlagArchivesAreObjects()
    {
        await using var cluster = await StartAsync(1);
        var entries = await ListAsync(cluster, 0, flags: 0);
        Assert.Equal(["noext", "s.tar", "s.tar-b", "s.zip", "z.tgz"], entries.Select(entry => entry.Name));
        Assert.All(entries, entry => Assert.Equal(64, entry.Flags));
    }

    [Fact]
    public async Task AnEmptyArchiveAndOneOfManyFilesAreListed()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        await TestArchives.PutAsync(cluster, "/v1/objects/b/e.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, []));
        var many = Enumerable.Range(0, 300).Select(i => ($"f{(i * 7) % 300:000}", "x")).ToList();
        await TestArchives.PutAsync(cluster, "/v1/objects/b/m.tgz", await TestArchives.MakeAsync(ArchiveFormat.Tgz, many));
        var entries = await ListAsync(cluster, 50);
        Assert.Equal("e.tar", entries[0].Name);
        Assert.Equal(
            many.Select(file => $"m.tgz/{file.Item1}").Order(StringComparer.Ordinal),
            entries.Skip(2).Select(entry => entry.Name));
    }

    [Fact]
    public async Task OfAnArchiveThatWasReplacedElsewhereOnlyTheNewFilesAreListed()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        for (var i = 0; i < 8; i++)
        {
            await TestArchives.PutAsync(
                cluster, $"/v1/objects/b/s{i}.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some));
        }
        await cluster.AddTargetAsync();
        for (var i = 0; i < 8; i++)
        {
            await TestArchives.PutAsync(
                cluster, $"/v1/objects/b/s{i}.tar", await TestArchives.MakeAsync(ArchiveFormat.Tar, [("new", "1")]));
        }
        var expected = Enumerable.Range(0, 8).SelectMany(i => new[] { $"s{i}.tar", $"s{i}.tar/new" }).ToList();
        Assert.Equal(expected, (await ListAsync(cluster, 0)).Select(entry => entry.Name));
        Assert.Equal(expected, (await ListAsync(cluster, 3)).Select(entry => entry.Name));
    }

    private static string Shown(ListEntry entry, bool withSize = true) =>
        withSize ? $"{entry.Name} {entry.Flags} {entry.Size}" : $"{entry.Name} {entry.Flags}";

    private static async Task<TestCluster> StartAsync(int targets)
    {
        var cluster = await TestCluster.StartAsync(targets: targets);
        await cluster.CreateBucketAsync("b");
        var tar = await TestArchives.MakeAsync(ArchiveFormat.Tar, TestArchives.Some);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/s.tar", tar);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/noext", [.. tar, .. new byte[10240 - tar.Length]]);
        await TestArchives.PutAsync(cluster, "/v1/objects/b/s.tar-b", [1]);
        await TestArchives.PutAsync(
            cluster, "/v1/objects/b/s.zip", await TestArchives.MakeAsync(ArchiveFormat.Zip, TestArchives.Some));
        await TestArchives.PutAsync(cluster, "/v1/objects/b/z.tgz", [1, 2, 3]);
        return cluster;
    }

    private static async Task<List<ListEntry>> ListAsync(TestCluster cluster, int pageSize, int flags = 8)
    {
        var entries = new List<ListEntry>();
        var token = "";
        for (var pages = 0; pages < 400; pages++)
        {
            var body = $$$"""
                {"action":"list","value":{"props":"name,size","flags":"{{{flags}}}","pagesize":{{{pageSize}}},
                "continuation_token":{{{JsonSerializer.Serialize(token)}}}}}
                """;
            using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/buckets/b", body);
            var json = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
            Assert.True(answer.IsSuccessStatusCode, json);
            var page = JsonSerializer.Deserialize(json, WireJsonContext.Default.ListObjectsResult)!;
            Assert.True(pageSize == 0 || (page.Entries?.Count ?? 0) <= pageSize, "the page is too long");
            entries.AddRange(page.Entries ?? []);
            token = page.ContinuationToken;
            if (token.Length == 0)
            {
                return entries;
            }
        }
        throw new InvalidOperationException("the listing does not end");
    }
}
