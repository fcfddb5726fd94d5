using Skein.Cluster.Membership;

namespace Skein.SimTests.Join;

/// <summary>A search for the cluster as the simulated nodes run it: the real one, or a broken variant.</summary>
internal interface ISearch
{
    int FailedRounds { get; }

    void Add(IEnumerable<string> candidates);

    JoinStep OnTick(long now);

    JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now);
}

/// <summary>The real one.</summary>
internal class RealSearch(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random) : ISearch
{
    private readonly JoinSearch _search = new(candidates, options, random);

    public int FailedRounds => _search.FailedRounds;

    public virtual void Add(IEnumerable<string> candidates) => _search.Add(candidates);

    public virtual JoinStep OnTick(long now) => _search.OnTick(now);

    public virtual JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now) =>
        _search.OnAnswer(url, answer, primaryUrls, now);
}
