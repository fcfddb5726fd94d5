using System.Diagnostics;

namespace Skein.Failover;

/// <summary>Tries until it works, every few milliseconds, with a limit.</summary>
internal static class Retry
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Calls until the result is not null; an attempt without an answer is one that did not work.</summary>
    /// <exception cref="TimeoutException">After a minute.</exception>
    public static async Task<T> UntilAsync<T>(string what, Func<int, Task<T?>> call)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 0; Stopwatch.GetElapsedTime(started) < Limit; attempt++)
        {
            try
            {
                if (await call(attempt) is { } result)
                {
                    return result;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Not yet.
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
        throw new TimeoutException($"not within {Limit.TotalSeconds:0} s: {what}");
    }
}
