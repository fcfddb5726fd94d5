using System.Diagnostics;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>Processes that leave the cluster by order of an administrator, and are killed in the middle of it.</summary>
public sealed class LifecycleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task NodesAreShutDownAndComeBackOutOfService()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 2);
        foreach (var node in new[] { cluster.Targets[0], cluster.Proxies[1] })
        {
            (await LeaveAsync(cluster, cluster.Url, "shutdown-node", node.Id)).Succeeded();
            var (code, took) = await node.WaitForExitAsync(Limit);
            Report.Line($"{node.Id}, told to shut down, ended with {code} after {took.TotalMilliseconds:0} ms");
            Assert.Equal(0, code);
            await UntilStateAsync(cluster, cluster.Url, node.Id, "maintenance");
            await node.StartAsync(cluster.Http);
            await cluster.SettleAsync();
            await UntilStateAsync(cluster, cluster.Url, node.Id, "maintenance");
            (await LeaveAsync(cluster, cluster.Url, "stop-maintenance", node.Id)).Succeeded();
            await UntilStateAsync(cluster, cluster.Url, node.Id, "online");
            Assert.True(node.ProcessId > 0);
        }
    }

    [Fact]
    public async Task NodesAreDecommissionedAndJoinAsNewOnes()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        // The first one leads.
        foreach (var node in new[] { cluster.Targets[1], cluster.Proxies[1], cluster.Proxies[0] })
        {
            var through = cluster.Proxies[2].Url;
            var before = await IncarnationAsync(cluster, node);
            var started = Stopwatch.GetTimestamp();
            (await LeaveAsync(cluster, through, "decommission-node", node.Id)).Succeeded();
            var (code, _) = await node.WaitForExitAsync(Limit);
            Report.Line(
                $"{node.Id}, decommissioned, ended with {code} after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
            Assert.Equal(0, code);
            await UntilStateAsync(cluster, through, node.Id, null);
            node.Arguments = ["-discovery-url", through];
            await node.StartAsync(cluster.Http);
            await cluster.SettleAsync();
            Assert.NotEqual(before, await IncarnationAsync(cluster, node));
            await UntilStateAsync(cluster, through, node.Id, "online");
        }
    }

    [Fact]
    public async Task APrimaryThatIsStoppedLeavesNoGap()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 1);
        var gaps = new List<double>();
        for (var round = 0; round < 6; round++)
        {
            await ClusterView.UntilVotersWholeAsync(cluster.Http, cluster.Url);
            var primary = await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[0]);
            var other = cluster.Proxies.First(proxy => proxy != primary);
            var started = Stopwatch.GetTimestamp();
            primary.Terminate();
            (await cluster.Http.CreateAsync(other.Url, $"round-{round}")).Succeeded();
            gaps.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Assert.Equal(0, (await primary.WaitForExitAsync(Limit)).ExitCode);
            await primary.StartAsync(cluster.Http);
            await cluster.SettleAsync();
        }
        gaps.Sort();
        Report.Line($"a change right after SIGTERM to the primary: {string.Join(", ", gaps.Select(gap => $"{gap:0}"))} ms");
        // Without a word nobody stands before half a second of silence.
        Assert.True(gaps[gaps.Count / 2] < 500, $"median of {string.Join(' ', gaps)}");
    }

    [Fact]
    public async Task TheWholeClusterIsShutDown()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.PutAsync(cluster.Url, "b/o", [7])).Succeeded();
        (await cluster.Http.ActAsync(HttpMethod.Put, cluster.Proxies[2].Url + "/v1/cluster", "shutdown")).Succeeded();
        foreach (var node in cluster.Nodes)
        {
            Assert.Equal(0, (await node.WaitForExitAsync(Limit)).ExitCode);
        }
        await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync(cluster.Http)));
        await cluster.SettleAsync();
        Assert.Equal([7], (await cluster.Http.GetAsync(cluster.Url, "b/o")).Succeeded().Body);
    }

    [Fact]
    public async Task ANodeThatIsKilledWhileItLeavesIsOutAllTheSame()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var node = cluster.Targets[1];
        foreach (var delay in new[] { 0, 3, 10, 30 })
        {
            var before = await IncarnationAsync(cluster, node);
            var asked = LeaveAsync(cluster, cluster.Url, "decommission-node", node.Id);
            await Task.Delay(TimeSpan.FromMilliseconds(delay), TimeProvider.System, TestContext.Current.CancellationToken);
            await node.KillAsync();
            (await asked).Succeeded();
            // Started again in the middle of it, it goes on with what it was told; or it had not heard it yet.
            try
            {
                await node.StartAsync(cluster.Http);
            }
            catch (InvalidOperationException e)
            {
                Assert.Contains("ended with 0", e.Message, StringComparison.Ordinal);
            }
            // Unless it was killed when all was done: then it has joined as a new one already.
            var isNew = node.ProcessId != 0 && await IncarnationAsync(cluster, node) != before;
            if (!isNew)
            {
                Assert.Equal(0, (await node.WaitForExitAsync(Limit)).ExitCode);
                await UntilStateAsync(cluster, cluster.Url, node.Id, null);
                await node.StartAsync(cluster.Http);
            }
            await cluster.SettleAsync();
            await UntilStateAsync(cluster, cluster.Url, node.Id, "online");
            Assert.NotEqual(before, await IncarnationAsync(cluster, node));
        }
    }

    [Fact]
    public async Task ADecommissionGoesOnUnderTheNextPrimary()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        await ClusterView.UntilVotersWholeAsync(cluster.Http, cluster.Url);
        var (primary, node) = (cluster.Proxies[0], cluster.Targets[1]);
        node.Pause(); // so that it cannot answer before the primary is gone
        var asked = LeaveAsync(cluster, cluster.Proxies[1].Url, "decommission-node", node.Id, ",\"skip_rebalance\":true");
        (await asked).Succeeded();
        await primary.KillAsync();
        node.Resume();
        Assert.Equal(0, (await node.WaitForExitAsync(Limit)).ExitCode);
        await UntilStateAsync(cluster, cluster.Proxies[1].Url, node.Id, null);
    }

    private static Task<TestReply> LeaveAsync(
        ProcessCluster cluster, string url, string action, string id, string more = "") => cluster.Http.SendAsync(
        HttpMethod.Put,
        url + "/v1/cluster",
        Encoding.UTF8.GetBytes($$$"""{"action":"{{{action}}}","value":{"sid":"{{{id}}}"{{{more}}}}}"""));

    private static async Task<string> IncarnationAsync(ProcessCluster cluster, ProcessNode node) =>
        (await cluster.Http.WhatAsync(node.Url, "snode")).GetProperty("incarnation").GetString()!;

    private static Task<TimeSpan> UntilStateAsync(ProcessCluster cluster, string url, string id, string? state) =>
        Poll.UntilAsync(async () =>
        {
            var control = await cluster.Http.SendAsync(HttpMethod.Get, url + "/v1/cluster?what=control");
            var states = control.Succeeded().Json.GetProperty("nodes").EnumerateArray()
                .Where(node => node.GetProperty("id").GetString() == id)
                .Select(node => node.GetProperty("state").GetString())
                .ToList();
            return (states.Count == 0 ? null : states[0]) == state ? null : $"{id} is {string.Join(' ', states)}";
        });
}
