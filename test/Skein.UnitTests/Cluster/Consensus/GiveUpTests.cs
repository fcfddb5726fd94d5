using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Consensus;

/// <summary>A newborn cluster is given up for another, and no other cluster is.</summary>
public sealed class GiveUpTests : IDisposable
{
    private static readonly NodeInfo Self = TestNodes.Proxy(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("skein-give-up-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_newborn_cluster_is_given_up_with_its_vote()
    {
        var other = Other();
        var next = Holding(Mine()).GiveUpFor(other, Self.Id);
        Assert.NotNull(next);
        Assert.Equal((new Epoch(1, 7), ""), (next.Epoch, next.VotedFor));
        Assert.Equal(other, next.Accepted);
        Assert.Equal(other, next.Committed);
    }

    [Fact]
    public void A_cluster_with_a_bucket_or_a_member_or_a_change_under_way_stays()
    {
        var bucket = new CreateBucket(
            BucketName.Ais("b"), (config, number) => BucketProps.Create(config, Providers.Ais, number, 0));
        Assert.Null(Holding(Mine(bucket)).GiveUpFor(Other(), Self.Id));
        Assert.Null(Holding(Mine(new AddNode(TestNodes.Target(1)))).GiveUpFor(Other(), Self.Id));
        var underWay = Holding(Mine()) with { Accepted = Mine(bucket) };
        Assert.Null(underWay.GiveUpFor(Other(), Self.Id));
        Assert.Null(Holding(Mine()).GiveUpFor(Mine(), Self.Id));
    }

    [Fact]
    public void What_was_given_up_does_not_come_back_when_a_file_is_damaged()
    {
        var store = new ConsensusStore(_folder);
        store.Load(out _);
        var mine = Holding(Mine());
        store.Save(mine);
        store.Save(mine.GiveUpFor(Other(), Self.Id)!);
        File.WriteAllText(Path.Combine(_folder, ".skein.document"), "damaged");
        var loaded = new ConsensusStore(_folder).Load(out var problems);
        Assert.NotEmpty(problems);
        Assert.Equal("other", loaded.Accepted.Uuid);
        Assert.Equal("other", loaded.Committed.Uuid);
    }

    private static ConsensusState Holding(SealedDocument document) => new(new Epoch(1, 9), Self.Id, document, document);

    private static SealedDocument Mine(params ControlChange[] changes)
    {
        var first = PrimaryService.FirstDocument(Self, "mine", "", ClusterConfig.Default);
        var document = changes.Aggregate(first, (current, change) => change.Apply(current));
        return ControlDocumentCodec.Seal(document with { Stamp = new DocumentStamp(1, 1, 1 + changes.Length) });
    }

    private static SealedDocument Other()
    {
        var first = PrimaryService.FirstDocument(TestNodes.Proxy(2), "other", "", ClusterConfig.Default);
        return ControlDocumentCodec.Seal(new AddNode(Self).Apply(first) with { Stamp = new DocumentStamp(1, 7, 20) });
    }
}
