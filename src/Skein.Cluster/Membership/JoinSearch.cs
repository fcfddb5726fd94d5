namespace Skein.Cluster.Membership;

/// <summary>Times of the search for the cluster, in milliseconds.</summary>
/// <param name="Stagger">Pause before the next candidate is tried while earlier ones have not answered.</param>
/// <param name="RetryMin">Pause after the first round in which nobody admitted us.</param>
/// <param name="RetryMax">Longest pause between rounds.</param>
/// <param name="HintPause">A candidate that others name as the primary is not tried again sooner than this.</param>
public sealed record JoinSearchOptions(long Stagger, long RetryMin, long RetryMax, long HintPause)
{
    /// <summary>100 ms, 100 ms, 2 s, 50 ms.</summary>
    public static JoinSearchOptions Default { get; } = new(100, 100, 2000, 50);
}

/// <summary>What a candidate said.</summary>
public enum JoinAnswer
{
    /// <summary>No answer, or none that can be understood.</summary>
    Unreachable,

    /// <summary>It is not the primary and says who is.</summary>
    NotPrimary,

    /// <summary>It cannot say now; ask again.</summary>
    NotReady,

    /// <summary>It refused us and says why.</summary>
    Refused,
}

/// <summary>What to do next.</summary>
/// <param name="Try">Candidates to ask now; each is answered by <see cref="JoinSearch.OnAnswer"/> in the end.</param>
/// <param name="WakeAt">Time at which to call <see cref="JoinSearch.OnTick"/> if nothing happens before.</param>
public sealed record JoinStep(IReadOnlyList<string> Try, long WakeAt);

/// <summary>
/// The search of a node for its cluster, as a step function without I/O, clock or threads. Rules:
/// <list type="number">
/// <item>Candidates are tried in the order given, a new one every <see cref="JoinSearchOptions.Stagger"/>, at once when
/// one has failed; the slow ones stay in flight.</item>
/// <item>No candidate is asked twice at the same time.</item>
/// <item>Who is named as the primary is asked next, or, when it was asked in this round already, after all others: two
/// members of an old time that name each other keep nobody waiting.</item>
/// <item>After a round without success there is a pause that doubles up to a limit, with jitter; it goes on for
/// ever.</item>
/// </list>
/// </summary>
public sealed class JoinSearch
{
    /// <summary>Most candidates that are remembered; later ones are left out.</summary>
    public const int MaxCandidates = 4096;

    private readonly JoinSearchOptions _options;
    private readonly Random _random;
    private readonly List<string> _candidates = [];
    private readonly LinkedList<string> _queue = [];
    private readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);
    private readonly HashSet<string> _triedThisRound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastTried = new(StringComparer.Ordinal);
    private long _nextStart;
    private long _nextRound = long.MaxValue;
    private long _pause;

    /// <summary>Starts a search.</summary>
    /// <param name="candidates">Base URLs in order, without duplicates or self.</param>
    /// <param name="options">Times.</param>
    /// <param name="random">Source of jitter.</param>
    public JoinSearch(IEnumerable<string> candidates, JoinSearchOptions options, Random random)
    {
        _options = options;
        _random = random;
        _pause = options.RetryMin;
        Add(candidates);
        Refill();
    }

    /// <summary>Rounds that ended without success.</summary>
    public int FailedRounds { get; private set; }

    /// <summary>Adds candidates that were not known before; they are tried in this round.</summary>
    public void Add(IEnumerable<string> candidates)
    {
        foreach (var url in candidates)
        {
            if (_candidates.Count < MaxCandidates && !_candidates.Contains(url))
            {
                _candidates.Add(url);
                _queue.AddLast(url);
            }
        }
    }

    /// <summary>Time has passed.</summary>
    public JoinStep OnTick(long now)
    {
        var tries = new List<string>();
        if (_queue.Count == 0 && now >= _nextRound)
        {
            FailedRounds++;
            _pause = Math.Min(_options.RetryMax, _pause * 2);
            _nextRound = long.MaxValue;
            Refill();
        }
        while (_queue.Count > 0 && now >= _nextStart)
        {
            var url = _queue.First!.Value;
            _queue.RemoveFirst();
            if (_inFlight.Add(url))
            {
                _lastTried[url] = now;
                _triedThisRound.Add(url);
                tries.Add(url);
                _nextStart = now + _options.Stagger;
            }
        }
        if (_queue.Count == 0 && _nextRound == long.MaxValue)
        {
            // Jitter of up to a half keeps a restarted rack from asking in step.
            _nextRound = now + _pause + (long)(_pause * 0.5 * _random.NextDouble());
        }
        return new JoinStep(tries, _queue.Count > 0 ? Math.Max(now, _nextStart) : _nextRound);
    }

    /// <summary>A candidate has answered, or its time is out.</summary>
    /// <param name="url">The candidate, as it was given in <see cref="JoinStep.Try"/>.</param>
    /// <param name="answer">What it said.</param>
    /// <param name="primaryUrls">Where the primary is, best first, for <see cref="JoinAnswer.NotPrimary"/>.</param>
    /// <param name="now">Time in milliseconds.</param>
    public JoinStep OnAnswer(string url, JoinAnswer answer, IReadOnlyList<string> primaryUrls, long now)
    {
        _inFlight.Remove(url);
        if (answer == JoinAnswer.NotPrimary)
        {
            for (var i = primaryUrls.Count - 1; i >= 0; i--)
            {
                var hint = primaryUrls[i];
                var tooSoon = _lastTried.TryGetValue(hint, out var tried) && now - tried < _options.HintPause;
                if (tooSoon || _inFlight.Contains(hint) || hint.Length == 0)
                {
                    continue;
                }
                if (!_candidates.Contains(hint) && _candidates.Count < MaxCandidates)
                {
                    _candidates.Add(hint);
                }
                _queue.Remove(hint);
                if (_triedThisRound.Contains(hint))
                {
                    _queue.AddLast(hint);
                }
                else
                {
                    _queue.AddFirst(hint);
                }
            }
        }
        _nextStart = now;
        return OnTick(now);
    }

    private void Refill()
    {
        _queue.Clear();
        _triedThisRound.Clear();
        foreach (var url in _candidates)
        {
            if (!_inFlight.Contains(url))
            {
                _queue.AddLast(url);
            }
        }
    }
}
