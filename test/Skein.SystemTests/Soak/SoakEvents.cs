using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Soak;

/// <summary>
/// What happens to the nodes of a cluster in the course of its life. Each event ends with its node back in service, or out of
/// the cluster for good. It waits for what it has asked for, with a limit, and an answer that makes no sense is a problem.
/// </summary>
internal sealed class SoakEvents(ProcessCluster cluster, TestHttp http, SoakTiming timing, Action<string> say)
{
    private readonly HashSet<ProcessNode> _gone = [];
    private readonly Lock _gate = new();
    private int _turn;

    /// <summary>Nodes that belong to the cluster.</summary>
    public IReadOnlyList<ProcessNode> Members
    {
        get
        {
            lock (_gate)
            {
                return [.. cluster.Nodes.Where(node => !_gone.Contains(node))];
            }
        }
    }

    /// <summary>Kills a node as a crash does and starts it again after a while.</summary>
    public async Task KillAsync(ProcessNode node, TimeSpan away)
    {
        say($"{node.Id}: killed, back in {away.TotalSeconds:0.0} s");
        await node.KillAsync();
        await PauseAsync(away);
        await node.StartAsync(http);
        await UntilOnlineAsync(node);
    }

    /// <summary>Stops a node in order and starts it again.</summary>
    public async Task RestartAsync(ProcessNode node)
    {
        say($"{node.Id}: restarted");
        node.Terminate();
        await node.WaitForExitAsync(timing.Limit);
        await node.StartAsync(http);
        await UntilOnlineAsync(node);
    }

    /// <summary>Kills the proxy that leads.</summary>
    public async Task KillPrimaryAsync(TimeSpan away)
    {
        ProcessNode? primary = null;
        await Poll.UntilAsync(async () =>
        {
            primary = await FindPrimaryAsync();
            return primary is null ? "no primary" : null;
        }, timing.Limit);
        await KillAsync(primary!, away);
    }

    /// <summary>Puts a node into maintenance and brings it back, before or after its data has gone.</summary>
    public async Task MaintainAsync(ProcessNode node, TimeSpan length)
    {
        say($"{node.Id}: into maintenance for {length.TotalSeconds:0.0} s");
        await ActAsync("start-maintenance", node);
        await PauseAsync(length);
        say($"{node.Id}: back from maintenance");
        await ActAsync("stop-maintenance", node);
        await UntilOnlineAsync(node);
    }

    /// <summary>Shuts a node down in the cluster's way: its data leaves first; then it is started and brought back.</summary>
    public async Task ShutDownAsync(ProcessNode node)
    {
        say($"{node.Id}: shut down");
        await ActAsync("shutdown-node", node);
        await node.WaitForExitAsync(timing.Limit);
        say($"{node.Id}: has ended, is started and brought back");
        await node.StartAsync(http);
        await UntilAsync($"{node.Id} answers", async () =>
            (await http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).IsSuccess ? null : "not healthy");
        await ActAsync("stop-maintenance", node);
        await UntilOnlineAsync(node);
    }

    /// <summary>Takes a node out of the cluster for good; its process ends by itself.</summary>
    public async Task DecommissionAsync(ProcessNode node)
    {
        say($"{node.Id}: decommissioned");
        lock (_gate)
        {
            _gone.Add(node);
        }
        await ActAsync("decommission-node", node);
        await node.WaitForExitAsync(timing.Limit);
        await UntilAsync($"{node.Id} is out of the map", async () =>
            ClusterView.Ids(await MapAsync()).Contains(node.Id) ? "still in the map" : null);
        say($"{node.Id}: has left");
    }

    /// <summary>A new target comes.</summary>
    public async Task AddAsync()
    {
        ProcessNode node;
        lock (_gate)
        {
            node = cluster.Add("target", ["-discovery-url", cluster.Url, "-mountpaths", "2"]);
        }
        say($"{node.Id}: new");
        await node.StartAsync(http);
        await UntilOnlineAsync(node);
    }

    /// <summary>Takes a mountpath of a target away while it runs, and gives it back.</summary>
    public async Task DetachAsync(ProcessNode node, TimeSpan length)
    {
        var path = "";
        await UntilAsync($"{node.Id} tells its mountpaths", async () =>
        {
            var lists = await http.WhatAsync(node.Url, "mountpaths");
            path = lists.GetProperty("available").EnumerateArray().Select(item => item.GetString()!).LastOrDefault() ?? "";
            return path.Length != 0 ? null : lists.GetRawText();
        });
        say($"{node.Id}: {Path.GetFileName(path)} detached for {length.TotalSeconds:0.0} s");
        await MountpathAsync(node, HttpMethod.Delete, "detach-mp", path);
        await PauseAsync(length);
        say($"{node.Id}: {Path.GetFileName(path)} attached");
        await MountpathAsync(node, HttpMethod.Put, "attach-mp", path);
    }

    /// <summary>Waits until a node is in the map of the primary, in service, and healthy.</summary>
    public Task UntilOnlineAsync(ProcessNode node) => UntilAsync($"{node.Id} is online", async () =>
    {
        var health = await http.SendAsync(HttpMethod.Get, node.Url + "/v1/health");
        if (!health.IsSuccess)
        {
            return $"not healthy: {health.Code}";
        }
        var map = await MapAsync();
        var known = map.GetProperty(node.IsProxy ? "pmap" : "tmap").TryGetProperty(node.Id, out var found);
        var flags = known ? found.GetProperty("flags").GetUInt64() : 0;
        return known && (flags & ~2UL) == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"in the map: {known}, flags {flags:x}");
    });

    private static Task PauseAsync(TimeSpan length) => Task.Delay(length, TimeProvider.System);

    private Task MountpathAsync(ProcessNode node, HttpMethod method, string action, string path) =>
        UntilAsync($"{action} {path}", async () =>
        {
            var reply = await http.ActAsync(method, $"{node.Url}/v1/daemon/mountpaths", action, $"\"{path}\"");
            return reply.IsSuccess ? null : reply.ToString();
        });

    private Task ActAsync(string action, ProcessNode node)
    {
        var attempt = 0;
        return UntilAsync($"{action} {node.Id}", async () =>
        {
            var proxy = Proxy();
            var reply = await http.ActAsync(HttpMethod.Put, proxy.Url + "/v1/cluster", action, $$"""{"sid":"{{node.Id}}"}""");
            // The answer to an earlier attempt may have been lost with the primary.
            var isDone = ++attempt > 1 && (reply.Text.Contains("already in maintenance", StringComparison.Ordinal)
                || reply.Text.Contains("not in maintenance", StringComparison.Ordinal) || reply.Code == 404);
            return reply.IsSuccess || isDone ? null : reply.ToString();
        });
    }

    private ProcessNode Proxy()
    {
        var running = cluster.Proxies.Where(node => node.ProcessId != 0).ToList();
        return running[(int)((uint)Interlocked.Increment(ref _turn) % (uint)running.Count)];
    }

    private async Task<System.Text.Json.JsonElement> MapAsync()
    {
        var primary = await FindPrimaryAsync() ?? throw new HttpRequestException("no primary");
        return await http.WhatAsync(primary.Url, "smap");
    }

    private async Task<ProcessNode?> FindPrimaryAsync()
    {
        foreach (var proxy in cluster.Proxies.Where(node => node.ProcessId != 0))
        {
            try
            {
                var reply = await http.SendAsync(HttpMethod.Get, proxy.Url + "/v1/cluster?what=control");
                if (reply.IsSuccess && reply.Json.GetProperty("from_primary").GetBoolean())
                {
                    var id = reply.Json.GetProperty("node").GetString();
                    return cluster.Proxies.FirstOrDefault(node => node.Id == id);
                }
            }
            catch (HttpRequestException)
            {
                // Another one knows.
            }
        }
        return null;
    }

    private async Task UntilAsync(string what, Func<Task<string?>> whyNot)
    {
        try
        {
            await Poll.UntilAsync(
                async () =>
                {
                    try
                    {
                        return await whyNot();
                    }
                    catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                    {
                        return e.Message;
                    }
                },
                timing.Limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"waiting until {what}: {e.Message}", e);
        }
    }
}
