using System.Diagnostics;
using System.Globalization;
using Skein.Core.Nodes;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Histories;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Partitions;

/// <summary>
/// A cluster of five proxies and four targets in namespaces of their own, under load, whose network is broken in one way
/// after the other. The load comes from outside, and so reaches both sides of every cut.
/// </summary>
internal sealed class PartitionRun(
    ProcessCluster cluster, NamespaceNetwork network, PartitionTiming timing, int seed, Action<string> say)
{
    /// <summary>Proxies, all of them voters.</summary>
    public const int Proxies = 5;

    /// <summary>Targets.</summary>
    public const int Targets = 4;

    private const int LastWords = 6000;
    private static readonly TimeSpan Flap = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan MajorityLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(20);

    private readonly List<string> _problems = [];
    private int _probe;

    /// <summary>Runs for a while, heals the network, and checks everything.</summary>
    /// <returns>What is wrong; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan duration)
    {
        using var http = new TestHttp(RequestLimit);
        (await http.CreateAsync(cluster.Url, ObjectLoad.Bucket)).Succeeded();
        await cluster.SettleAsync();
        var control = new ControlLoad(cluster, http, seed);
        var objects = new ObjectLoad(cluster, http, seed, mayBeStale: true);
        using var end = new CancellationTokenSource();
        var load = Task.WhenAll(control.RunAsync(end.Token), objects.RunAsync(end.Token));
        try
        {
            await BreakAsync(http, duration);
        }
        finally
        {
            await network.HealAsync();
            await end.CancelAsync();
            await load;
        }
        say($"control: {control.History.Operations.Count} operations, {control.Acknowledgements.Count} acknowledged "
            + $"under {control.Acknowledgements.Terms} terms, {control.Refusals} refused with 503");
        say("objects: " + objects.Summary);
        await CheckAsync(control, objects);
        return _problems;
    }

    private async Task BreakAsync(TestHttp http, TimeSpan duration)
    {
        var random = new Random(seed);
        var maker = new FaultMaker(Proxies, Targets, random);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var primary = await PrimaryAsync(http);
            var fault = maker.Next(primary);
            var length = timing.Fault(random);
            say($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {fault.Name} (primary p{primary + 1})");
            var began = Stopwatch.GetTimestamp();
            await network.SetAsync(fault.Cuts);
            var probes = fault.Flaps ? FlapAsync(fault, began, length) : ProbeAsync(http, fault);
            await UntilAsync(began, length);
            await probes;
            await SayWhoIsDownAsync(http, fault);
            await network.HealAsync();
            await UntilAsync(Stopwatch.GetTimestamp(), timing.Heal(random));
        }
    }

    private async Task SayWhoIsDownAsync(TestHttp http, Fault fault)
    {
        var asked = cluster.Proxies[fault.Majority[0]];
        var document = (await ClusterDocuments.ReadAsync(http, asked.Url)).Document;
        var down = document.Map.AllNodes.Where(node => (node.Flags & NodeFlags.Down) != 0).Select(node => node.Id).ToList();
        say(down.Count == 0 ? "  nobody is called down" : $"  down, says {asked.Id}: {string.Join(' ', down)}");
    }

    private async Task FlapAsync(Fault fault, long began, TimeSpan length)
    {
        for (var cut = false; Stopwatch.GetElapsedTime(began) < length; cut = !cut)
        {
            await UntilAsync(Stopwatch.GetTimestamp(), Flap);
            await network.SetAsync(cut ? fault.Cuts : []);
        }
    }

    /// <summary>The side with most voters makes a change, and soon; the other side refuses, and says why.</summary>
    private async Task ProbeAsync(TestHttp http, Fault fault)
    {
        var bucket = string.Create(CultureInfo.InvariantCulture, $"probe-{_probe++}");
        var minority = Task.WhenAll(fault.Minority.Select(async number =>
        {
            var proxy = cluster.Proxies[number];
            // The old primary may have an answer on the way at the moment of the cut.
            await UntilAsync(Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(1));
            var (reply, took) = await ControlCalls.TimedAsync(() => http.CreateAsync(proxy.Url, bucket + "-minority"));
            var text = reply.Code == 503 ? reply.Error.GetProperty("message").GetString()! : "";
            say($"  {proxy.Id} refuses after {took.TotalMilliseconds:0} ms: {text}");
            if (reply.Code != 503 || text.Length < 20)
            {
                Problem($"{fault.Name}: {proxy.Id} is cut off from most voters and answers {reply}");
            }
        }));
        try
        {
            IReadOnlyList<ProcessNode> majority = [.. fault.Majority.Select(number => cluster.Proxies[number])];
            var took = await ControlCalls.CreateAsync(http, majority, bucket, MajorityLimit);
            say($"  most voters made a change after {took.TotalMilliseconds:0} ms");
        }
        catch (TimeoutException e)
        {
            Problem($"{fault.Name}: the side with most voters makes no change: {e.Message}");
        }
        await minority;
    }

    private async Task CheckAsync(ControlLoad control, ObjectLoad objects)
    {
        foreach (var strange in control.Strange.Concat(objects.Wrong))
        {
            Problem("during the run: " + strange);
        }
        try
        {
            var took = await ClusterView.UntilSettledAsync(
                cluster.Http, [.. cluster.Nodes.Select(node => node.Address)], SettleLimit);
            var same = await Poll.UntilAsync(WhySeveralDocumentsAsync, SettleLimit);
            say($"one cluster {took.TotalMilliseconds:0} ms after the last healing, "
                + $"one document {same.TotalMilliseconds:0} ms later");
        }
        catch (TimeoutException e)
        {
            Problem("the nodes do not come together: " + e.Message);
            foreach (var dead in cluster.Nodes.Where(node => node.ProcessId == 0))
            {
                var last = dead.Output.Length > LastWords ? dead.Output[^LastWords..] : dead.Output;
                Problem($"{dead.Id} has ended by itself; its last words:\n{last}");
            }
            return;
        }
        foreach (var proxy in cluster.Proxies)
        {
            await control.ListAsync(proxy);
        }
        if (LinearizabilityChecker.Check(control.History) is { } broken)
        {
            Problem(broken);
        }
        if (control.Acknowledgements.Problem() is { } twice)
        {
            Problem("two primaries: " + twice);
        }
        foreach (var wrong in await objects.CheckAsync())
        {
            Problem("in the end: " + wrong);
        }
    }

    private async Task<string?> WhySeveralDocumentsAsync()
    {
        var tags = await Task.WhenAll(cluster.Nodes.Select(node => ClusterDocuments.TagAsync(cluster.Http, node.Url)));
        return tags.Distinct().Count() == 1 ? null : "several documents: " + string.Join(" | ", tags);
    }

    /// <summary>Number of the proxy that leads; the network is whole.</summary>
    private async Task<int> PrimaryAsync(TestHttp http)
    {
        var found = -1;
        await Poll.UntilAsync(
            async () =>
            {
                var says = new List<string>();
                foreach (var proxy in cluster.Proxies)
                {
                    says.Add(ClusterView.PrimaryId(await http.WhatAsync(proxy.Url, "smap")));
                }
                found = cluster.Proxies.ToList().FindIndex(proxy => proxy.Id == says[0]);
                return says.Distinct().Count() == 1 ? null : "primaries: " + string.Join(' ', says);
            },
            SettleLimit);
        return found;
    }

    private static Task UntilAsync(long from, TimeSpan length) =>
        Stopwatch.GetElapsedTime(from) is var gone && gone < length
            ? Task.Delay(length - gone, TimeProvider.System)
            : Task.CompletedTask;

    private void Problem(string text)
    {
        lock (_problems)
        {
            _problems.Add(text);
        }
        say("  PROBLEM: " + text);
    }
}
