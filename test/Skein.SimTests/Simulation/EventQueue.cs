namespace Skein.SimTests.Simulation;

/// <summary>Simulated time: what is to happen, in order. Two things at the same time happen in the order of planning.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long Time, long Number)> _queue = new();
    private long _number;

    /// <summary>Milliseconds since the world began.</summary>
    public long Now { get; private set; }

    /// <summary>Plans an action.</summary>
    /// <param name="delay">Milliseconds from now, at least 0.</param>
    /// <param name="action">What happens.</param>
    public void After(long delay, Action action) => _queue.Enqueue(action, (Now + Math.Max(0, delay), _number++));

    /// <summary>Lets time pass until the given time.</summary>
    public void RunUntil(long time)
    {
        while (_queue.TryPeek(out _, out var next) && next.Time <= time)
        {
            var action = _queue.Dequeue();
            Now = next.Time;
            action();
        }
        Now = Math.Max(Now, time);
    }
}
