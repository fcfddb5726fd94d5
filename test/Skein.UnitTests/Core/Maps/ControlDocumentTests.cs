using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.UnitTests.Core.Maps;

public sealed class ControlDocumentTests
{
    private static readonly ControlDocument First =
        PrimaryService.FirstDocument(TestNodes.Proxy(1), "cluster00001", "2026-11-22", ClusterConfig.Default);

    [Fact]
    public void Sealed_document_reads_back_the_same()
    {
        var document = new AddNode(TestNodes.Target(7)).Apply(First);
        document = new CreateBucket(BucketName.Ais("b"), (config, id) => BucketProps.Create(config, "ais", id, 5))
            .Apply(document);
        document = new CreateBucket(
            BucketName.Parse("b", "ais", "#ns"), (config, id) => BucketProps.Create(config, "ais", id, 6)).Apply(document);
        document = ContactUrls.Apply(document) with
        {
            Stamp = new DocumentStamp(1, 2, 3),
            LastChange = new ChangeRecord("what", "who", "why", 99),
        };
        var sealedDocument = ControlDocumentCodec.Seal(document);
        var opened = ControlDocumentCodec.Open(sealedDocument.Body);
        Assert.Equal(sealedDocument.Hash, opened.Hash);
        Assert.Equal(document.Stamp, opened.Stamp);
        Assert.Equal(document.LastChange, opened.Document.LastChange);
        Assert.Equal(document.Voters, opened.Document.Voters);
        Assert.Equal(document.Config.Proxy, opened.Document.Config.Proxy);
        Assert.Equal(document.Map.AllNodes, opened.Document.Map.AllNodes);
        Assert.Equal(document.Map.PrimaryId, opened.Document.Map.PrimaryId);
        Assert.Equal(document.Buckets.Buckets.Keys, opened.Document.Buckets.Buckets.Keys);
        Assert.Equal(document.Buckets.LastBucketNumber, opened.Document.Buckets.LastBucketNumber);
        Assert.Equal(
            document.Buckets.Find(BucketName.Ais("b"))!.ToJson(), opened.Document.Buckets.Find(BucketName.Ais("b"))!.ToJson());
        Assert.Equal(document.Rebalance, opened.Document.Rebalance);
        Assert.Equal(sealedDocument.Body.ToArray(), ControlDocumentCodec.Seal(opened.Document).Body.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"stamp\":\"x\"}")]
    public void What_is_no_document_is_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => ControlDocumentCodec.Open(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Same_bucket_name_in_two_namespaces_is_two_buckets_with_two_ids()
    {
        var document = First;
        var names = new[] { BucketName.Ais("b"), BucketName.Parse("b", "", "#one"), BucketName.Parse("b", "", "#two") };
        foreach (var name in names)
        {
            document = new CreateBucket(name, (config, id) => BucketProps.Create(config, "ais", id, 0)).Apply(document);
        }
        Assert.Equal(3, document.Buckets.Buckets.Values.Select(props => props.BucketId).Distinct().Count());
        Assert.Equal(9223372036854775809UL, document.Buckets.Find(names[0])!.BucketId);
        var error = Assert.Throws<StoreException>(() =>
            new CreateBucket(names[1], (config, id) => BucketProps.Create(config, "ais", id, 0)).Apply(document));
        Assert.Equal(StoreErrorCode.BucketExists, error.Code);
        Assert.Equal("bucket \"ais://#one/b\" already exists", error.Message);
        var destroyed = new DestroyBucket(names[0]).Apply(document);
        Assert.Null(destroyed.Buckets.Find(names[0]));
        Assert.NotNull(destroyed.Buckets.Find(names[1]));
        var again = new CreateBucket(names[0], (config, id) => BucketProps.Create(config, "ais", id, 0)).Apply(destroyed);
        Assert.NotEqual(document.Buckets.Find(names[0])!.BucketId, again.Buckets.Find(names[0])!.BucketId);
    }

    [Fact]
    public void Adding_a_target_unsettles_only_a_cluster_that_has_buckets()
    {
        var empty = new AddNode(TestNodes.Target(1)).Apply(First);
        Assert.True(empty.IsSettled);
        var bucket = new CreateBucket(BucketName.Ais("b"), (config, id) => BucketProps.Create(config, "ais", id, 0)).Apply(empty);
        Assert.True(bucket.IsSettled);
        var grown = new AddNode(TestNodes.Target(2)).Apply(bucket);
        Assert.False(grown.IsSettled);
        var proxy = new AddNode(TestNodes.Proxy(2)).Apply(bucket);
        Assert.True(proxy.IsSettled);
        Assert.True(new DestroyBucket(BucketName.Ais("b")).Apply(grown).IsSettled);
    }

    [Fact]
    public void Same_node_again_changes_nothing_and_a_known_node_keeps_its_flags()
    {
        var document = new AddNode(TestNodes.Target(1)).Apply(First);
        Assert.Same(document, new AddNode(TestNodes.Target(1)).Apply(document));
        var flagged = new SetNodeFlags(TestNodes.Target(1).Id, NodeFlags.Maintenance, NodeFlags.None).Apply(document);
        Assert.Empty(flagged.Map.ActiveTargets);
        var back = new AddNode(TestNodes.Target(1, "two")).Apply(flagged);
        Assert.Equal(NodeFlags.Maintenance, back.Map.Find(TestNodes.Target(1).Id)!.Flags);
        Assert.Equal("two", back.Map.Find(TestNodes.Target(1).Id)!.Incarnation);
        Assert.Equal(flagged.Map.Version + 1, back.Map.Version);
    }

    [Fact]
    public void The_primary_cannot_be_removed_and_a_role_cannot_change()
    {
        Assert.Throws<StoreException>(() => new RemoveNode(TestNodes.Proxy(1).Id).Apply(First));
        Assert.Throws<StoreException>(() => new RemoveNode("nobody-at-all").Apply(First));
        var other = TestNodes.Target(1) with { Id = TestNodes.Proxy(1).Id };
        Assert.Throws<StoreException>(() => new AddNode(other).Apply(First));
        Assert.Throws<StoreException>(() => new SetPrimary("nobody-at-all").Apply(First));
    }

    /// <summary>Found by the simulator: nobody but the primary judges, so it stayed down for as long as it led.</summary>
    [Fact]
    public void Whoever_leads_is_neither_down_nor_suspect()
    {
        var second = TestNodes.Proxy(2).Id;
        var document = new AddNode(TestNodes.Proxy(2)).Apply(First);
        document = new SetNodeFlags(second, NodeFlags.Down | NodeFlags.Suspect, NodeFlags.None).Apply(document);
        var led = new SetPrimary(second).Apply(document);
        Assert.True(led.Map.Proxies[second].IsActive);
        Assert.Same(led, new SetPrimary(second).Apply(led));
        var again = new SetPrimary(second).Apply(new SetNodeFlags(second, NodeFlags.Down, NodeFlags.None).Apply(led));
        Assert.True(again.Map.Proxies[second].IsActive);
    }

    /// <summary>Found by the simulator: a vote that nobody can reach stops all changes for ever.</summary>
    [Fact]
    public void Who_is_taken_out_of_the_map_votes_no_more_and_is_not_given_a_vote()
    {
        var second = TestNodes.Proxy(2);
        var vote = new VoterInfo(second.Id, second.Incarnation, false);
        Assert.Throws<StoreException>(() => new SetVoters(First.Voters.Add(vote)).Apply(First));
        var document = new AddNode(second).Apply(First);
        document = new SetVoters(document.Voters.Add(vote)).Apply(document);
        Assert.Equal(2, document.Voters.Length);
        document = new RemoveNode(second.Id).Apply(document);
        Assert.Equal(First.Voters.AsEnumerable(), document.Voters);
        Assert.Throws<StoreException>(() => new SetVoters(document.Voters.Add(vote)).Apply(document));
    }

    [Fact]
    public void Contact_urls_name_live_nodes_and_stay_while_they_are_good()
    {
        var document = ContactUrls.Apply(First);
        Assert.Equal("http://127.0.0.1:9001", document.Config.Proxy.PrimaryUrl);
        Assert.Equal("http://127.0.0.1:9001", document.Config.Proxy.DiscoveryUrl);
        foreach (var node in new[] { TestNodes.Target(1), TestNodes.Target(2), TestNodes.Target(3) })
        {
            var address = NodeAddress.Create("http", "127.0.0.2", node.Id[^1]);
            document = ContactUrls.Apply(new AddNode(node with { ControlNet = address }).Apply(document));
        }
        var withTargets = document.Config.Proxy;
        Assert.NotEqual(withTargets.OriginalUrl, withTargets.DiscoveryUrl);
        document = ContactUrls.Apply(new AddNode(TestNodes.Proxy(2)).Apply(document));
        Assert.Contains("http://127.0.0.1:9002", new[] { document.Config.Proxy.OriginalUrl, document.Config.Proxy.DiscoveryUrl });
        document = ContactUrls.Apply(new AddNode(TestNodes.Proxy(3)).Apply(document));
        var both = document.Config.Proxy;
        Assert.Equal(
            ["http://127.0.0.1:9002", "http://127.0.0.1:9003"],
            new[] { both.OriginalUrl, both.DiscoveryUrl }.Order(StringComparer.Ordinal));
        document = ContactUrls.Apply(new AddNode(TestNodes.Proxy(4)).Apply(document));
        Assert.Equal(both, document.Config.Proxy);
        document = ContactUrls.Apply(
            new SetNodeFlags(TestNodes.Proxy(2).Id, NodeFlags.Maintenance, NodeFlags.None).Apply(document));
        Assert.Equal(
            ["http://127.0.0.1:9003", "http://127.0.0.1:9004"],
            new[] { document.Config.Proxy.OriginalUrl, document.Config.Proxy.DiscoveryUrl }.Order(StringComparer.Ordinal));
        document = ContactUrls.Apply(new SetPrimary(TestNodes.Proxy(3).Id).Apply(document));
        Assert.Equal("http://127.0.0.1:9003", document.Config.Proxy.PrimaryUrl);
        Assert.Equal(
            ["http://127.0.0.1:9001", "http://127.0.0.1:9004"],
            new[] { document.Config.Proxy.OriginalUrl, document.Config.Proxy.DiscoveryUrl }.Order(StringComparer.Ordinal));
    }
}
