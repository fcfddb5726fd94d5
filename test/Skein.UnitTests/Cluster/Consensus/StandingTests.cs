using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Consensus;

/// <summary>Who stands for election, and with what.</summary>
public sealed class StandingTests
{
    private static readonly NodeInfo[] Nodes = [TestNodes.Proxy(1), TestNodes.Proxy(2), TestNodes.Proxy(3)];

    /// <summary>
    /// Found by the simulator: a node asks who would vote for it, learns of a document in which it votes no more, and the
    /// late answer of the one voter that is left made it the primary, without a vote from anybody.
    /// </summary>
    [Fact]
    public void Who_is_no_voter_any_more_is_not_elected_by_an_answer_that_comes_late()
    {
        var before = Document(1, Nodes);
        var core = Standing(before);
        var grant = new PreVoteReply(
            Nodes[1].Id, Nodes[1].Incarnation, before.Uuid, new Epoch(1, 1), new Epoch(1, 2), true);
        core.LearnCommitted(Document(2, Nodes[1]), 3000);
        var output = core.Receive(grant, 3010);
        Assert.Equal(ConsensusRole.Follower, core.Role);
        Assert.Equal(new Epoch(1, 1), core.Epoch);
        Assert.DoesNotContain(output.Messages, sent => sent.Message is AppendRequest);
    }

    [Fact]
    public void Who_still_votes_asks_again_with_the_document_that_it_has_learnt()
    {
        var core = Standing(Document(1, Nodes));
        core.LearnCommitted(Document(2, Nodes), 3000);
        Assert.Equal(ConsensusRole.Follower, core.Role);
        var output = core.Tick(6000);
        output = output.Messages.Count != 0 ? output : core.Tick(output.WakeAt);
        var request = Assert.IsType<PreVoteRequest>(output.Messages[0].Message);
        Assert.Equal(2, request.Last.Version);
    }

    /// <summary>The third node, which has asked the others and waits for their answers.</summary>
    private static ConsensusCore Standing(SealedDocument document)
    {
        var state = new ConsensusState(new Epoch(1, 1), "", document, document);
        var core = new ConsensusCore(
            Nodes[2].Id, Nodes[2].Incarnation, state, new ConsensusOptions(), new Random(1), 0);
        core.Tick(core.Tick(0).WakeAt);
        core.Tick(core.Tick(1200).WakeAt);
        Assert.Equal(ConsensusRole.PreCandidate, core.Role);
        return core;
    }

    private static SealedDocument Document(long version, params NodeInfo[] voters)
    {
        var document = PrimaryService.FirstDocument(Nodes[1], "uuid", "", ClusterConfig.Default);
        document = Nodes.Aggregate(document, (current, node) => new AddNode(node).Apply(current));
        return ControlDocumentCodec.Seal(document with
        {
            Stamp = new DocumentStamp(1, 1, version),
            Voters = [.. voters.Select(node => new VoterInfo(node.Id, node.Incarnation, false))],
        });
    }
}
