using System.Diagnostics;
using System.Globalization;
using Skein.SystemTests.Partitions;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Soak;

/// <summary>
/// Three proxies and five targets under load, whose nodes and disks come and go, often two at once. What was acknowledged is
/// written down outside of the cluster and compared in the end.
/// </summary>
internal sealed class SoakRun(ProcessCluster cluster, SoakTiming timing, int seed, Action<string> say)
{
    /// <summary>Proxies.</summary>
    public const int Proxies = 3;

    /// <summary>Targets at the beginning.</summary>
    public const int Targets = 5;

    private const int MostTargets = 7;
    private const int LeastTargets = 4;
    private const int Writers = 8;
    private const int BaseBytes = 6000;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(180);

    private readonly Random _random = new(seed);
    private readonly List<string> _problems = [];
    private readonly HashSet<ProcessNode> _busy = [];

    /// <summary>Runs for a while, lets everything come to rest, and checks.</summary>
    /// <returns>What is wrong; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan duration)
    {
        using var http = new TestHttp(RequestLimit);
        (await http.CreateAsync(cluster.Url, ObjectLoad.Bucket)).Succeeded();
        (await http.CreateAsync(cluster.Url, "base")).Succeeded();
        var ledger = await FillAsync(http);
        var objects = new ObjectLoad(cluster, http, seed, mayBeStale: false);
        var events = new SoakEvents(cluster, http, timing, say);
        using var end = new CancellationTokenSource();
        var load = objects.RunAsync(end.Token);
        try
        {
            await HappenAsync(events, duration);
        }
        finally
        {
            await end.CancelAsync();
            await load;
        }
        say("objects: " + objects.Summary);
        await CheckAsync(http, events, objects, ledger);
        return _problems;
    }

    private async Task<Ledger> FillAsync(TestHttp http)
    {
        var ledger = new Ledger();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, timing.BaseObjects),
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (number, _) =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"d{number % 31}/base-{number}");
                var content = Payloads.Bytes(1 + (number % BaseBytes), number);
                ledger.Sending(name, content);
                (await http.PutAsync(cluster.Url, "base/" + name, content)).Succeeded();
                ledger.Confirm(name, content);
            });
        return ledger;
    }

    private async Task HappenAsync(SoakEvents events, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        while (Stopwatch.GetElapsedTime(started) < duration && _problems.Count == 0)
        {
            // Two at once, more often than not.
            while (running.Count >= (_random.Next(3) == 0 ? 1 : 2))
            {
                running.Remove(await Task.WhenAny(running));
            }
            running.Add(OneAsync(events, Stopwatch.GetElapsedTime(started)));
            await Task.Delay(timing.Pause * _random.NextDouble(), TimeProvider.System);
        }
        await Task.WhenAll(running);
    }

    private async Task OneAsync(SoakEvents events, TimeSpan at)
    {
        var away = timing.LongestAway * _random.NextDouble();
        var kind = _random.Next(100);
        if (kind < 8)
        {
            await GuardAsync("kill of the primary", at, () => events.KillPrimaryAsync(away), null);
            return;
        }
        var targets = events.Members.Where(node => !node.IsProxy).ToList();
        var free = targets.Where(node => !_busy.Contains(node)).ToList();
        var node = free[_random.Next(free.Count)];
        var canLose = free.Count > LeastTargets;
        await (kind switch
        {
            < 22 => GuardAsync("kill", at, () => events.KillAsync(node, away), node),
            < 34 => GuardAsync("restart", at, () => events.RestartAsync(node), node),
            < 54 when canLose => GuardAsync("maintenance", at, () => events.MaintainAsync(node, away), node),
            < 64 when canLose => GuardAsync("shutdown", at, () => events.ShutDownAsync(node), node),
            < 74 when canLose => GuardAsync("decommission", at, () => events.DecommissionAsync(node), node),
            < 86 when targets.Count < MostTargets => GuardAsync("new target", at, events.AddAsync, null),
            _ => GuardAsync("mountpath", at, () => events.DetachAsync(node, away), node),
        });
    }

    private async Task GuardAsync(string what, TimeSpan at, Func<Task> work, ProcessNode? node)
    {
        if (node is not null)
        {
            _busy.Add(node);
        }
        try
        {
            await work();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException)
        {
            _problems.Add($"{at.TotalSeconds:0.0} s, {what} of {node?.Id}: {e.Message}");
        }
        finally
        {
            _busy.Remove(node!);
        }
    }

    private async Task CheckAsync(TestHttp http, SoakEvents events, ObjectLoad objects, Ledger ledger)
    {
        _problems.AddRange(objects.Wrong.Select(wrong => "during the run: " + wrong));
        try
        {
            var together = await ClusterView.UntilSettledAsync(
                http, [.. events.Members.Select(node => node.Address)], EndLimit);
            var rested = await RebalanceView.UntilDoneAsync(http, cluster.Url, EndLimit);
            say($"one map after {together.TotalSeconds:0.0} s, all data in its place {rested.TotalSeconds:0.0} s later");
            await Poll.UntilAsync(() => WhyJobsRunAsync(http), EndLimit);
        }
        catch (TimeoutException e)
        {
            _problems.Add("in the end: " + e.Message);
            return;
        }
        _problems.AddRange((await objects.CheckAsync()).Select(wrong => "in the end: " + wrong));
        try
        {
            await ledger.CheckAsync(cluster, "base");
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or HttpRequestException)
        {
            _problems.Add("in the end, objects of before: " + e.Message);
        }
    }

    private async Task<string?> WhyJobsRunAsync(TestHttp http)
    {
        var reply = await http.FollowAsync(
            HttpMethod.Get, cluster.Url + "/v1/cluster?what=running_all", "{\"show_active\":true}"u8.ToArray());
        return reply.Succeeded().Text.Trim() is "[]" ? null : "jobs run: " + reply.Text;
    }
}
