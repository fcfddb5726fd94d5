using System.Text.Json;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Target.Jobs;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

public sealed class JobTests
{
    private const string Query = "/v1/cluster?what=";

    [Fact]
    public async Task AStartMakesOneIdAndBeginsOnEveryTarget()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2, targets: 2);
        // Any proxy, the display name, and AIStore's spelling of the keys.
        var id = await ChangeAsync(cluster, cluster.Proxies[1], "start", """{"ID":"","Kind":"cleanup","Bck":null}""");
        Assert.Equal(9, id.Length);
        var (_, text) = await AskAsync(cluster, cluster.Proxy, "qryxstats", $$"""{"ID":"{{id}}"}""");
        using var json = JsonDocument.Parse(text);
        Assert.Equal(["t0AISwire", "t1AISwire"], json.RootElement.EnumerateObject().Select(target => target.Name));
        var snap = json.RootElement.GetProperty("t1AISwire")[0];
        Assert.Equal(
            [
                "ext", "start-time", "end-time", "bck", "src-bck", "dst-bck", "id", "kind", "abort-err", "err", "glob.id",
                "stats", "aborted", "is_idle",
            ],
            snap.EnumerateObject().Select(member => member.Name));
        Assert.Equal("cleanup-store", snap.GetProperty("kind").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", snap.GetProperty("end-time").GetString());
        Assert.Equal("""{"name":"","provider":"","namespace":{"uuid":"","name":""}}""", snap.GetProperty("bck").GetRawText());
        Assert.Equal("0", snap.GetProperty("glob.id").GetString());
        Assert.Equal(
            ["loc-objs", "loc-bytes", "out-objs", "out-bytes", "in-objs", "in-bytes"],
            snap.GetProperty("stats").EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.String, snap.GetProperty("stats").GetProperty("loc-objs").ValueKind);
    }

    [Fact]
    public async Task AJobEndsOnAllTargetsWhenItIsStopped()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        var id = await ChangeAsync(cluster, cluster.Proxy, "start", """{"kind":"resilver"}""");
        var (_, running) = await AskAsync(cluster, cluster.Proxy, "status", $$"""{"id":"{{id}}"}""");
        Assert.Equal(
            $$"""{"kind":"resilver","uuid":"{{id}}","err":"","end_time":0,"aborted":false}""", running);
        Assert.Equal($"[\"resilver[{id}]\"]\n", (await AskAsync(cluster, cluster.Proxy, "running_all", "{}")).Text);
        Assert.Equal("", await ChangeAsync(cluster, cluster.Proxy, "stop", $$"""{"ID":"{{id}}"}"""));
        foreach (var target in cluster.Targets)
        {
            await (target.Jobs!.FindRunning(JobKinds.Resilver, id)?.Completion ?? Task.CompletedTask);
        }
        var (_, text) = await AskAsync(cluster, cluster.Proxy, "status", """{"Kind":"resilver"}""");
        var status = JsonSerializer.Deserialize(text, WireJsonContext.Default.JobStatus)!;
        Assert.True(status is { IsAborted: true, EndTime: > 1_700_000_000_000_000_000 }, text);
        Assert.StartsWith("t[t0AISwire], t[t1AISwire]: stopped by p[p0AISwire]", status.Error, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await AskAsync(cluster, cluster.Proxy, "running_all", """{"show_active":true}""")).Text);
    }

    [Fact]
    public async Task AStatusIsRunningWhileAnyTargetIs()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        var job = new JobDescription(JobKinds.Find("copy-bck")!, "abc");
        cluster.Targets[0].Jobs!.Begin(job, out _).End(new IOException("no space"));
        var other = cluster.Targets[1].Jobs!.Begin(job, out _);
        var (_, text) = await AskAsync(cluster, cluster.Proxy, "status", """{"ID":"abc"}""");
        Assert.Equal(
            """{"kind":"copy-bck","uuid":"abc","err":"t[t0AISwire]: no space","end_time":0,"aborted":false}""", text);
        other.End();
        (_, text) = await AskAsync(cluster, cluster.Proxy, "status_all", """{"kind":"copy-bucket"}""");
        var status = Assert.Single(JsonSerializer.Deserialize(text, WireJsonContext.Default.ListJobStatus)!);
        Assert.NotEqual(0, status.EndTime);
        Assert.Equal("null", (await AskAsync(cluster, cluster.Proxy, "status_all", """{"kind":"lru"}""")).Text);
        Assert.Equal("null", (await AskAsync(cluster, cluster.Proxy, "status_all", """{"kind":"bogus"}""")).Text);
        Assert.Equal("null", (await AskAsync(cluster, cluster.Proxy, "status_all", """{"show_active":true}""")).Text);
        // In AIStore false does not restrict this one.
        Assert.NotEqual("null", (await AskAsync(cluster, cluster.Proxy, "status_all", """{"show_active":false}""")).Text);
    }

    [Theory]
    [InlineData("status", """{"ID": "nosuchid1"}""", 404, "x-[nosuchid1] not found (p0AISwire(*),p1AISwire)")]
    [InlineData("status", """{"kind": "lru"}""", 404, "x-lru not found (p0AISwire(*),p1AISwire)")]
    [InlineData("status", "{}", 400, "invalid x-")]
    [InlineData("status", """{"kind": "bogus"}""", 400, "invalid x-bogus")]
    [InlineData("status", "", 400, "failed to unmarshal [*xact.QueryMsg] (status), err: EOF")]
    [InlineData("running_all", "", 400, "failed to unmarshal [*xact.QueryMsg] (running_all), err: EOF")]
    [InlineData("qryxstats", """{"id": "nosuchid1"}""", 404, "\"x-[nosuchid1]\" not found")]
    [InlineData("qryxstats", """{"bck": {"name": "nosuch"}}""", 404, "\"x-\" not found")]
    [InlineData("qryxstats", """{"DaemonID": "nobody"}""", 404, "node \"nobody\" does not exist")]
    [InlineData("qryxstats", """{"node": "p1AISwire"}""", 400, "p[p1AISwire] is a proxy: jobs run on targets")]
    [InlineData("qryxstats", """{"kind": 7}""", 400, "failed to unmarshal [*xact.QueryMsg] (GET)")]
    [InlineData("getxstats", "{}", 400, "unexpected query [what=getxstats]")]
    public async Task QuestionsWithoutAnAnswerAreErrors(string what, string body, int status, string message)
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        var (code, text) = await AskAsync(cluster, cluster.Proxy, what, body);
        Assert.Equal(status, code);
        var error = JsonSerializer.Deserialize(text, WireJsonContext.Default.WireError)!;
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.True(status != 404 || what == "qryxstats" || error.TypeCode is null, text);
    }

    [Theory]
    [InlineData("""{"Kind": ""}""", 400, "p[p0AISwire]: unknown xaction kind \"\"")]
    [InlineData("null", 400, "p[p0AISwire]: unknown xaction kind \"\"")]
    [InlineData("""{"Kind": "bogus"}""", 400, "p[p0AISwire]: unknown xaction kind \"bogus\"")]
    [InlineData("""{"Kind": "copy-bck"}""", 400, "xaction \"copy-bck\" requires a bucket to start")]
    [InlineData("""{"Kind": "copy-bck", "Bck": {"name": "nosuch"}}""", 404, "cannot start copy-bck: t[t0AISwire]: bucket")]
    [InlineData("""{"Kind": "make-n-copies"}""", 400, "p[p0AISwire]: cannot start \"make-n-copies\"")]
    [InlineData("""{"Kind": "lru"}""", 501, "cannot start lru: t[t0AISwire]: this version cannot do it")]
    [InlineData("""{"Kind": "resilver", "DaemonID": "nobody"}""", 404, "node \"nobody\" does not exist")]
    public async Task WhatCannotBeStartedIsRefused(string value, int status, string message)
    {
        await using var cluster = await TestCluster.StartAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/cluster", $$"""{"action":"start","value":{{value}}}""");
        Assert.Equal(status, (int)answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        var error = JsonSerializer.Deserialize(text, WireJsonContext.Default.WireError)!;
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Targets[0].Jobs!.Snapshots(new JobMessage()));
    }

    [Theory]
    [InlineData("""{"ID": "nosuchid1"}""", 200)]
    [InlineData("""{"Kind": "bogus"}""", 200)]
    [InlineData("""{"Kind": "lru"}""", 200)]
    [InlineData("""{"ID": "g99"}""", 200)]
    [InlineData("{}", 400)]
    public async Task StoppingWhatDoesNotExistStopsNothing(string value, int status)
    {
        await using var cluster = await TestCluster.StartAsync();
        var id = await ChangeAsync(cluster, cluster.Proxy, "start", """{"kind":"resilver"}""");
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/cluster", $$"""{"action":"stop","value":{{value}}}""");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Null(cluster.Targets[0].Jobs!.FindRunning(JobKinds.Resilver, id)!.AbortReason);
        Assert.Empty(cluster.Proxy.Rebalance.Calls);
    }

    [Fact]
    public async Task AJobIsStartedOnTheNodeThatIsNamed()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        await ChangeAsync(cluster, cluster.Proxy, "start", """{"Kind":"resilver","DaemonID":"t1AISwire"}""");
        Assert.Empty(cluster.Targets[0].Jobs!.Snapshots(new JobMessage()));
        Assert.Single(cluster.Targets[1].Jobs!.Snapshots(new JobMessage()));
    }

    [Fact]
    public async Task AnOlderCleanupStandsForTheNewOne()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        var first = await ChangeAsync(cluster, cluster.Proxy, "start", """{"kind":"cleanup"}""");
        Assert.Equal(first, await ChangeAsync(cluster, cluster.Proxy, "start", """{"kind":"cleanup"}"""));
    }

    [Fact]
    public async Task ASilentTargetMakesEveryAnswerAnErrorThatNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        await cluster.Targets[1].StopServerAsync();
        foreach (var what in (string[])["qryxstats", "status_all", "running_all"])
        {
            var (code, text) = await AskAsync(cluster, cluster.Proxy, what, "{}");
            Assert.Equal(503, code);
            Assert.Contains("t[t1AISwire] does not answer", text, StringComparison.Ordinal);
        }
        // A start on some targets only is taken back.
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/cluster", """{"action":"start","value":{"kind":"resilver"}}""");
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.True(Assert.Single(cluster.Targets[0].Jobs!.Snapshots(new JobMessage())).IsAborted);
    }

    [Theory]
    [InlineData(NodeFlags.Maintenance)]
    [InlineData(NodeFlags.Decommission)]
    [InlineData(NodeFlags.Down)]
    public async Task ATargetOutOfServiceNeedNotAnswer(NodeFlags flag)
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        var away = cluster.Targets[1];
        cluster.Documents.Change(document => document with
        {
            Map = document.Map.WithNode(away.Info with { FlagBits = (ulong)flag }),
        });
        away.Jobs!.Begin(new JobDescription(JobKinds.Rebalance, "g1"), out _).End();
        var (_, text) = await AskAsync(cluster, cluster.Proxy, "qryxstats", "{}");
        // While it lives, one that is on its way out is asked: it takes part in the rebalance.
        Assert.Equal(flag != NodeFlags.Down, text.Contains("g1", StringComparison.Ordinal));
        await away.StopServerAsync();
        (_, text) = await AskAsync(cluster, cluster.Proxy, "qryxstats", "{}");
        Assert.Equal("{\"t0AISwire\":[]}\n", text);
    }

    [Fact]
    public async Task ARebalanceIsStartedAndStoppedByThePrimary()
    {
        await using var cluster = await TestCluster.StartAsync(proxies: 2);
        Assert.Equal("g7", await ChangeAsync(cluster, cluster.Proxies[1], "start", """{"Kind":"rebalance"}"""));
        await ChangeAsync(cluster, cluster.Proxies[1], "stop", """{"Kind":"rebalance"}""");
        cluster.Documents.Change(document => document with
        {
            Rebalance = document.Rebalance with { Version = 7, Run = new RebalanceRun(RebalanceState.Running, "", 0) },
        });
        await ChangeAsync(cluster, cluster.Proxies[1], "stop", """{"ID":"g7"}""");
        await ChangeAsync(cluster, cluster.Proxies[1], "stop", """{"ID":"g6"}""");
        Assert.Equal(["start", "stop", "stop"], cluster.Proxy.Rebalance.Calls);
        Assert.Empty(cluster.Proxies[1].Rebalance.Calls);
    }

    [Fact]
    public async Task ARebalanceRunsUntilTheClusterSaysThatItIsOver()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        SetRun(cluster, RebalanceState.Running, "");
        var (_, text) = await AskAsync(cluster, cluster.Proxy, "status", """{"ID":"g7"}""");
        Assert.Equal("""{"kind":"rebalance","uuid":"g7","err":"","end_time":0,"aborted":false}""", text);
        Assert.Equal(200, (await AskAsync(cluster, cluster.Proxy, "qryxstats", """{"ID":"g7"}""")).Code);
        cluster.Targets[0].Jobs!.Begin(new JobDescription(JobKinds.Rebalance, "g7"), out _).End();
        Assert.Equal(
            "[\"rebalance[g7]\"]\n", (await AskAsync(cluster, cluster.Proxy, "running_all", "{}")).Text);
        SetRun(cluster, RebalanceState.Stopped, "asked to");
        await Poll.UntilAsync(async () =>
        {
            (_, text) = await AskAsync(cluster, cluster.Proxy, "status", """{"Kind":"rebalance"}""");
            var status = JsonSerializer.Deserialize(text, WireJsonContext.Default.JobStatus)!;
            // What a target's own job says of it has the name of the target before it.
            return status is { EndTime: > 0, IsAborted: true }
                && status.Error.EndsWith("asked to", StringComparison.Ordinal) ? null : text;
        });
    }

    [Fact]
    public async Task JobsOfATargetAreForNodesOnly()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Targets[0].Jobs!.Begin(new JobDescription(JobKinds.Resilver, "abc"), out _).End();
        using (var client = await cluster.SendAsync(
            HttpMethod.Get, cluster.Targets[0], "/v1/xactions?what=getxstats&uuid=abc", null, ("Ais-Caller-Id", "p0")))
        {
            Assert.Equal(400, (int)client.StatusCode);
        }
        var control = cluster.Targets[0].Info.ControlNet.Url;
        using (var node = await cluster.SendAsync(
            HttpMethod.Get, control, "/v1/xactions?what=getxstats&uuid=abc", null, ("Ais-Caller-Id", "p0")))
        {
            var text = await node.Content.ReadAsStringAsync(StoreFixture.Cancel);
            Assert.Equal("abc", JsonSerializer.Deserialize(text, WireJsonContext.Default.JobSnap)!.Id);
        }
        using var unknown = await cluster.SendAsync(
            HttpMethod.Get, control, "/v1/xactions?what=getxstats&uuid=x", null, ("Ais-Caller-Id", "p0"));
        Assert.Equal(404, (int)unknown.StatusCode);
        using var elsewhere = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/xactions?what=getxstats&uuid=abc");
        Assert.Equal(400, (int)elsewhere.StatusCode);
    }

    private static void SetRun(TestCluster cluster, RebalanceState state, string note) =>
        cluster.Documents.Change(document => document with
        {
            Rebalance = document.Rebalance with { Version = 7, Run = new RebalanceRun(state, note, 0) },
            LastChange = new ChangeRecord("", "", "", 1_700_000_000_000),
        });

    private static async Task<string> ChangeAsync(TestCluster cluster, TestNode proxy, string action, string value)
    {
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, proxy, "/v1/cluster", $$"""{"action":"{{action}}","value":{{value}}}""");
        var text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.True((int)answer.StatusCode == 200, text);
        return text;
    }

    private static async Task<(int Code, string Text)> AskAsync(
        TestCluster cluster, TestNode proxy, string what, string body)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, proxy, Query + what, body.Length == 0 ? null : body);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }
}
