using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Consensus;

public sealed class VoterPolicyTests
{
    private const long ReplaceAfter = 30_000;

    [Fact]
    public void A_voter_that_leaves_waits_until_a_dead_one_is_replaced()
    {
        // Two proxies and a witness that is dead; the second proxy is on its way out.
        var document = Cluster(
            [TestNodes.Proxy(1), Leaving(TestNodes.Proxy(2)), TestNodes.Target(1), TestNodes.Target(2)],
            new VoterInfo(TestNodes.Proxy(1).Id, "one", false),
            new VoterInfo(TestNodes.Proxy(2).Id, "one", false),
            new VoterInfo(TestNodes.Target(1).Id, "one", true));
        Assert.Null(Next(document, silentFor: 10_000));
        var first = Next(document, silentFor: ReplaceAfter + 1);
        Assert.Equal([TestNodes.Proxy(1).Id, TestNodes.Proxy(2).Id], Ids(first));
        var second = Next(document with { Voters = first!.Voters }, silentFor: ReplaceAfter + 1);
        Assert.Equal([TestNodes.Proxy(1).Id], Ids(second));
    }

    [Fact]
    public void A_voter_that_leaves_goes_at_once_where_most_others_live()
    {
        var document = Cluster(
            [TestNodes.Proxy(1), Leaving(TestNodes.Proxy(2)), TestNodes.Proxy(3)],
            new VoterInfo(TestNodes.Proxy(1).Id, "one", false),
            new VoterInfo(TestNodes.Proxy(2).Id, "one", false),
            new VoterInfo(TestNodes.Proxy(3).Id, "one", false));
        Assert.Equal([TestNodes.Proxy(1).Id, TestNodes.Proxy(3).Id], Ids(Next(document, silentFor: 0)));
    }

    /// <summary>The next change when target 1 has been silent for so long and all others are up to date.</summary>
    private static SetVoters? Next(ControlDocument document, long silentFor) => VoterPolicy.Next(
        document,
        TestNodes.Proxy(1).Id,
        id => id == TestNodes.Target(1).Id ? new VoterHealth(false, silentFor) : new VoterHealth(true, 0),
        ReplaceAfter);

    private static IEnumerable<string> Ids(SetVoters? change) => change!.Voters.Select(voter => voter.Id);

    private static NodeInfo Leaving(NodeInfo node) => node with { FlagBits = (ulong)NodeFlags.Decommission };

    private static ControlDocument Cluster(NodeInfo[] nodes, params VoterInfo[] voters) => new()
    {
        Map = nodes.Aggregate(
            new ClusterMap(ClusterMap.NoNodes, ClusterMap.NoNodes, nodes[0].Id, "u", "", 1),
            (map, node) => map.WithNode(node)),
        Voters = [.. voters],
    };
}
