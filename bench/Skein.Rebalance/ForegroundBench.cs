using System.Collections.Concurrent;
using System.Diagnostics;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.Rebalance;

/// <summary>What readers notice of a rebalance at the default throttle: GET of 10 KiB, idle and while objects move.</summary>
internal static class ForegroundBench
{
    private const int Size = 10 << 10;
    private const int Readers = 2;
    private const string Bucket = "bench";
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(int objects)
    {
        await using var cluster = await ProcessCluster.StartAsync(1, 2);
        using var http = new TestHttp(Limit);
        (await http.CreateAsync(cluster.Url, Bucket)).Succeeded();
        var names = SpeedBench.Names(objects);
        await SpeedBench.FillAsync(http, cluster.Url, names, Size);
        await ReadAsync(http, cluster.Url, names, Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System));
        var idle = await ReadAsync(http, cluster.Url, names, Task.Delay(Length, TimeProvider.System));
        var target = cluster.Add("target", ["-discovery-url", cluster.Url, "-mountpaths", "1"]);
        await target.StartAsync(http);
        await cluster.SettleAsync();
        var moving = RebalanceView.UntilDoneAsync(http, cluster.Url, Limit);
        var busy = await ReadAsync(http, cluster.Url, names, moving);
        Say("idle", idle);
        Say($"while objects move ({(await moving).TotalSeconds:0.0} s)", busy);
        Console.WriteLine(FormattableString.Invariant($"GET p99: {At(busy, 0.99) / At(idle, 0.99):0.00} x its idle value"));
    }

    private static async Task<List<double>> ReadAsync(TestHttp http, string proxy, string[] names, Task until)
    {
        var times = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(async reader =>
        {
            var random = new Random(reader);
            while (!until.IsCompleted)
            {
                var started = Stopwatch.GetTimestamp();
                (await http.GetAsync(proxy, $"{Bucket}/{names[random.Next(names.Length)]}")).Succeeded();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }));
        return [.. times.Order()];
    }

    private static double At(List<double> sorted, double part) => sorted[(int)(part * (sorted.Count - 1))];

    private static void Say(string title, List<double> sorted) => Console.WriteLine(
        FormattableString.Invariant($"GET 10 KiB, {Readers} readers, {title}: {sorted.Count} reads, ")
        + FormattableString.Invariant($"p50 {At(sorted, 0.5):0.0} ms, p99 {At(sorted, 0.99):0.0} ms, max {sorted[^1]:0.0} ms"));
}
