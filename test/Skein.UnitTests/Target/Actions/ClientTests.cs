using System.Text;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Actions;

/// <summary>The typed client against targets.</summary>
public sealed class ClientTests
{
    private static readonly BucketName Bucket = BucketName.Ais("b");

    [Fact]
    public async Task RenamesAndCopies()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        await cluster.CreateBucketAsync("c");
        using var client = Client(cluster);
        await client.Objects.PutAsync(Bucket, "a b#c", Source("content"), cancellation: StoreFixture.Cancel);
        await client.Objects.RenameAsync(Bucket, "a b#c", "dir/ä", StoreFixture.Cancel);
        await client.Objects.CopyAsync(Bucket, "dir/ä", BucketName.Ais("c"), "x?y", StoreFixture.Cancel);
        Assert.Null(await client.Objects.HeadAsync(Bucket, "a b#c", StoreFixture.Cancel));
        Assert.Equal("content", await ReadAsync(client, Bucket, "dir/ä"));
        Assert.Equal("content", await ReadAsync(client, BucketName.Ais("c"), "x?y"));
        var missing = await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.RenameAsync(Bucket, "none", "new", StoreFixture.Cancel));
        Assert.True(missing.IsNotFound);
    }

    [Fact]
    public async Task Appends()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        using var client = Client(cluster);
        var handle = "";
        foreach (var piece in (string[])["one,", "two,", "three"])
        {
            handle = await client.Objects.AppendAsync(Bucket, "app", Source(piece), handle, StoreFixture.Cancel);
        }
        var checksum = new Checksum(ChecksumTypes.Md5, "c6d2a5ed0bb6b1d5bc3b9c7d3a4f2a6b");
        var wrong = await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.FlushAsync(Bucket, "app", handle, checksum, StoreFixture.Cancel));
        Assert.Equal("ErrBadCksum", wrong.TypeCode);
        await client.Objects.FlushAsync(Bucket, "app", handle, cancellation: StoreFixture.Cancel);
        Assert.Equal("one,two,three", await ReadAsync(client, Bucket, "app"));
    }

    [Fact]
    public async Task UploadsInParts()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        using var client = Client(cluster);
        var custom = new Dictionary<string, string> { ["k"] = "v" };
        var id = await client.Objects.BeginUploadAsync(Bucket, "big", custom, StoreFixture.Cancel);
        Assert.Equal(
            "c54e2f30d54f9aec8bb3cfb96fbf7e0a".Length,
            (await client.Objects.PutPartAsync(Bucket, "big", id, 2, Source("two"), StoreFixture.Cancel)).Length);
        await client.Objects.PutPartAsync(Bucket, "big", id, 1, Source("one,"), StoreFixture.Cancel);
        await client.Objects.CompleteUploadAsync(Bucket, "big", id, 2, StoreFixture.Cancel);
        Assert.Equal("one,two", await ReadAsync(client, Bucket, "big"));
        var head = await client.Objects.HeadAsync(Bucket, "big", StoreFixture.Cancel);
        Assert.Equal([new("k", "v")], head!.Custom);
        var other = await client.Objects.BeginUploadAsync(Bucket, "other", cancellation: StoreFixture.Cancel);
        await client.Objects.AbortUploadAsync(Bucket, "other", other, StoreFixture.Cancel);
        await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.CompleteUploadAsync(Bucket, "other", other, 1, StoreFixture.Cancel));
    }

    [Fact]
    public async Task Promotes()
    {
        using var folder = new TempFolder();
        await using var cluster = await TestCluster.WithBucketAsync(targets: 2);
        cluster.Targets.ForEach(target => target.Target.PromoteRoots = [folder.Path]);
        await File.WriteAllTextAsync($"{folder.Path}/file", "content", StoreFixture.Cancel);
        using var client = Client(cluster);
        var files = new PromoteMessage { Source = folder.Path, ObjectName = "p/", DeletesSource = true };
        Assert.Equal("", await client.Objects.PromoteAsync(Bucket, files, StoreFixture.Cancel));
        Assert.Equal("content", await ReadAsync(client, Bucket, "p/file"));
        Assert.False(File.Exists($"{folder.Path}/file"));
    }

    private static SkeinClient Client(TestCluster cluster) =>
        new(cluster.Proxy.PublicUrl.GetLeftPart(UriPartial.Authority));

    private static ObjectSource Source(string text) => ObjectSource.FromBytes(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReadAsync(SkeinClient client, BucketName bucket, string name) =>
        Encoding.UTF8.GetString(await client.Objects.GetBytesAsync(bucket, name, cancellation: StoreFixture.Cancel));
}
