using Skein.Gateway.Metrics;

namespace Skein.Target.Moves;

/// <summary>
/// Says whether this target serves clients at the moment, so that moving objects leaves them room. It looks at what was
/// asked for lately, not at how long that took: a rebalance must not become slower because it made clients slow.
/// </summary>
/// <param name="counters">Counts what is served.</param>
/// <param name="time">Clock.</param>
public sealed class ForegroundLoad(NodeCounters counters, TimeProvider time)
{
    /// <summary>For so long after a request of a client the target counts as busy.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private long _seen = -1;
    private long _at;

    /// <summary>True when a client has asked for something within <see cref="Memory"/>.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                var sum = counters.Read(NodeCounter.Get) + counters.Read(NodeCounter.Put) + counters.Read(NodeCounter.Delete)
                    + counters.Read(NodeCounter.Head) + counters.Read(NodeCounter.List) + counters.Read(NodeCounter.Patch);
                if (sum != _seen)
                {
                    var isFirst = _seen < 0;
                    (_seen, _at) = (sum, isFirst ? 0 : time.GetTimestamp());
                }
                return _at != 0 && time.GetElapsedTime(_at) < Memory;
            }
        }
    }
}
