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
            await using var file = await client.Archives.GetFileAsync(bucket, "s.tar", path, StoreFixture.Cancel);
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
}
