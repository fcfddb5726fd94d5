using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Lifecycle;

/// <summary>What is refused when nodes are to leave or to come back, in AIStore's words.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private InProcessCluster _cluster = null!;

    private TestHttp Http => _cluster.Http;

    private string Url => _cluster.Url;

    public async ValueTask InitializeAsync() => _cluster = await InProcessCluster.StartAsync(1, 2);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task UnknownNodes()
    {
        foreach (var action in new[]
        {
            "start-maintenance", "stop-maintenance", "shutdown-node", "decommission-node", "rm-unsafe",
        })
        {
            Refused404(await Http.LeaveAsync(Url, action, """{"sid":"nonode","skip_rebalance":true}"""), "nonode");
            Refused404(await Http.LeaveAsync(Url, action, """{"sid":""}"""), "");
            Refused404(await Http.LeaveAsync(Url, action, "{}"), "");
            Refused404(await Http.LeaveAsync(Url, action, "null"), "");
            Refused404(await Http.LeaveAsync(Url, action, """{"sids":["t1-in-test","x"],"skip_rebalance":true}"""), "x");
        }
        Assert.Equal(0u, await Http.FlagsAsync(Url, "t1-in-test"));
    }

    [Fact]
    public async Task ThePrimaryWhenNobodyElseCouldLead()
    {
        foreach (var action in new[] { "start-maintenance", "shutdown-node", "decommission-node", "rm-unsafe" })
        {
            Refused400(
                await Http.LeaveAsync(Url, action, """{"sid":"p1-in-test","skip_rebalance":true}"""),
                $"p[p1-in-test] is the current primary, cannot perform action \"{action}\" on itself");
        }
        Refused400(
            await Http.LeaveAsync(Url, "stop-maintenance", """{"sid":"p1-in-test"}"""),
            "node p[p1-in-test] is not in maintenance mode - nothing to do");
    }

    [Fact]
    public async Task WhatMakesNoSense()
    {
        Refused400(
            await Http.LeaveAsync(Url, "stop-maintenance", """{"sid":"t1-in-test"}"""),
            "node t[t1-in-test] is not in maintenance mode - nothing to do");
        Refused400(
            await Http.LeaveAsync(Url, "start-maintenance", """{"sid":"t1-in-test","sids":["t2-in-test"]}"""),
            "\"sid\" and \"sids\" exclude each other: use one of them");
        Refused400(
            await Http.LeaveAsync(Url, "start-maintenance", """{"sids":["t1-in-test","t[t1-in-test]"]}"""),
            "node t1-in-test is named twice in \"sids\"");
        Refused400(await Http.LeaveAsync(Url, "rm-unsafe", """{"sid":"t1-in-test"}"""), "unsafe must be unsafe");
        var bad = await Http.LeaveAsync(Url, "start-maintenance", """{"sid":7}""");
        Assert.Equal(400, bad.Code);
        Assert.StartsWith(
            "failed to unmarshal [*apc.ActValRmNode] (PUT), err: ", bad.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task ObjectsThatWouldHaveNowhereToGo()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        var both = """{"sids":["t1-in-test","t2-in-test"]}""";
        foreach (var action in new[] { "start-maintenance", "shutdown-node", "decommission-node" })
        {
            Refused400(
                await Http.LeaveAsync(Url, action, both),
                "t[t1-in-test], t[t2-in-test]: no active target would remain, the objects would have nowhere to go; "
                    + "add a target first, or use skip_rebalance to leave the objects where they are");
        }
        Assert.Equal(0u, await Http.FlagsAsync(Url, "t1-in-test"));
    }

    [Fact]
    public async Task TwiceAndOfADeadNode()
    {
        var value = """{"sid":"t[t2-in-test]","skip_rebalance":true}""";
        Assert.Equal("", (await Http.LeaveAsync(Url, "start-maintenance", value)).Succeeded().Text);
        await Http.UntilStateAsync(Url, "t2-in-test", "maintenance");
        Refused400(
            await Http.LeaveAsync(Url, "start-maintenance", value), "t[t2-in-test] is already in maintenance mode");
        await _cluster.Targets[1].StopAsync();
        Refused400(
            await Http.LeaveAsync(Url, "stop-maintenance", value),
            $"t[t2-in-test] is unreachable: Get \"{_cluster.Targets[1].Url}/v1/health\": no answer; start it first");
        await _cluster.Targets[1].StartAsync();
        await _cluster.Targets[1].WhenMemberAsync();
        (await Http.LeaveAsync(Url, "stop-maintenance", value)).Succeeded();
        await Http.UntilStateAsync(Url, "t2-in-test", "online");
        Refused400(
            await Http.LeaveAsync(Url, "stop-maintenance", value),
            "node t[t2-in-test] is not in maintenance mode - nothing to do");
    }

    [Fact]
    public async Task WhatOnlyThePrimaryTellsANode()
    {
        foreach (var action in new[]
        {
            "start-maintenance", "shutdown-node", "decommission-node", "rm-unsafe", "shutdown", "decommission",
        })
        {
            var target = _cluster.Targets[0];
            var body = System.Text.Encoding.UTF8.GetBytes(
                $$$"""{"action":"{{{action}}}","value":{"sid":"t1-in-test","rm_user_data":true}}""");
            Expect.Refused(
                await Http.SendAsync(HttpMethod.Put, target.Url + "/v1/daemon", body),
                400,
                "t[t1-in-test]: expected INTRA-CONTROL request");
            Expect.Refused(
                await Http.SendAsync(
                    HttpMethod.Put, Url + "/v1/reverse/daemon", body, ("Ais-Node-Id", "t1-in-test"),
                    ("Ais-Caller-Id", "p1-in-test")),
                400,
                "t[t1-in-test]: expected INTRA-CONTROL request");
            // Another node, and the primary about a node that is on no way.
            foreach (var caller in new[] { "t2-in-test", "p1-in-test" })
            {
                if (caller != "p1-in-test" || action is "shutdown-node" or "decommission-node")
                {
                    var reply = await Http.SendAsync(
                        HttpMethod.Put, target.Url + "/v1/daemon", body, ("Ais-Caller-Id", caller));
                    Assert.Equal(400, reply.Code);
                    Assert.Contains("t[t1-in-test]", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
                }
            }
        }
        Expect.Refused(
            await Http.SendAsync(HttpMethod.Put, Url + "/v1/daemon", """{"action":"shutdown"}"""u8.ToArray()),
            400,
            "cannot shutdown primary p[p1-in-test] (consider frc=true option)");
        await _cluster.SettleAsync();
    }

    private static void Refused400(TestReply reply, string message) =>
        Expect.Error(reply, 400, null, message, "PUT", "/v1/cluster", "p[p1-in-test]");

    private static void Refused404(TestReply reply, string name) => Expect.Error(
        reply, 404, "ErrNotFound", $"p[p1-in-test]: node {name} does not exist", "PUT", "/v1/cluster", "p[p1-in-test]");
}
