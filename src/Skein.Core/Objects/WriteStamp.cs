namespace Skein.Core.Objects;

/// <summary>
/// When and under which ownership an object was written. Where two copies of one name meet, the greater wins.
/// </summary>
/// <param name="Ownership">
/// Version of the control document by which the writer owned the name. A target takes writes of a name only after the
/// leases of those who owned it before have run out, so that a later ownership means a later write whatever clocks say.
/// </param>
/// <param name="Clock">Hybrid logical clock: Unix milliseconds shifted left by 16, plus a counter.</param>
public readonly record struct WriteStamp(long Ownership, long Clock) : IComparable<WriteStamp>
{
    /// <summary>When it was written by the clock of the writer, Unix milliseconds; 0 when nothing is known.</summary>
    public long WrittenMilliseconds => Clock >> 16;

    /// <summary>Orders by ownership, then clock.</summary>
    public int CompareTo(WriteStamp other) =>
        Ownership != other.Ownership ? Ownership.CompareTo(other.Ownership) : Clock.CompareTo(other.Clock);

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <(WriteStamp left, WriteStamp right) => left.CompareTo(right) < 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >(WriteStamp left, WriteStamp right) => left.CompareTo(right) > 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(WriteStamp left, WriteStamp right) => left.CompareTo(right) <= 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(WriteStamp left, WriteStamp right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): never goes back, stays near wall time.
/// Thread-safe.
/// </summary>
/// <param name="time">Wall clock.</param>
public sealed class HybridClock(TimeProvider time)
{
    private long _last;

    /// <summary>The next reading: greater than every earlier reading and every observed one.</summary>
    public long Next()
    {
        var wall = time.GetUtcNow().ToUnixTimeMilliseconds() << 16;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(wall, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Takes note of a reading seen elsewhere, so that the next own one is greater.</summary>
    public void Observe(long seen)
    {
        var last = Volatile.Read(ref _last);
        while (seen > last)
        {
            var was = Interlocked.CompareExchange(ref _last, seen, last);
            if (was == last)
            {
                return;
            }
            last = was;
        }
    }
}
