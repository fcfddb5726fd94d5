using Skein.Gateway.Metrics;

namespace Skein.Target.Moves;

/// <summary>How much clients want of a target.</summary>
public enum LoadLevel : byte
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Some requests a second.</summary>
    Light,

    /// <summary>Hundreds of requests a second.</summary>
    Busy,

    /// <summary>About as many as the machine can serve.</summary>
    Full,
}

/// <summary>
/// Says how much clients want of this target at the moment, so that moving objects leaves them room. It looks at how much
/// was asked for lately, not at how long that took: a rebalance must not become slower because it made clients slow.
/// </summary>
/// <param name="counters">Counts what is served.</param>
/// <param name="time">Clock.</param>
public sealed class ForegroundLoad(NodeCounters counters, TimeProvider time)
{
    /// <summary>Requests a second, for each core, from which the target counts as busy.</summary>
    public const double BusyRate = 25;

    /// <summary>Requests a second, for each core, from which it counts as full.</summary>
    public const double FullRate = 250;

    /// <summary>The time over which requests are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private long _sum = -1;
    private long _at;
    private LoadLevel _level;

    /// <summary>The level in the last <see cref="Window"/>; it falls by one step at a time.</summary>
    public LoadLevel Level
    {
        get
        {
            lock (_gate)
            {
                var now = time.GetTimestamp();
                var sum = counters.Read(NodeCounter.Get) + counters.Read(NodeCounter.Put) + counters.Read(NodeCounter.Delete)
                    + counters.Read(NodeCounter.Head) + counters.Read(NodeCounter.List) + counters.Read(NodeCounter.Patch);
                if (_sum < 0)
                {
                    (_sum, _at) = (sum, now);
                    return LoadLevel.Idle;
                }
                var passed = time.GetElapsedTime(_at, now);
                if (passed >= Window)
                {
                    var seen = LevelOf((sum - _sum) / passed.TotalSeconds);
                    _level = seen >= _level ? seen : _level - 1;
                    (_sum, _at) = (sum, now);
                }
                return _level;
            }
        }
    }

    private static LoadLevel LevelOf(double rate)
    {
        var each = rate / Environment.ProcessorCount;
        return each >= FullRate ? LoadLevel.Full
            : each >= BusyRate ? LoadLevel.Busy
            : rate > 0 ? LoadLevel.Light
            : LoadLevel.Idle;
    }
}
