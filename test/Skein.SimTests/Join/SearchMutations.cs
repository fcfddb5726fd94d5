using Skein.Cluster.Membership;

namespace Skein.SimTests.Join;

/// <summary>Variants of the search that must not pass the checks.</summary>
internal static class SearchMutations
{
    /// <summary>Gives up after the first round.</summary>
    public sealed class NoRetry(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options, random)
    {
        private readonly HashSet<string> _asked = [];

        public override JoinStep OnTick(long now) => Once(base.OnTick(now));

        public override JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now) =>
            Once(base.OnAnswer(url, answer, primaryUrls, now));

        private JoinStep Once(JoinStep step) => step with { Try = [.. step.Try.Where(_asked.Add)] };
    }

    /// <summary>Does not listen to who the primary is.</summary>
    public sealed class IgnoresHints(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options, random)
    {
        public override JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now) =>
            base.OnAnswer(url, answer, [], now);
    }

    /// <summary>Never asks again who has refused.</summary>
    public sealed class TakesRefusalForGood(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options, random)
    {
        private readonly HashSet<string> _refused = [];

        public override JoinStep OnTick(long now) => Without(base.OnTick(now));

        public override JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now)
        {
            if (answer is JoinAnswer.Refused or JoinAnswer.NotReady)
            {
                _refused.Add(url);
            }
            return Without(base.OnAnswer(url, answer, primaryUrls, now));
        }

        private JoinStep Without(JoinStep step) =>
            step with { Try = [.. step.Try.Where(url => !_refused.Contains(url))] };
    }

    /// <summary>Asks again while the first question is not answered.</summary>
    public sealed class AsksTwice(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options, random)
    {
        public override JoinStep OnTick(long now)
        {
            var step = base.OnTick(now);
            return step with { Try = [.. step.Try, .. step.Try] };
        }
    }

    /// <summary>Asks nobody while an answer is outstanding.</summary>
    public sealed class OneAtATime(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random) : ISearch
    {
        private readonly RealSearch _search = new(candidates, options, random);
        private readonly Queue<string> _held = new();
        private bool _waiting;

        public int FailedRounds => _search.FailedRounds;

        public void Add(IEnumerable<string> candidates) => _search.Add(candidates);

        public JoinStep OnTick(long now) => Hold(_search.OnTick(now));

        public JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now)
        {
            _waiting = false;
            return Hold(_search.OnAnswer(url, answer, primaryUrls, now));
        }

        private JoinStep Hold(JoinStep step)
        {
            foreach (var url in step.Try)
            {
                _held.Enqueue(url);
            }
            if (_waiting || _held.Count == 0)
            {
                return step with { Try = [] };
            }
            _waiting = true;
            return step with { Try = [_held.Dequeue()] };
        }
    }

    /// <summary>Knows no pause between rounds.</summary>
    public sealed class NoPause(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options with { RetryMin = 0, RetryMax = 0 }, random);

    /// <summary>Lets whoever is named as the primary go first, however often it was asked.</summary>
    public sealed class FollowsEveryHint(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random)
        : RealSearch(candidates, options, random)
    {
        private readonly HashSet<string> _inFlight = [];

        public override JoinStep OnTick(long now) => Note(base.OnTick(now));

        public override JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now)
        {
            _inFlight.Remove(url);
            if (answer != JoinAnswer.NotPrimary || primaryUrls.All(_inFlight.Contains))
            {
                return Note(base.OnAnswer(url, answer, [], now));
            }
            var hint = primaryUrls.First(candidate => !_inFlight.Contains(candidate));
            return Note(new JoinStep([hint], now + 2000));
        }

        private JoinStep Note(JoinStep step)
        {
            var free = step.Try.Where(_inFlight.Add).ToList();
            return step with { Try = free };
        }
    }
}
