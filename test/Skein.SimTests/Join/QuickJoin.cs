using Skein.Cluster.Membership;

namespace Skein.SimTests.Join;

/// <summary>
/// A search in a quiet network in which some addresses are dead and one leads to the primary: how long does it take?
/// </summary>
internal static class QuickJoin
{
    private const long RequestTimeout = 2000;
    private const long Answer = 4;
    private const string Member = "http://member";
    private const string Primary = "http://primary";

    /// <summary>Runs one search; the number of dead addresses before the good one follows from the seed.</summary>
    /// <exception cref="BrokenRuleException">When it takes longer than a tenth of a second for each dead address.</exception>
    public static void Run(int seed, Variant variant)
    {
        var dead = seed % 10;
        var candidates = Enumerable.Range(0, dead).Select(number => $"http://dead{number}").Append(Member).ToList();
        var search = variant.Search(candidates, JoinSearchOptions.Default, new Random(seed));
        var answers = new PriorityQueue<string, long>();
        var step = search.OnTick(0);
        var now = 0L;
        var limit = (dead * JoinSearchOptions.Default.Stagger) + (4 * Answer);
        while (true)
        {
            foreach (var url in step.Try)
            {
                answers.Enqueue(url, now + (url is Member or Primary ? Answer : RequestTimeout));
            }
            if (answers.TryPeek(out var next, out var at) && at <= step.WakeAt)
            {
                now = at;
                answers.Dequeue();
                if (next == Primary)
                {
                    break;
                }
                step = next == Member
                    ? search.OnAnswer(next, JoinAnswer.NotPrimary, [Primary], now)
                    : search.OnAnswer(next, JoinAnswer.Unreachable, [], now);
            }
            else
            {
                now = Math.Max(now + 1, step.WakeAt);
                step = search.OnTick(now);
            }
            if (now > 60_000)
            {
                throw new BrokenRuleException("the primary was never asked");
            }
        }
        if (now > limit)
        {
            throw new BrokenRuleException($"found the primary behind {dead} dead addresses after {now} ms, not {limit}");
        }
    }
}
