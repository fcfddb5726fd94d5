namespace Skein.Storage.Disk;

/// <summary>
/// How many threads may wait for one device at a time. A journaling file system writes flushes that come together as one,
/// so that more at a time are done sooner, up to a number that is the device's own; beyond it they only disturb each other.
/// It is found by climbing: while more waits than may run, each window of finished work is compared with the one before.
/// Not thread-safe.
/// </summary>
/// <param name="least">Fewest; at least 1.</param>
/// <param name="most">Most; not below <paramref name="least"/>.</param>
/// <param name="time">Clock.</param>
internal sealed class SyncConcurrency(int least, int most, TimeProvider time)
{
    /// <summary>Pieces of work that are compared with as many others.</summary>
    public const int Window = 256;

    private const int First = 8;

    /// <summary>A difference below this share is none.</summary>
    private const double Noise = 0.05;

    private long _started;
    private int _count;
    private double _rate;
    private int _step = 1;

    /// <summary>The number at present.</summary>
    public int Limit { get; private set; } = Math.Clamp(First, least, most);

    /// <summary>A piece of work is done.</summary>
    /// <param name="othersWait">True when more of it waits: only then the limit is what decides the speed.</param>
    public void Finished(bool othersWait)
    {
        if (!othersWait)
        {
            _count = 0;
            return;
        }
        if (_count++ == 0)
        {
            _started = time.GetTimestamp();
            return;
        }
        if (_count <= Window)
        {
            return;
        }
        _count = 0;
        Compare(Window / Math.Max(time.GetElapsedTime(_started).TotalSeconds, 1e-6));
    }

    private void Compare(double rate)
    {
        if (_rate != 0 && rate < _rate * (1 - Noise))
        {
            _step = -_step;
        }
        else if (_rate != 0 && rate <= _rate * (1 + Noise))
        {
            _step = -1; // as quick: then with fewer
        }
        _rate = rate;
        Limit = Math.Clamp(Limit + (_step * Math.Max(1, Limit / 4)), least, most);
    }
}
