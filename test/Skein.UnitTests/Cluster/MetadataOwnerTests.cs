using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Consensus;
using Skein.Cluster.Metadata;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
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
        SealedDocument last;
        using (var node = Open(TestNodes.Proxy(1)))
        {
            var seen = new List<DocumentStamp>();
            using var subscription = node.Feed.Subscribe(document =>
            {
                // Persisted before published: whoever hears of it finds it on disk.
                Assert.Equal(document.Hash, new ControlDocumentFile(_folder).Load(out _).Hash);
                seen.Add(document.Stamp);
            });
            await node.Owner.FormAsync(First(), "test", token);
            await node.Owner.CommitAsync(new AddNode(TestNodes.Target(1)), "test", "", token);
            last = await node.Owner.CommitAsync(Create("b"), "test", "", token);
            Assert.Equal([new(1, 1, 1), new(1, 2, 2), new(1, 2, 3), new(1, 2, 4)], seen);
        }
        using var again = Open(TestNodes.Proxy(1));
        Assert.NotNull(again.Owner.Current.Document.Buckets.Find(BucketName.Ais("b")));
        // The only voter leads again, in a new term, with everything that was committed.
        await again.Feed.WaitForAsync(new DocumentStamp(1, 3, 5), token);
        Assert.NotNull(again.Owner.Current.Document.Buckets.Find(BucketName.Ais("b")));
        Assert.Equal(last.Document.Buckets.Version, again.Owner.Current.Document.Buckets.Version);
    }

    [Fact]
    public async Task A_damaged_file_falls_back_to_the_previous_generation()
    {
        var token = TestContext.Current.CancellationToken;
        SealedDocument before;
        using (var node = Open(TestNodes.Proxy(1)))
        {
            await node.Owner.FormAsync(First(), "test", token);
            before = node.Owner.Current;
            await node.Owner.CommitAsync(Create("b"), "test", "", token);
        }
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
            // What was promised to others must not be forgotten in silence.
            Assert.Throws<StoreException>(() => new ControlDocumentFile(_folder, strict: true).Load(out _));
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
        using var node = Open(TestNodes.Proxy(2));
        var first = ControlDocumentCodec.Seal(First() with { Stamp = new DocumentStamp(1, 1, 1) });
        var newer = ControlDocumentCodec.Seal(first.Document with { Stamp = new DocumentStamp(1, 2, 1) });
        var other = ControlDocumentCodec.Seal(First("other0000001") with { Stamp = new DocumentStamp(9, 9, 9) });
        var clash = ControlDocumentCodec.Seal(newer.Document with { LastChange = new ChangeRecord("x", "", "", 0) });
        Assert.Equal(AcceptResult.Accepted, await node.Owner.AcceptAsync(first, token));
        Assert.Equal(AcceptResult.Same, await node.Owner.AcceptAsync(first, token));
        Assert.Equal(AcceptResult.WrongCluster, await node.Owner.AcceptAsync(other, token));
        Assert.Equal(AcceptResult.Accepted, await node.Owner.AcceptAsync(newer, token));
        Assert.Equal(AcceptResult.Older, await node.Owner.AcceptAsync(first, token));
        Assert.Equal(AcceptResult.Conflict, await node.Owner.AcceptAsync(clash, token));
        Assert.Equal(newer.Hash, node.Owner.Current.Hash);
    }

    [Fact]
    public async Task A_refused_change_changes_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        using var node = Open(TestNodes.Proxy(1));
        await Assert.ThrowsAsync<StoreException>(() => node.Owner.CommitAsync(Create("b"), "test", "", token));
        await node.Owner.FormAsync(First(), "test", token);
        var present = node.Owner.Current;
        await Assert.ThrowsAsync<StoreException>(() =>
            node.Owner.CommitAsync(new DestroyBucket(BucketName.Ais("none")), "test", "", token));
        await Assert.ThrowsAsync<StoreException>(() => node.Owner.FormAsync(First(), "test", token));
        Assert.Same(present, node.Owner.Current);
    }

    [Fact]
    public async Task A_voter_that_forgot_its_vote_does_not_start()
    {
        var token = TestContext.Current.CancellationToken;
        using (var node = Open(TestNodes.Proxy(1)))
        {
            await node.Owner.FormAsync(First(), "test", token);
        }
        var path = Path.Combine(_folder, ".skein.vote");
        var bytes = await File.ReadAllBytesAsync(path, token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, token);
        Assert.Throws<StoreException>(() => new ConsensusStore(_folder).Load(out _));
    }

    private static ControlDocument First(string uuid = "cluster00001") =>
        PrimaryService.FirstDocument(TestNodes.Proxy(1), uuid, "2026-11-22", ClusterConfig.Default);

    private static CreateBucket Create(string name) =>
        new(BucketName.Ais(name), (config, id) => BucketProps.Create(config, "ais", id, 0));

    private Node Open(NodeInfo self)
    {
        var feed = new MetadataFeed(NullLogger<MetadataFeed>.Instance);
        var driver = new ConsensusDriver(
            self,
            new ConsensusStore(_folder),
            feed,
            new NoNetwork(),
            (new ConsensusOptions(), 1),
            TimeProvider.System,
            NullLogger<ConsensusDriver>.Instance);
        return new Node(driver, feed, new MetadataOwner(driver, feed, TimeProvider.System));
    }

    private sealed record Node(ConsensusDriver Driver, MetadataFeed Feed, MetadataOwner Owner) : IDisposable
    {
        public void Dispose() => Driver.Dispose();
    }

    private sealed class NoNetwork : IConsensusTransport
    {
        public void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
        {
            // Nobody is there.
        }
    }
}
