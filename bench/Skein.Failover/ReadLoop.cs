using System.Diagnostics;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.Failover;

/// <summary>A client that reads in a loop through the proxies it knows, asking the next one when one does not answer.</summary>
internal sealed class ReadLoop(IReadOnlyList<ProcessNode> proxies, IReadOnlyList<string> paths) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly TestHttp _http = new(Limit);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private long _lastSuccess = Stopwatch.GetTimestamp();
    private TimeSpan _longest;
    private Task _loop = Task.CompletedTask;

    /// <summary>Reads that succeeded.</summary>
    public int Reads { get; private set; }

    /// <summary>Begins to read.</summary>
    public void Start() => _loop = RunAsync();

    /// <summary>The longest time from one success to the next since it was last asked for.</summary>
    public TimeSpan TakeLongestGap()
    {
        lock (_lock)
        {
            var since = Stopwatch.GetElapsedTime(_lastSuccess);
            var longest = since > _longest ? since : _longest;
            _longest = TimeSpan.Zero;
            return longest;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            try
            {
                (await _http.GetAsync(proxies[i % proxies.Count].Url, paths[i % paths.Count])).Succeeded();
                lock (_lock)
                {
                    var now = Stopwatch.GetTimestamp();
                    var gap = Stopwatch.GetElapsedTime(_lastSuccess, now);
                    _longest = gap > _longest ? gap : _longest;
                    _lastSuccess = now;
                    Reads++;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // The next one, at once.
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
