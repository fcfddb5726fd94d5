using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Lifecycle;

/// <summary>Nodes leave service and come back, over the API.</summary>
public sealed class LeavingTests : IAsyncLifetime
{
    private InProcessCluster _cluster = null!;

    private TestHttp Http => _cluster.Http;

    private string Url => _cluster.Url;

    public async ValueTask InitializeAsync() => _cluster = await InProcessCluster.StartAsync(2, 3);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task ATargetGoesIntoMaintenanceAndBackThroughAnyProxy()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        var through = _cluster.Proxies[1].Url;
        var begun = (await Http.LeaveAsync(through, "start-maintenance", """{"sid":"t1-in-test"}""")).Succeeded();
        Assert.Equal(("g1", "text/plain; charset=utf-8"), (begun.Text, begun.Header("Content-Type")));
        await Http.UntilStateAsync(Url, "t1-in-test", "maintenance");
        Assert.Equal(4u | 16u, await Http.FlagsAsync(Url, "t1-in-test"));
        var status = (await Http.SendAsync(
            HttpMethod.Get, through + "/v1/reverse/daemon?what=node_status", null, ("Ais-Node-Id", "t1-in-test")))
            .Succeeded().Json;
        Assert.Equal("maintenance", status.GetProperty("status").GetString());
        Assert.Equal(20u, status.GetProperty("snode").GetProperty("flags").GetUInt64());
        var own = await Http.SendAsync(
            HttpMethod.Get, _cluster.Targets[0].Url + "/v1/health?cii=true", null, ("Ais-Caller-Id", "p1-in-test"));
        Assert.Equal(1024u | 6u, own.Succeeded().Json.GetProperty("flags").GetUInt64());

        // A restart changes nothing about it.
        await _cluster.RestartAsync(_cluster.Targets[0]);
        Assert.Equal("maintenance", await Http.StateAsync(Url, "t1-in-test"));

        (await Http.PutAsync(Url, "b/o", [1])).Succeeded();
        var back = (await Http.LeaveAsync(Url, "stop-maintenance", """{"sid":"t1-in-test"}""")).Succeeded();
        Assert.Equal("g2", back.Text);
        Assert.Equal("online", await Http.StateAsync(Url, "t1-in-test"));
        Assert.Equal([1], (await Http.GetAsync(Url, "b/o")).Succeeded().Body);
    }

    [Fact]
    public async Task SeveralNodesAreOneChange()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        var before = (await Http.WhatAsync(Url, "smap")).GetProperty("version").GetString();
        Assert.Equal("g1", (await Http.LeaveAsync(
            Url, "start-maintenance", """{"sids":["t1-in-test","t[t2-in-test]","p2-in-test"]}""")).Succeeded().Text);
        foreach (var id in new[] { "t1-in-test", "t2-in-test", "p2-in-test" })
        {
            await Http.UntilStateAsync(Url, id, "maintenance");
        }
        // One version for the beginning, one for each end.
        var after = (await Http.WhatAsync(Url, "smap")).GetProperty("version").GetString();
        Assert.Equal(4, Number(after) - Number(before));
        (await Http.LeaveAsync(Url, "stop-maintenance", """{"sids":["t1-in-test","t2-in-test","p2-in-test"]}""")).Succeeded();
        await _cluster.SettleAsync();
        Assert.Equal("g2", (await Control("rebalance")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task AProxyInMaintenanceAnswersAndDoesNotVote()
    {
        await ClusterView.UntilVotersWholeAsync(Http, Url);
        Assert.Equal("", (await Http.LeaveAsync(Url, "start-maintenance", """{"sid":"p2-in-test"}""")).Succeeded().Text);
        await Http.UntilStateAsync(Url, "p2-in-test", "maintenance");
        Assert.DoesNotContain(
            "p2-in-test",
            (await Control("voters")).EnumerateArray().Select(voter => voter.GetProperty("id").GetString()));
        var config = (await Http.SendAsync(HttpMethod.Get, Url + "/v1/cluster?what=cluster_config")).Succeeded().Json
            .GetProperty("proxy");
        foreach (var key in new[] { "primary_url", "original_url", "discovery_url" })
        {
            Assert.NotEqual(_cluster.Proxies[1].Url, config.GetProperty(key).GetString());
        }
        (await Http.CreateAsync(_cluster.Proxies[1].Url, "through-it")).Succeeded();
        var refused = await Http.SendAsync(HttpMethod.Put, Url + "/v1/cluster/proxy/p2-in-test");
        Assert.Equal(503, refused.Code);
        (await Http.LeaveAsync(Url, "stop-maintenance", """{"sid":"p2-in-test"}""")).Succeeded();
        await ClusterView.UntilVotersWholeAsync(Http, Url);
    }

    [Fact]
    public async Task ANodeThatIsShutDownComesBackOutOfService()
    {
        foreach (var node in new[] { _cluster.Targets[0], _cluster.Proxies[1] })
        {
            (await Http.LeaveAsync(Url, "shutdown-node", $$"""{"sid":"{{node.Id}}"}""")).Succeeded();
            await LifecycleCalls.UntilEndedAsync(node);
            await Http.UntilStateAsync(Url, node.Id, "maintenance");
            await node.StartAsync();
            await node.WhenMemberAsync();
            await _cluster.SettleAsync();
            Assert.Equal("maintenance", await Http.StateAsync(Url, node.Id));
            (await Http.LeaveAsync(Url, "stop-maintenance", $$"""{"sid":"{{node.Id}}"}""")).Succeeded();
            await _cluster.SettleAsync();
            Assert.Equal("online", await Http.StateAsync(Url, node.Id));
            Assert.True(node.IsRunning);
        }
    }

    [Fact]
    public async Task ADecommissionedNodeIsGoneAndComesBackAsANewOne()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        foreach (var node in new[] { _cluster.Targets[0], _cluster.Proxies[1] })
        {
            var before = (await Http.WhatAsync(node.Url, "snode")).GetProperty("incarnation").GetString();
            (await Http.LeaveAsync(Url, "decommission-node", $$"""{"sid":"{{node.Id}}"}""")).Succeeded();
            await LifecycleCalls.UntilEndedAsync(node);
            await _cluster.SettleWithoutAsync(node);
            await node.StartAsync();
            await node.WhenMemberAsync();
            await _cluster.SettleAsync();
            Assert.Equal("online", await Http.StateAsync(Url, node.Id));
            var after = (await Http.WhatAsync(node.Url, "snode")).GetProperty("incarnation").GetString();
            Assert.NotEqual(before, after);
        }
    }

    [Fact]
    public async Task NoObjectIsLostWithTargetsThatLeave()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        for (var i = 0; i < 60; i++)
        {
            (await Http.PutAsync(Url, $"b/o{i}", [(byte)i])).Succeeded();
        }
        Assert.Equal("g1", (await Http.LeaveAsync(
            Url, "decommission-node", """{"sids":["t1-in-test","t3-in-test"],"rm_user_data":true}""")).Succeeded().Text);
        await Task.WhenAll(
            LifecycleCalls.UntilEndedAsync(_cluster.Targets[0]), LifecycleCalls.UntilEndedAsync(_cluster.Targets[2]));
        await _cluster.SettleWithoutAsync(_cluster.Targets[0], _cluster.Targets[2]);
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal([(byte)i], (await Http.GetAsync(Url, $"b/o{i}")).Succeeded().Body);
        }
        Assert.Equal(60, (await Http.ListAsync(Url, "b")).Count);
        Assert.Empty(await Http.AlertsAsync(Url));
        // What they held is nowhere else either: it was moved, not copied, and their disks are empty.
        await Poll.UntilAsync(() => Task.FromResult(
            Directory.EnumerateDirectories(_cluster.Targets[0].Folder, "@ais", SearchOption.AllDirectories).FirstOrDefault()));
    }

    [Fact]
    public async Task ADownTargetIsWaitedForUntilItsObjectsAreGivenUp()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        await _cluster.Targets[0].StopAsync();
        (await Http.LeaveAsync(Url, "decommission-node", """{"sid":"t1-in-test"}""")).Succeeded();
        await Poll.UntilAsync(async () =>
        {
            var alerts = string.Join("; ", await Http.AlertsAsync(Url));
            return alerts.Contains("may hold the last copy of objects", StringComparison.Ordinal) ? null : alerts;
        });
        Assert.Equal("decommission (pending)", await Http.StateAsync(Url, "t1-in-test"));
        (await Http.LeaveAsync(Url, "decommission-node", """{"sid":"t1-in-test","skip_rebalance":true}""")).Succeeded();
        await Http.UntilStateAsync(Url, "t1-in-test", null);
        await _cluster.SettleWithoutAsync(_cluster.Targets[0]);
    }

    [Fact]
    public async Task ADecommissionedNodeThatStaysStandsByUntilItIsBroughtIn()
    {
        var node = _cluster.Targets[0];
        (await Http.LeaveAsync(Url, "decommission-node", """{"sid":"t1-in-test","no_shutdown":true}""")).Succeeded();
        await _cluster.SettleWithoutAsync(node);
        await UntilAloneAsync(node);
        Assert.Equal(503, (await Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).Code);
        (await Http.SendAsync(
            HttpMethod.Post,
            Url + "/v1/cluster/join-by-admin",
            System.Text.Encoding.UTF8.GetBytes(
                $$$"""{"daemon_type":"target","intra_control_net":{"direct_url":"{{{node.Url}}}"}}"""))).Succeeded();
        await _cluster.SettleAsync();
    }

    [Fact]
    public async Task RmUnsafeTakesANodeOutAtOnceAndItsProcessStays()
    {
        (await Http.CreateAsync(Url, "b")).Succeeded();
        var node = _cluster.Targets[2];
        Assert.Equal("", (await Http.LeaveAsync(
            Url, "rm-unsafe", """{"sid":"t3-in-test","skip_rebalance":true}""")).Succeeded().Text);
        Assert.Null(await Http.StateAsync(Url, "t3-in-test"));
        await _cluster.SettleWithoutAsync(node);
        await UntilAloneAsync(node);
        // A dead one, too.
        await _cluster.Targets[1].StopAsync();
        (await Http.LeaveAsync(Url, "rm-unsafe", """{"sid":"t2-in-test","skip_rebalance":true}""")).Succeeded();
        Assert.Null(await Http.StateAsync(Url, "t2-in-test"));
    }

    [Fact]
    public async Task ThePrimaryHandsOverBeforeItLeaves()
    {
        await ClusterView.UntilVotersWholeAsync(Http, Url);
        var old = _cluster.Proxies[0];
        foreach (var (action, through) in new[] { ("shutdown-node", 1), ("decommission-node", 0) })
        {
            var reply = await Http.LeaveAsync(_cluster.Proxies[through].Url, action, """{"sid":"p1-in-test"}""");
            Assert.Equal("", reply.Succeeded().Text);
            await LifecycleCalls.UntilEndedAsync(old);
            var next = _cluster.Proxies[1].Url;
            Assert.Equal("p2-in-test", ClusterView.PrimaryId(await Http.WhatAsync(next, "smap")));
            await Http.UntilStateAsync(next, "p1-in-test", action == "shutdown-node" ? "maintenance" : null);
            if (action == "shutdown-node")
            {
                await old.StartAsync();
                await old.WhenMemberAsync();
                (await Http.LeaveAsync(next, "stop-maintenance", """{"sid":"p1-in-test"}""")).Succeeded();
                await _cluster.SettleAsync();
                (await Http.SendAsync(HttpMethod.Put, next + "/v1/cluster/proxy/p1-in-test")).Succeeded();
            }
        }
    }

    /// <summary>Waits until a node stands by: it answers, and knows nobody but itself.</summary>
    private Task<TimeSpan> UntilAloneAsync(InProcessNode node) => Poll.UntilAsync(async () =>
    {
        try
        {
            var ids = ClusterView.Ids(await Http.WhatAsync(node.Url, "smap")).ToList();
            return ids.Count == 1 && ids[0] == node.Id ? null : string.Join(' ', ids);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    });

    private async Task<System.Text.Json.JsonElement> Control(string part) =>
        (await Http.SendAsync(HttpMethod.Get, Url + "/v1/cluster?what=control")).Succeeded().Json.GetProperty(part);

    private static long Number(string? text) =>
        long.Parse(text!, System.Globalization.CultureInfo.InvariantCulture);
}
