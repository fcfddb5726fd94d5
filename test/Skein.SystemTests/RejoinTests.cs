using System.Diagnostics;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>
/// Nodes whose configuration is years out of date come back into their old cluster, however the primary has moved.
/// </summary>
public sealed class RejoinTests : IAsyncLifetime
{
    private ProcessCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ProcessCluster.StartAsync(3, 2);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <param name="bootstrap">The node is still started with <c>-bootstrap</c>, as on its very first day.</param>
    /// <param name="discovery">It also knows the URL of a proxy that does not lead.</param>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task TheOriginalPrimaryComesBackWithoutItsDisk(bool bootstrap, bool discovery)
    {
        var original = _cluster.Proxies[0];
        var uuid = (await _cluster.Http.WhatAsync(original.Url, "smap")).GetProperty("uuid").GetString();
        (await _cluster.Http.CreateAsync(original.Url, "early")).Succeeded();
        await ClusterDocuments.UntilVotersAsync(_cluster.Http, _cluster.Nodes, 3);
        await original.KillAsync();
        var others = _cluster.Proxies.Skip(1).ToList();
        await ControlCalls.CreateAsync(_cluster.Http, others, "late");
        Directory.Delete(original.Folder, recursive: true);

        var primary = await ControlCalls.PrimaryAsync(_cluster, others[0]);
        var bystander = others.First(proxy => proxy != primary);
        var second = discovery ? $",\"discovery_url\":\"{bystander.Url}\"" : "";
        var config = _cluster.WriteFile("old.json", $$$"""{"proxy":{"primary_url":"{{{original.Url}}}"{{{second}}}}}""");
        original.Arguments = [.. bootstrap ? ["-bootstrap"] : Array.Empty<string>(), "-config", config];
        await original.StartAsync(_cluster.Http);
        var took = await UntilBackAsync(original, uuid!, ["early", "late"]);
        Report.Line($"the original primary, wiped, naming itself{(discovery ? " and another" : "")}");
        Report.Line($"{(bootstrap ? "with" : "without")} -bootstrap: back {took.TotalMilliseconds:0} ms after it listened");
        await _cluster.SettleAsync();
    }

    [Fact]
    public async Task ANodeWithThreeDeadUrlsRemembersWhomItKnew()
    {
        var uuid = (await _cluster.Http.WhatAsync(_cluster.Url, "smap")).GetProperty("uuid").GetString();
        await ClusterDocuments.UntilVotersAsync(_cluster.Http, _cluster.Nodes, 3);
        using var first = new DeadPort();
        using var second = new DeadPort();
        using var third = new DeadPort();
        var config = _cluster.WriteFile(
            "dead.json",
            $$$"""{"proxy":{"primary_url":"{{{first.Url}}}","discovery_url":"{{{second.Url}}}","original_url":"{{{third.Url}}}"}}""");
        var target = _cluster.Targets[1];
        await target.KillAsync();
        // The primary that it remembers is dead too when it comes back.
        var remembered = await ControlCalls.PrimaryAsync(_cluster, _cluster.Proxies[1]);
        await remembered.KillAsync();
        var others = _cluster.Proxies.Where(proxy => proxy != remembered).ToList();
        await ControlCalls.CreateAsync(_cluster.Http, others, "late");

        target.Arguments = ["-config", config];
        await target.StartAsync(_cluster.Http);
        var took = await UntilBackAsync(target, uuid!, ["late"]);
        Report.Line($"a target with three dead URLs and a dead primary in its map: back after {took.TotalMilliseconds:0} ms");
        await remembered.StartAsync(_cluster.Http);
        await _cluster.SettleAsync();
    }

    [Fact]
    public async Task ANodeThatKnowsOnlyAProxyThatDoesNotLead()
    {
        var primary = await ControlCalls.PrimaryAsync(_cluster, _cluster.Proxies[0]);
        var uuid = (await _cluster.Http.WhatAsync(primary.Url, "smap")).GetProperty("uuid").GetString();
        (await _cluster.Http.CreateAsync(primary.Url, "early")).Succeeded();
        var bystander = _cluster.Proxies.First(proxy => proxy != primary);
        foreach (var role in new[] { "target", "proxy" })
        {
            var node = _cluster.Add(role, "-discovery-url", bystander.Url);
            await node.StartAsync(_cluster.Http);
            var took = await UntilBackAsync(node, uuid!, ["early"]);
            Report.Line($"a {role} that knows only a proxy that does not lead: in after {took.TotalMilliseconds:0} ms");
        }
        await _cluster.SettleAsync();
    }

    /// <summary>
    /// Time from the first answer of the node until it is ready in the cluster with that id, knows its buckets, and the
    /// primary has it in the map as what it is now.
    /// </summary>
    private async Task<TimeSpan> UntilBackAsync(ProcessNode node, string uuid, string[] buckets)
    {
        var asked = _cluster.Proxies.Where(proxy => proxy != node && proxy.ProcessId != 0).ToList();
        var started = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(async () =>
        {
            var health = await _cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health");
            if (!health.IsSuccess)
            {
                return $"{node.Id} is not ready: {node.Output}";
            }
            var document = (await ClusterDocuments.ReadAsync(_cluster.Http, node.Url)).Document;
            if (document.Uuid != uuid)
            {
                return $"{node.Id} is in cluster {document.Uuid} instead of {uuid}: {node.Output}";
            }
            var known = document.Buckets.Buckets.Keys.Select(bucket => bucket.Name).ToHashSet();
            if (!buckets.All(known.Contains))
            {
                return $"{node.Id} knows the buckets {string.Join(' ', known)}";
            }
            var primary = await ControlCalls.PrimaryAsync(_cluster, asked[0]);
            var identity = await _cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/cluster/identity");
            var incarnation = identity.Succeeded().Json.GetProperty("incarnation").GetString();
            var map = (await ClusterDocuments.ReadAsync(_cluster.Http, primary.Url)).Document.Map;
            return map.Find(node.Id)?.Incarnation == incarnation
                ? null
                : $"{primary.Id} has another {node.Id} in its map";
        });
        return Stopwatch.GetElapsedTime(started);
    }
}
