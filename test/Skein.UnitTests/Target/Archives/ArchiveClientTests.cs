using System.Net;
using System.Text;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class ArchiveClientTests
{
    [Fact]
    public async Task TheClientAddsReadsAndMakesArchives()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        await cluster.CreateBucketAsync("b");
        using var client = new SkeinClient(cluster.Proxy.PublicUrl.GetLeftPart(UriPartial.Authority));
        var bucket = BucketName.Ais("b");
        await Assert.ThrowsAsync<SkeinException>(() => client.Archives.AddFileAsync(
            bucket, "s.tar", "d/x", ObjectSource.FromBytes("one"u8.ToArray()), false, StoreFixture.Cancel));
        await client.Archives.AddFileAsync(
            bucket, "s.tar", "d/x", ObjectSource.FromBytes("one"u8.ToArray()), true, StoreFixture.Cancel);
        await client.Archives.AddFileAsync(
            bucket, "s.tar", "é y", ObjectSource.FromBytes("two"u8.ToArray()), false, StoreFixture.Cancel);
        foreach (var (path, text) in new[] { ("d/x", "one"), ("é y", "two") })
        {
            await using var file = await client.Archives.GetFileAsync(bucket, "s.tar", path, cancellation: StoreFixture.Cancel);
            using var reader = new StreamReader(file.Content, Encoding.UTF8);
            Assert.Equal(text, await reader.ReadToEndAsync(StoreFixture.Cancel));
        }
        var id = await client.Archives.StartAsync(
            bucket,
            new NamesMessage { ObjectNames = ["s.tar"] },
            new ArchiveMessage { ArchiveName = "all.zip", Destination = WireBucket.From(bucket) },
            StoreFixture.Cancel);
        Assert.NotEqual("", id);
        await Poll.UntilAsync(async () =>
            await client.Objects.HeadAsync(bucket, "all.zip", StoreFixture.Cancel) is null ? "no archive yet" : null);
        Assert.Equal("s.tar", Assert.Single(
            await TestArchives.GetAsync(cluster, "/v1/objects/b/all.zip", ArchiveFormat.Zip)).Name);
    }

    [Theory]
    [InlineData("d/", "prefix", "d/b.txt d/c.jpg")]
    [InlineData(".txt", "suffix", "a.txt d/b.txt")]
    [InlineData("é", "substr", "é/empty")]
    [InlineData("^d/.*\\.jpg$", "regexp", "d/c.jpg")]
    [InlineData("d/b", "wdskey", "d/b.txt")]
    [InlineData("", "prefix", "a.txt d/b.txt d/c.jpg é/empty")]
    public async Task TheClientReadsTheFilesThatMatch(string pattern, string mode, string names)
    {
        await using var cluster = await StartAsync();
        using var client = Client(cluster);
        await using var download = await client.Archives.GetMatchingAsync(
            Bucket, "some.zip", pattern, mode, ".zip", StoreFixture.Cancel);
        var files = await ReadTarAsync(download);
        Assert.Equal(TestArchives.Some.Where(file => names.Split(' ').Contains(file.Name)), files);
    }

    [Theory]
    [InlineData("some.zip", "none", "prefix", HttpStatusCode.NotFound)]
    [InlineData("none.zip", "d/", "prefix", HttpStatusCode.NotFound)]
    [InlineData("some.zip", "(", "regexp", HttpStatusCode.BadRequest)]
    [InlineData("some.zip", "d/", "bogus", HttpStatusCode.BadRequest)]
    public async Task TheClientSaysWhyNoFilesCame(string name, string pattern, string mode, HttpStatusCode status)
    {
        await using var cluster = await StartAsync();
        using var client = Client(cluster);
        var error = await Assert.ThrowsAsync<SkeinException>(
            () => client.Archives.GetMatchingAsync(Bucket, name, pattern, mode, cancellation: StoreFixture.Cancel));
        Assert.Equal(status, error.Status);
    }

    [Fact]
    public async Task TheClientReadsABatchInTheOrderThatItAskedFor()
    {
        await using var cluster = await StartAsync();
        await cluster.CreateBucketAsync("other");
        using var client = Client(cluster);
        var objects = Enumerable.Range(0, 6).Select(i => $"o{i}").ToArray();
        foreach (var name in objects)
        {
            await client.Objects.PutAsync(
                Bucket, name, ObjectSource.FromBytes(Encoding.UTF8.GetBytes("content " + name)), null, StoreFixture.Cancel);
        }
        await client.Objects.PutAsync(
            BucketName.Ais("other"), "x", ObjectSource.FromBytes("elsewhere"u8.ToArray()), null, StoreFixture.Cancel);
        BatchEntry[] entries =
        [
            new() { ObjectName = "o5" },
            new() { ObjectName = "some.zip", ArchivePath = "d/b.txt" },
            new() { ObjectName = "x", Bucket = "other", Provider = "ais" },
            new() { ObjectName = "o2", Start = 3, Length = 4 },
        ];
        await using (var download = await client.Archives.GetBatchAsync(
            Bucket, new BatchMessage { Entries = entries, OnlyObjectName = true }, StoreFixture.Cancel))
        {
            Assert.Equal(
                [("o5", "content o5"), ("some.zip/d/b.txt", "BBBB"), ("x", "elsewhere"), ("o2", "tent")],
                await ReadTarAsync(download));
        }

        // Without a bucket of its own every entry names one; what is missing is an error, or an empty file.
        BatchEntry[] unames =
        [
            new() { ObjectName = "o1", Uname = "ais/@#/b" }, new() { ObjectName = "none", Uname = "ais/@#/b" },
        ];
        await using (var download = await client.Archives.GetBatchAsync(
            null, new BatchMessage { Entries = unames, ContinueOnError = true }, StoreFixture.Cancel))
        {
            Assert.Equal(
                [("b/o1", "content o1"), ($"{BatchMessage.MissingFolder}/b/none", "")], await ReadTarAsync(download));
        }
        var error = await Assert.ThrowsAsync<SkeinException>(() => client.Archives.GetBatchAsync(
            Bucket, new BatchMessage { Entries = [new() { ObjectName = "none" }] }, StoreFixture.Cancel));
        Assert.True(error.IsNotFound, error.Message);
    }

    private static readonly BucketName Bucket = BucketName.Ais("b");

    /// <summary>Two targets, and a bucket with an archive.</summary>
    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(targets: 2);
        await cluster.CreateBucketAsync(Bucket.Name);
        await TestArchives.PutAsync(
            cluster, "/v1/objects/b/some.zip", await TestArchives.MakeAsync(ArchiveFormat.Zip, TestArchives.Some));
        return cluster;
    }

    private static SkeinClient Client(TestCluster cluster) =>
        new(cluster.Proxy.PublicUrl.GetLeftPart(UriPartial.Authority));

    private static async Task<List<(string Name, string Text)>> ReadTarAsync(ObjectDownload download)
    {
        using var bytes = new MemoryStream();
        await download.Content.CopyToAsync(bytes, StoreFixture.Cancel);
        return await TestArchives.ReadAsync(ArchiveFormat.Tar, bytes.ToArray());
    }
}
