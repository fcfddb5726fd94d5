using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Consensus;

/// <summary>What an administrator does after the loss of a majority, and what becomes of the lost when they return.</summary>
public sealed class ForcedRecoveryTests
{
    [Fact]
    public void The_one_that_is_left_leads_on_with_what_it_knows_and_the_lost_follow_it_when_they_return()
    {
        var net = new Net();
        net.Run(3000);
        var old = net.Primary!;
        net.Propose(old, "kept");
        net.Run(500);
        var survivor = net.Ids.First(id => id != old);
        foreach (var id in net.Ids.Where(id => id != survivor))
        {
            net.Up[id] = false;
        }
        net.Run(3000);
        Assert.Null(net.Primary);
        net.Force(survivor);
        net.Run(500);
        Assert.Equal(survivor, net.Primary);
        net.Propose(survivor, "after");
        net.Run(500);
        var forced = net.Cores[survivor].Committed;
        Assert.Equal(2, forced.Stamp.Generation);
        Assert.NotNull(forced.Document.Buckets.Find(BucketName.Ais("kept")));
        Assert.NotNull(forced.Document.Buckets.Find(BucketName.Ais("after")));
        Assert.Contains("forced", net.What[forced.Stamp.Version - 1], StringComparison.Ordinal);

        // The lost ones return, and first meet only each other: a majority of the old voters.
        net.Up[survivor] = false;
        foreach (var id in net.Ids.Where(id => id != survivor))
        {
            net.Up[id] = true;
        }
        net.Run(4000);
        var other = net.Primary;
        Assert.NotNull(other);
        Assert.Equal(1, net.Cores[other].Epoch.Generation);
        net.Propose(other, "lost");
        net.Run(500);

        // Then they meet the new generation, and what they did since is gone, as the administrator was told.
        net.Up[survivor] = true;
        net.Run(4000);
        Assert.Equal(survivor, net.Primary);
        foreach (var id in net.Ids)
        {
            net.Learn(id, net.Cores[survivor].Committed);
            Assert.Equal(net.Cores[survivor].Committed.Hash, net.Cores[id].Committed.Hash);
        }
        Assert.Null(net.Cores[other].Committed.Document.Buckets.Find(BucketName.Ais("lost")));
    }

    [Fact]
    public void Those_who_know_of_the_new_generation_and_do_not_hold_its_document_elect_nobody()
    {
        var net = new Net();
        net.Run(3000);
        var old = net.Primary!;
        var survivor = net.Ids.First(id => id != old);
        var others = net.Ids.Where(id => id != survivor).ToList();
        foreach (var id in others)
        {
            net.Up[id] = false;
        }
        net.Run(2000);
        net.Force(survivor);
        net.Run(200);
        // One message each is enough to fence them, and it outlives their restart.
        var reign = net.Cores[survivor].Epoch;
        foreach (var id in others)
        {
            net.Restart(id);
            net.Give(id, new AppendReply(survivor, "one", "uuid", reign, default, "", 0));
            net.Give(id, new VoteReply(survivor, "one", "uuid", reign, false));
            net.Give(id, new PreVoteReply(survivor, "one", "uuid", reign, default, false));
            net.Restart(id);
            Assert.Equal(reign.Generation, net.Cores[id].Epoch.Generation);
            net.Up[id] = true;
        }
        net.Up[survivor] = false;
        net.Run(6000);
        Assert.Null(net.Primary);
    }

    [Fact]
    public void A_node_that_holds_nothing_or_something_of_another_cluster_is_not_forced()
    {
        var blank = new ConsensusCore("p1", "one", ConsensusState.Blank, new ConsensusOptions(), new Random(1), 0);
        Assert.Throws<StoreException>(() => blank.Force(SealedDocument.None, TestNodes.Proxy(1), "admin", "", 1));
        var net = new Net();
        net.Run(3000);
        var other = ControlDocumentCodec.Seal(PrimaryService.FirstDocument(
            TestNodes.Proxy(1), "other", "", ClusterConfig.Default) with
        { Stamp = new DocumentStamp(9, 9, 9) });
        Assert.Throws<StoreException>(() => net.Cores[net.Ids[0]].Force(other, TestNodes.Proxy(1), "admin", "", net.Now));
    }

    /// <summary>Three voters on a network without faults, some of which are switched off.</summary>
    private sealed class Net
    {
        private readonly List<(string To, ConsensusMessage Message)> _mail = [];
        private readonly Dictionary<string, ConsensusState> _disks = [];
        private long _proposals;

        public Net()
        {
            var first = PrimaryService.FirstDocument(TestNodes.Proxy(1), "uuid", "", ClusterConfig.Default);
            for (var number = 2; number <= 3; number++)
            {
                first = new AddNode(TestNodes.Proxy(number)).Apply(first);
            }
            Ids = [.. first.Map.Proxies.Keys];
            first = first with { Voters = [.. Ids.Select(id => new VoterInfo(id, "one", false))] };
            var document = ControlDocumentCodec.Seal(first with { Stamp = new DocumentStamp(1, 1, 1) });
            foreach (var id in Ids)
            {
                _disks[id] = new ConsensusState(new Epoch(1, 1), "", document, document);
                Up[id] = true;
                Restart(id);
            }
        }

        public long Now { get; private set; } = 1000;

        public List<string> Ids { get; }

        public Dictionary<string, bool> Up { get; } = [];

        public Dictionary<string, ConsensusCore> Cores { get; } = [];

        /// <summary>What made the document, by its version.</summary>
        public Dictionary<long, string> What { get; } = [];

        public string? Primary => Ids.Find(id => Up[id] && Cores[id].IsEstablished);

        public void Restart(string id) => Cores[id] = new ConsensusCore(
            id, "one", _disks[id], new ConsensusOptions(), new Random(Ids.IndexOf(id)), Now);

        public void Run(long milliseconds)
        {
            for (var end = Now + milliseconds; Now < end; Now += 10)
            {
                foreach (var (to, message) in _mail.ToList())
                {
                    if (Up[to] && Up[message.From])
                    {
                        Give(to, message);
                    }
                }
                foreach (var id in Ids.Where(id => Up[id]))
                {
                    Take(id, Cores[id].Tick(Now));
                }
            }
        }

        public void Give(string id, ConsensusMessage message)
        {
            _mail.RemoveAll(letter => ReferenceEquals(letter.Message, message));
            Take(id, Cores[id].Receive(message, Now));
        }

        public void Learn(string id, SealedDocument document) => Take(id, Cores[id].LearnCommitted(document, Now));

        public void Force(string id) =>
            Take(id, Cores[id].Force(Cores[id].Committed, TestNodes.Proxy(1) with { Id = id }, "admin", "majority lost", Now));

        public void Propose(string id, string bucket)
        {
            var change = new CreateBucket(
                BucketName.Ais(bucket), (config, number) => BucketProps.Create(config, Providers.Ais, number, 0));
            Take(id, Cores[id].Propose(new Proposal(++_proposals, change, "test", ""), Now));
        }

        private void Take(string id, ConsensusOutput output)
        {
            Assert.Null(output.Conflict);
            _disks[id] = output.MustPersist ? output.State : _disks[id];
            _mail.AddRange(output.Messages);
            if (output.Publish is { } published)
            {
                What[published.Stamp.Version] = published.Document.LastChange.What;
            }
        }
    }
}
