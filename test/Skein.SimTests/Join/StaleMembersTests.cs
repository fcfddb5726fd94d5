using Skein.Cluster.Membership;

namespace Skein.SimTests.Join;

/// <summary>Members of an old time that name each other as the primary keep nobody from the real one.</summary>
public sealed class StaleMembersTests
{
    private const long Patience = 60_000;

    [Theory]
    [InlineData(4)]
    [InlineData(60)]
    [InlineData(95)]
    [InlineData(400)]
    public void Two_that_name_each_other_do_not_keep_a_node_from_asking_others(long answerAfter)
    {
        const string Good = "http://good";
        var search = new JoinSearch(["http://a", "http://b", Good], JoinSearchOptions.Default, new Random(1));
        var answers = new PriorityQueue<string, long>();
        var step = search.OnTick(0);
        var asked = 0;
        for (var now = 0L; now < Patience;)
        {
            foreach (var url in step.Try)
            {
                if (url == Good)
                {
                    Assert.InRange(now, 0, 1000);
                    return;
                }
                asked++;
                answers.Enqueue(url, now + answerAfter);
            }
            if (answers.TryPeek(out var next, out var at) && at <= step.WakeAt)
            {
                now = at;
                answers.Dequeue();
                var other = next == "http://a" ? "http://b" : "http://a";
                step = search.OnAnswer(next, JoinAnswer.NotPrimary, [other], now);
            }
            else
            {
                now = Math.Max(now + 1, step.WakeAt);
                step = search.OnTick(now);
            }
        }
        Assert.Fail($"asked {asked} times in {Patience} ms, never the third candidate");
    }
}
