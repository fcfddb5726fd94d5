using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Metadata;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster;

public sealed class MetadataOwnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skein-owner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_published_is_on_disk_and_survives_a_restart()
    {
        var token = TestContext.Current.CancellationToken;
        var (owner, feed) = Open();
        var seen = new List<DocumentStamp>();
        using var subscription = feed.Subscribe(document =>
        {
            // Persisted before published: whoever hears of it finds it on disk.
            Assert.Equal(document.Hash, new ControlDocumentFile(_folder).Load(out _).Hash);
            seen.Add(document.Stamp);
        });
        await owner.FormAsync(First(), "test", token);
        await owner.CommitAsync(new AddNode(TestNodes.Target(1)), "test", "", _ => true, token);
        var last = await owner.CommitAsync(Create("b"), "test", "", _ => true, token);
        Assert.Equal([new(1, 1, 1), new(1, 1, 2), new(1, 1, 3)], seen);
        var (again, _) = Open();
        Assert.Equal(last.Hash, again.Current.Hash);
        Assert.NotNull(again.Current.Document.Buckets.Find(BucketName.Ais("b")));
    }

    [Fact]
    public async Task A_damaged_file_falls_back_to_the_previous_generation()
    {
        var token = TestContext.Current.CancellationToken;
        var (owner, _) = Open();
        await owner.FormAsync(First(), "test", token);
        var before = owner.Current;
        await owner.CommitAsync(Create("b"), "test", "", _ => true, token);
        var path = Path.Combine(_folder, ".skein.document");
        var bytes = await File.ReadAllBytesAsync(path, token);
        for (var position = 0; position < bytes.Length; position += 97)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[position] ^= 0x40;
            await File.WriteAllBytesAsync(path, damaged, token);
            var loaded = new ControlDocumentFile(_folder).Load(out var problems);
            Assert.Equal(before.Hash, loaded.Hash);
            Assert.Single(problems);
        }
        await File.WriteAllBytesAsync(path, bytes[..100], token);
        Assert.Equal(before.Hash, new ControlDocumentFile(_folder).Load(out _).Hash);
        File.Delete(path + ".prev");
        Assert.Throws<StoreException>(() => new ControlDocumentFile(_folder).Load(out _));
    }

    [Fact]
    public async Task Only_a_successor_of_the_same_cluster_is_taken()
    {
        var token = TestContext.Current.CancellationToken;
        var (owner, _) = Open();
        var first = await owner.FormAsync(First(), "test", token);
        var newer = ControlDocumentCodec.Seal(first.Document with { Stamp = new DocumentStamp(1, 2, 1) });
        var other = ControlDocumentCodec.Seal(First("other0000001") with { Stamp = new DocumentStamp(9, 9, 9) });
        var clash = ControlDocumentCodec.Seal(newer.Document with { LastChange = new ChangeRecord("x", "", "", 0) });
        Assert.Equal(AcceptResult.Same, await owner.AcceptAsync(first, token));
        Assert.Equal(AcceptResult.WrongCluster, await owner.AcceptAsync(other, token));
        Assert.Equal(AcceptResult.Accepted, await owner.AcceptAsync(newer, token));
        Assert.Equal(AcceptResult.Older, await owner.AcceptAsync(first, token));
        Assert.Equal(AcceptResult.Conflict, await owner.AcceptAsync(clash, token));
        Assert.Equal(newer.Hash, owner.Current.Hash);
    }

    [Fact]
    public async Task A_refused_change_changes_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var (owner, _) = Open();
        var first = await owner.FormAsync(First(), "test", token);
        await Assert.ThrowsAsync<StoreException>(() =>
            owner.CommitAsync(new DestroyBucket(BucketName.Ais("none")), "test", "", _ => true, token));
        await Assert.ThrowsAsync<StoreException>(() => owner.CommitAsync(Create("b"), "test", "", _ => false, token));
        await Assert.ThrowsAsync<StoreException>(() => owner.FormAsync(First(), "test", token));
        Assert.Same(first, owner.Current);
    }

    private static ControlDocument First(string uuid = "cluster00001") =>
        PrimaryService.FirstDocument(TestNodes.Proxy(1), uuid, "2026-11-22", ClusterConfig.Default);

    private static CreateBucket Create(string name) =>
        new(BucketName.Ais(name), (config, id) => BucketProps.Create(config, "ais", id, 0));

    private (MetadataOwner Owner, MetadataFeed Feed) Open()
    {
        var feed = new MetadataFeed(NullLogger<MetadataFeed>.Instance);
        return (
            new MetadataOwner(
                new ControlDocumentFile(_folder), feed, TimeProvider.System, NullLogger<MetadataOwner>.Instance),
            feed);
    }
}
