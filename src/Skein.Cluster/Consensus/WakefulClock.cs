namespace Skein.Cluster.Consensus;

/// <summary>
/// A clock that only goes on, as the monotonic one does, and that also counts the time in which the machine slept or was
/// suspended, in which the monotonic one stands still: then the clock on the wall has gone on by more. A wall clock that is
/// set forwards looks the same; so this is for whoever may be late rather than early, and not for waiting for others.
/// Thread-safe.
/// </summary>
/// <param name="time">Both clocks.</param>
public sealed class WakefulClock(TimeProvider time)
{
    /// <summary>Time asleep that may go unnoticed.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(50);

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private volatile State _state = new(time.GetUtcNow(), TimeSpan.Zero);

    /// <summary>Milliseconds since this clock was made, awake and asleep.</summary>
    public long Now
    {
        get
        {
            var awake = time.GetElapsedTime(_start);
            var state = _state;
            var ahead = time.GetUtcNow() - state.WallAtStart - awake;
            if (ahead > Slack || ahead < -Slack)
            {
                state = Adjust();
            }
            return (long)(awake + state.Asleep).TotalMilliseconds;
        }
    }

    private State Adjust()
    {
        lock (_gate)
        {
            var state = _state;
            var ahead = time.GetUtcNow() - state.WallAtStart - time.GetElapsedTime(_start);
            // One that was set backwards says nothing about sleep; only what it was set by is taken note of.
            var asleep = ahead > TimeSpan.Zero ? state.Asleep + ahead : state.Asleep;
            return _state = new State(state.WallAtStart + ahead, asleep);
        }
    }

    /// <param name="WallAtStart">What the wall clock would have shown at the start, as it is set now.</param>
    /// <param name="Asleep">Time asleep so far.</param>
    private sealed record State(DateTimeOffset WallAtStart, TimeSpan Asleep);
}
