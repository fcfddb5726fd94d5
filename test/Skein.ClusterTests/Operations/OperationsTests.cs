using System.Text.Json;
using Skein.Core.Nodes;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Operations;

/// <summary>What operators ask of the control plane, over the API.</summary>
public sealed class OperationsTests : IAsyncLifetime
{
    private InProcessCluster _cluster = null!;

    private TestHttp Http => _cluster.Http;

    public async ValueTask InitializeAsync() => _cluster = await InProcessCluster.StartAsync(2, 1);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task ThePrimarySaysHowTheControlPlaneIs()
    {
        await ClusterView.UntilVotersWholeAsync(Http, _cluster.Proxies[1].Url);
        foreach (var proxy in _cluster.Proxies)
        {
            var control = await GetAsync(proxy.Url, "/v1/cluster?what=control");
            var primary = control.GetProperty("primary").GetString();
            Assert.Equal(primary, control.GetProperty("node").GetString());
            Assert.True(control.GetProperty("from_primary").GetBoolean());
            Assert.InRange(control.GetProperty("quorum_age_ms").GetInt64(), 0, 10_000);
            Assert.Equal(
                ["p1-in-test", "p2-in-test", "t1-in-test"],
                control.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()!).Order());
            Assert.All(control.GetProperty("nodes").EnumerateArray(), node =>
            {
                Assert.Equal("online", node.GetProperty("state").GetString());
                Assert.True(node.GetProperty("last_heard_ms").GetInt64() >= 0);
            });
            var voters = control.GetProperty("voters").EnumerateArray().ToList();
            Assert.Equal("t1-in-test", voters.Single(v => v.GetProperty("witness").GetBoolean()).GetProperty("id").GetString());
        }
        var own = await GetAsync(_cluster.Targets[0].Url, "/v1/daemon?what=control");
        Assert.False(own.GetProperty("from_primary").GetBoolean());
        Assert.Equal("t1-in-test", own.GetProperty("node").GetString());
        Assert.Contains(-1, own.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("lag").GetInt64()));
    }

    [Fact]
    public async Task VotesAreGivenWithoutBackAndForth()
    {
        await _cluster.AddProxyAsync();
        await _cluster.AddTargetAsync();
        await ClusterView.UntilVotersWholeAsync(Http, _cluster.Url);
        var changes = (await HistoryAsync(_cluster.Url)).Count(entry =>
            !entry.TryGetProperty("missing_to", out _) && What(entry).StartsWith("voters are", StringComparison.Ordinal));
        // p2 comes and p3 comes, perhaps with a witness in between; a slow machine may make some more.
        Assert.InRange(changes, 2, 12);
    }

    [Fact]
    public async Task AProxyThatCameLateTellsTheWholeHistoryWhenItLeads()
    {
        (await Http.CreateAsync(_cluster.Url, "first")).Succeeded();
        var before = await HistoryAsync(_cluster.Url);
        Assert.Contains("create bucket ais://first", string.Join('\n', before), StringComparison.Ordinal);
        var created = before.Last(entry => What(entry).Contains("create bucket", StringComparison.Ordinal));
        var late = await _cluster.AddProxyAsync();
        var alone = await GetAsync(late.Url, "/v1/daemon?what=history");
        // It never saw the beginning, and says so.
        Assert.True(alone.GetProperty("entries")[0].GetProperty("missing_to").GetInt64() > 0);

        (await Http.SendAsync(HttpMethod.Put, $"{_cluster.Url}/v1/cluster/proxy/{late.Id}")).Succeeded();
        await _cluster.SettleAsync();

        var timeline = await GetAsync(late.Url, "/v1/cluster?what=history");
        Assert.Equal(late.Id, timeline.GetProperty("node").GetString());
        var entries = timeline.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(1, entries[0].GetProperty("version").GetInt64());
        Assert.Equal("form the cluster", What(entries[0]));
        Assert.Equal(
            $"p[{late.Id}] is elected primary",
            What(entries.Last(entry => What(entry).EndsWith("is elected primary", StringComparison.Ordinal))));
        Assert.Contains(entries, entry => entry.ToString() == created.ToString());
        // Every version is there once, as an entry or in a gap.
        var next = 1L;
        foreach (var entry in entries)
        {
            Assert.Equal(next, entry.GetProperty("version").GetInt64());
            next = entry.TryGetProperty("missing_to", out var last) ? last.GetInt64() + 1 : next + 1;
        }
        // The content of an old version comes from another proxy.
        var version = created.GetProperty("version").GetInt64();
        var diff = await GetAsync(late.Url, $"/v1/cluster?what=history_diff&from={version - 1}&to={version}");
        Assert.Contains(diff.GetProperty("changes").EnumerateArray(), change =>
            change.GetProperty("path").GetString() == "bmd.buckets[\"ais/@#/first\"]"
            && !change.TryGetProperty("before", out _));
    }

    [Fact]
    public async Task HistoryIsLimitedAndSaysWhatIsNotKept()
    {
        (await Http.CreateAsync(_cluster.Url, "b")).Succeeded();
        Assert.Equal(2, (await HistoryAsync(_cluster.Url, "&limit=2")).Count);
        var some = await HistoryAsync(_cluster.Proxies[1].Url, "&from=2&to=3");
        Assert.Equal([2, 3], some.Select(entry => entry.GetProperty("version").GetInt64()));
        foreach (var (query, code, text) in new[]
        {
            ("what=history&limit=0", 400, "out of range"),
            ("what=history_diff&from=1&to=100000", 404, "does not exist yet"),
            ("what=history_diff&from=x&to=1", 400, "is no version"),
            ("what=history_diff&from=9.9.1&to=1", 404, "is not kept"),
        })
        {
            var reply = await Http.SendAsync(HttpMethod.Get, $"{_cluster.Url}/v1/cluster?{query}");
            Assert.Equal(code, reply.Code);
            Assert.Contains(text, reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnAdministratorChoosesThePrimary()
    {
        foreach (var (proxy, through) in new[] { (1, 0), (0, 0), (0, 1), (1, 1) })
        {
            var id = _cluster.Proxies[proxy].Id;
            var url = _cluster.Proxies[through].Url;
            (await Http.SendAsync(HttpMethod.Put, $"{url}/v1/cluster/proxy/{id}")).Succeeded();
            // The proxy that was asked knows at once; the others soon.
            Assert.Equal(id, ClusterView.PrimaryId(await Http.WhatAsync(url, "smap")));
            await _cluster.SettleAsync();
            (await Http.CreateAsync(url, $"bucket-{proxy}-{through}-{Guid.NewGuid():N}")).Succeeded();
        }
        foreach (var wrong in new[] { "t1-in-test", "nobody-here" })
        {
            var reply = await Http.SendAsync(HttpMethod.Put, $"{_cluster.Url}/v1/cluster/proxy/{wrong}");
            Assert.Equal(400, reply.Code);
            Assert.Contains(
                $"new primary proxy {wrong} is not present in the Smap",
                reply.Error.GetProperty("message").GetString(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AStandbyNodeIsBroughtInAndComesBackByItself()
    {
        foreach (var role in new[] { NodeRole.Target, NodeRole.Proxy })
        {
            var node = await _cluster.AddStandbyAsync(role);
            Assert.Equal(503, (await Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).Code);
            Assert.Equal([node.Id], ClusterView.Ids(await Http.WhatAsync(node.Url, "smap")));
            for (var i = 0; i < 2; i++)
            {
                var reply = (await BringInAsync(_cluster.Proxies[i].Url, node.Url)).Succeeded();
                Assert.Equal($$"""{"daemon_id":"{{node.Id}}","rebalance_id":""}""", reply.Text.Trim());
            }
            await node.WhenMemberAsync();
            await _cluster.SettleAsync();
            await _cluster.RestartAsync(node);
        }
    }

    [Fact]
    public async Task BringingInNobodyIsRefusedInAiStoresWords()
    {
        var reply = await BringInAsync(_cluster.Url, "http://127.0.0.1:1");
        Assert.Equal(400, reply.Code);
        Assert.Contains(
            ": failed to obtain node info from t[]: Get \"http://127.0.0.1:1/v1/daemon?what=snode\": ",
            reply.Error.GetProperty("message").GetString(),
            StringComparison.Ordinal);
        await using var other = await InProcessCluster.StartAsync(1, 0);
        var stranger = await BringInAsync(_cluster.Url, other.Url);
        Assert.Equal(409, stranger.Code);
        Assert.Contains("belongs to cluster", stranger.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AForcedRecoveryIsShownFirstAndRefusedWhileThereIsAMajority()
    {
        var proxy = _cluster.Proxies[1];
        var url = $"{_cluster.Url}/v1/reverse/daemon/proxy/{proxy.Id}?frc=true";
        var shown = (await Http.SendAsync(HttpMethod.Put, url, null, ("Ais-Node-Id", proxy.Id))).Succeeded().Json;
        Assert.False(shown.GetProperty("done").GetBoolean());
        Assert.Equal(3, shown.GetProperty("nodes").EnumerateArray().Count(node => node.GetProperty("reachable").GetBoolean()));
        Assert.Equal(0, shown.GetProperty("losses").GetArrayLength());
        var refused = await Http.SendAsync(HttpMethod.Put, url + "&accept_loss=true", null, ("Ais-Node-Id", proxy.Id));
        Assert.Equal(400, refused.Code);
        Assert.Contains("a majority of the voters answers", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterTheLossOfAMajorityAForcedRecoveryGoesOn()
    {
        (await Http.CreateAsync(_cluster.Url, "kept")).Succeeded();
        await ClusterView.UntilVotersWholeAsync(Http, _cluster.Url);
        await _cluster.SettleAsync();
        var (lost, proxy, target) = (_cluster.Proxies[0], _cluster.Proxies[1], _cluster.Targets[0]);
        await Task.WhenAll(lost.StopAsync(handsOver: false), target.StopAsync());
        var url = $"{proxy.Url}/v1/daemon/proxy/{proxy.Id}?frc=true";
        var shown = (await Http.SendAsync(HttpMethod.Put, url)).Succeeded().Json;
        Assert.Contains("do not answer and cannot be asked", shown.GetProperty("losses").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(503, (await Http.CreateAsync(proxy.Url, "not-yet")).Code);

        var done = (await Http.SendAsync(HttpMethod.Put, url + "&accept_loss=true")).Succeeded().Json;
        Assert.True(done.GetProperty("done").GetBoolean());
        await Poll.UntilAsync(async () =>
        {
            var control = await GetAsync(proxy.Url, "/v1/cluster?what=control");
            return control.GetProperty("from_primary").GetBoolean() && control.GetProperty("generation").GetInt64() == 2
                ? null
                : control.GetRawText();
        });
        (await Http.CreateAsync(proxy.Url, "afterwards")).Succeeded();
        Assert.Contains(await HistoryAsync(proxy.Url), entry => entry.GetProperty("why").GetString() == "forced recovery");
        await lost.StartAsync();
        await target.StartAsync();
        await _cluster.SettleAsync();
        var map = await Http.WhatAsync(lost.Url, "smap");
        Assert.Equal(proxy.Id, ClusterView.PrimaryId(map));
        await ClusterView.UntilVotersWholeAsync(Http, lost.Url);
    }

    [Fact]
    public async Task AJoinThatArrivesAtAnyNodeIsTakenOrToldWhenToComeAgain()
    {
        await _cluster.AddThroughAsync(NodeRole.Target, _cluster.Targets[0].Url);
        await _cluster.AddThroughAsync(NodeRole.Proxy, _cluster.Targets[0].Url);
        // While there is no majority nobody is let in, and the newcomer is told to ask again.
        await ClusterView.UntilVotersWholeAsync(Http, _cluster.Url);
        var survivor = _cluster.Proxies[2];
        await Task.WhenAll(_cluster.Proxies.Take(2).Select(node => node.StopAsync(handsOver: false)));
        await Poll.UntilAsync(async () =>
        {
            var control = await GetAsync(survivor.Url, "/v1/cluster?what=control");
            return control.GetProperty("primary").GetString() is "" ? null : "the primary is still believed in";
        });
        var body = JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(
            $$"""{"si":{{(await Http.WhatAsync(survivor.Url, "snode")).GetRawText()}},"protocol":1}"""));
        var told = await Http.SendAsync(HttpMethod.Post, survivor.Url + "/v1/cluster/autoreg", body);
        Assert.Equal(503, told.Code);
        Assert.Equal("1", told.Header("Retry-After"));
        var newcomer = _cluster.AddThroughAsync(NodeRole.Target, _cluster.Targets[0].Url);
        await _cluster.Proxies[0].StartAsync();
        await _cluster.Proxies[1].StartAsync();
        await newcomer;
    }

    private Task<TestReply> BringInAsync(string proxy, string node) => Http.SendAsync(
        HttpMethod.Post,
        proxy + "/v1/cluster/join-by-admin",
        System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"daemon_type":"target","intra_control_net":{"node_ip_addr":"127.0.0.1","direct_url":"{{{node}}}"}}"""));

    private async Task<JsonElement> GetAsync(string url, string path) =>
        (await Http.SendAsync(HttpMethod.Get, url + path)).Succeeded().Json;

    private async Task<List<JsonElement>> HistoryAsync(string url, string query = "") =>
        [.. (await GetAsync(url, "/v1/cluster?what=history" + query)).GetProperty("entries").EnumerateArray()];

    private static string What(JsonElement entry) => entry.GetProperty("what").GetString()!;
}
