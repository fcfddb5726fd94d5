using Skein.Cluster.Consensus;

namespace Skein.Cluster.Leases;

/// <summary>A target's own lease. Thread-safe; reading takes no lock.</summary>
/// <param name="time">Clock. Both its readings are used: a lease ends also while the machine sleeps.</param>
public sealed class WriteLease(TimeProvider time)
{
    private readonly WakefulClock _clock = new(time);
    private readonly Lock _gate = new();
    private volatile State _state = new(0, 0, 0);

    /// <summary>True while the target may take writes.</summary>
    public bool IsHeld => RemainingMilliseconds > 0;

    /// <summary>Milliseconds until the lease ends; 0 when there is none.</summary>
    public long RemainingMilliseconds => Math.Max(0, _state.Until - Now);

    /// <summary>Milliseconds of this lease's clock, to be read before asking.</summary>
    public long Now => _clock.Now;

    /// <summary>No lease under a document version less than this is valid anywhere.</summary>
    /// <param name="generation">Generation of the present document; what was learnt in another does not count.</param>
    public long Floor(long generation) => _state is var state && state.Generation == generation ? state.Floor : 0;

    /// <summary>The primary has answered.</summary>
    /// <param name="askedAt"><see cref="Now"/> before the question was sent.</param>
    /// <param name="grant">The answer.</param>
    /// <param name="generation">Generation of the primary's document.</param>
    public void Renew(long askedAt, LeaseGrant grant, long generation)
    {
        lock (_gate)
        {
            var state = _state;
            var floor = Math.Max(generation == state.Generation ? state.Floor : 0, grant.Floor);
            var until = grant.Milliseconds > 0 ? Math.Max(state.Until, askedAt + grant.Milliseconds) : state.Until;
            _state = new State(until, floor, generation);
        }
    }

    private sealed record State(long Until, long Floor, long Generation);
}
