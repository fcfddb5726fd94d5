using System.Diagnostics;

namespace Skein.TestKit;

/// <summary>Waits for something to become true, with a limit.</summary>
public static class Poll
{
    /// <summary>How long is waited when nothing else is said: generous, since the machine may be busy.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until there is no reason to wait any more.</summary>
    /// <param name="whyNot">Null when the wait is over; otherwise why it is not, for the message.</param>
    /// <param name="limit">How long to wait; <see cref="Limit"/> when null.</param>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">When the limit is reached; the message holds the last reason.</exception>
    public static async Task<TimeSpan> UntilAsync(Func<Task<string?>> whyNot, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var reason = await whyNot();
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (reason is null)
            {
                return elapsed;
            }
            if (elapsed > (limit ?? Limit))
            {
                throw new TimeoutException($"After {elapsed.TotalSeconds:0.0} s still: {reason}");
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
