using Skein.Cluster.Membership;
using Skein.Cluster.Primary;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster;

public sealed class JoinSearchTests
{
    private static JoinSearch Search(params string[] urls) => new(urls, JoinSearchOptions.Default, new Random(1));

    [Fact]
    public void A_silent_candidate_delays_the_next_by_the_stagger_only()
    {
        var search = Search("a", "b", "c");
        var step = search.OnTick(0);
        Assert.Equal(["a"], step.Try);
        Assert.Equal(100, step.WakeAt);
        Assert.Empty(search.OnTick(99).Try);
        Assert.Equal(["b"], search.OnTick(100).Try);
        Assert.Equal(["c"], search.OnTick(200).Try);
    }

    [Fact]
    public void A_failed_candidate_is_followed_at_once()
    {
        var search = Search("a", "b");
        search.OnTick(0);
        Assert.Equal(["b"], search.OnAnswer("a", JoinAnswer.Unreachable, [], 3).Try);
    }

    [Fact]
    public void The_named_primary_is_asked_next_before_all_others()
    {
        var search = Search("a", "b", "c");
        search.OnTick(0);
        Assert.Equal(["p"], search.OnAnswer("a", JoinAnswer.NotPrimary, ["p", "q"], 5).Try);
        Assert.Equal(["q"], search.OnAnswer("p", JoinAnswer.Unreachable, [], 6).Try);
        Assert.Equal(["b"], search.OnAnswer("q", JoinAnswer.Unreachable, [], 7).Try);
    }

    [Fact]
    public void Two_nodes_that_name_each_other_do_not_keep_the_search_busy()
    {
        var search = Search("a", "b");
        var step = search.OnTick(0);
        var asked = 0;
        for (var now = 0L; now < 40; now++)
        {
            foreach (var url in step.Try)
            {
                asked++;
                step = search.OnAnswer(url, JoinAnswer.NotPrimary, [url == "a" ? "b" : "a"], now);
            }
        }
        Assert.InRange(asked, 2, 4);
    }

    [Fact]
    public void Rounds_go_on_for_ever_with_a_bounded_pause()
    {
        var search = Search("a");
        var now = 0L;
        var step = search.OnTick(now);
        var lastTry = 0L;
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(["a"], step.Try);
            step = search.OnAnswer("a", JoinAnswer.Refused, [], now);
            while (step.Try.Count == 0)
            {
                now = step.WakeAt;
                step = search.OnTick(now);
            }
            Assert.InRange(now - lastTry, 100, 3000);
            lastTry = now;
        }
        Assert.Equal(50, search.FailedRounds);
    }

    [Fact]
    public void No_candidate_is_asked_twice_at_the_same_time()
    {
        var search = Search("a");
        Assert.Equal(["a"], search.OnTick(0).Try);
        for (var now = 0L; now < 20_000; now += 50)
        {
            Assert.Empty(search.OnTick(now).Try);
        }
    }

    [Fact]
    public void Candidates_come_in_order_without_self_and_without_duplicates()
    {
        var document = PrimaryService.FirstDocument(TestNodes.Proxy(1), "cluster00001", "", ClusterConfig.Default);
        document = ContactUrls.Apply(new AddNode(TestNodes.Proxy(2)).Apply(document));
        document = ContactUrls.Apply(new AddNode(TestNodes.Target(3)).Apply(document));
        var list = JoinCandidates.Build(
            TestNodes.Target(3),
            "10.0.0.1:8080, http://127.0.0.1:9001/",
            document,
            ["http://127.0.0.1:9003", "http://old:1,http://old:2/", "not a url at all:// "]);
        Assert.Equal(
            [
                "http://10.0.0.1:8080", "http://127.0.0.1:9001", "http://127.0.0.1:8001", "http://127.0.0.1:9002",
                "http://old:1", "http://old:2",
            ],
            list);
    }

    [Fact]
    public void A_wiped_node_is_let_in_and_a_foreign_one_is_not()
    {
        var document = PrimaryService.FirstDocument(TestNodes.Proxy(1), "cluster00001", "", ClusterConfig.Default);
        document = new AddNode(TestNodes.Target(3)).Apply(document);
        Assert.IsType<JoinDecision.AlreadyMember>(JoinPolicy.Decide(document, Request(TestNodes.Target(3), "cluster00001")));
        Assert.IsType<JoinDecision.Admit>(JoinPolicy.Decide(document, Request(TestNodes.Target(3, "two"), "")));
        Assert.IsType<JoinDecision.Admit>(JoinPolicy.Decide(document, Request(TestNodes.Target(4), "")));
        var foreign = Assert.IsType<JoinDecision.Refuse>(JoinPolicy.Decide(document, Request(TestNodes.Target(4), "other")));
        Assert.Contains("belongs to cluster \"other\"", foreign.Reason, StringComparison.Ordinal);
        var moved = TestNodes.Target(3) with { ControlNet = NodeAddress.Create("http", "10.0.0.9", 1) };
        Assert.IsType<JoinDecision.AskKnown>(JoinPolicy.Decide(document, Request(moved, "cluster00001")));
        Assert.IsType<JoinDecision.Refuse>(JoinPolicy.Decide(document, Request(TestNodes.Target(3) with { Id = "bad" }, "")));
        Assert.IsType<JoinDecision.Refuse>(
            JoinPolicy.Decide(document, Request(TestNodes.Target(4), "") with { Protocol = 99 }));
        Assert.IsType<JoinDecision.Refuse>(
            JoinPolicy.Decide(document, Request(TestNodes.Proxy(5) with { Id = TestNodes.Target(3).Id }, "")));
    }

    private static JoinRequest Request(NodeInfo node, string uuid) =>
        new(node, uuid, DocumentStamp.None, JoinRequest.CurrentProtocol, false);
}
