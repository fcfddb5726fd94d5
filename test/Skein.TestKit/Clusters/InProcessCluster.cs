using System.Globalization;
using Skein.Core.Nodes;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>
/// A cluster in the process of the test: proxies and targets as <c>skeind</c> puts them together, real sockets on
/// loopback, real folders. Nothing is left when it is disposed of.
/// </summary>
public sealed class InProcessCluster : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<InProcessNode> _proxies = [];
    private readonly List<InProcessNode> _targets = [];
    private readonly int _mountpaths;

    private readonly bool _writesLogs;

    private InProcessCluster(int mountpaths, bool writesLogs) => (_mountpaths, _writesLogs) = (mountpaths, writesLogs);

    /// <summary>Proxies; the first has formed the cluster.</summary>
    public IReadOnlyList<InProcessNode> Proxies => _proxies;

    /// <summary>Targets.</summary>
    public IReadOnlyList<InProcessNode> Targets => _targets;

    /// <summary>All nodes.</summary>
    public IEnumerable<InProcessNode> Nodes => _proxies.Concat(_targets);

    /// <summary>Base URL of the first proxy.</summary>
    public string Url => _proxies[0].Url;

    /// <summary>Folder below which files of this machine may be promoted; it is made by whoever writes there.</summary>
    public string PromoteRoot => _folder.Combine("promote");

    /// <summary>HTTP client.</summary>
    public TestHttp Http { get; } = new();

    /// <summary>Starts a cluster and waits until all nodes agree about it.</summary>
    /// <param name="proxies">Number of proxies, at least 1.</param>
    /// <param name="targets">Number of targets.</param>
    /// <param name="mountpaths">Mountpaths of each target.</param>
    /// <param name="writesLogs">True for nodes that write log files, as processes do.</param>
    public static async Task<InProcessCluster> StartAsync(
        int proxies, int targets, int mountpaths = 1, bool writesLogs = false)
    {
        var cluster = new InProcessCluster(mountpaths, writesLogs);
        try
        {
            await cluster.StartAsync(proxies, targets);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a target and waits until all nodes know it.</summary>
    public Task<InProcessNode> AddTargetAsync() => AddAsync(NodeRole.Target);

    /// <summary>Adds a proxy and waits until all nodes know it.</summary>
    public Task<InProcessNode> AddProxyAsync() => AddAsync(NodeRole.Proxy);

    /// <summary>
    /// A proxy that is told to form a cluster unless it finds this one; it is added to the nodes and not started.
    /// </summary>
    public InProcessNode AddFounder() => Create(NodeRole.Proxy, ["-bootstrap", "-discovery-url", Url]);

    /// <summary>Starts a node that stands by: it is in no cluster until somebody brings it in.</summary>
    public async Task<InProcessNode> AddStandbyAsync(NodeRole role)
    {
        var node = Create(role, ["-standby"]);
        await node.StartAsync();
        return node;
    }

    /// <summary>Adds a node that knows nothing but the given URL, and waits until all nodes know it.</summary>
    public async Task<InProcessNode> AddThroughAsync(NodeRole role, string url)
    {
        var node = Create(role, ["-discovery-url", url]);
        await node.StartAsync();
        await node.WhenMemberAsync();
        await SettleAsync();
        return node;
    }

    /// <summary>Stops a node and starts it again with the same folders and port; waits until all nodes agree.</summary>
    /// <returns>Time from the start of the node until all agree.</returns>
    public async Task<TimeSpan> RestartAsync(InProcessNode node)
    {
        await node.StopAsync();
        await node.StartAsync();
        return await SettleAsync();
    }

    /// <summary>Waits until all nodes are healthy and have the same map with all nodes in it.</summary>
    public Task<TimeSpan> SettleAsync() => SettleWithoutAsync();

    /// <summary>Waits until all nodes but the given ones are healthy and have the same map with all of them in it.</summary>
    public Task<TimeSpan> SettleWithoutAsync(params IReadOnlyList<InProcessNode> gone) =>
        ClusterView.UntilSettledAsync(Http, [.. Nodes.Where(node => !gone.Contains(node)).Select(node => node.Address)]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        _folder.Dispose();
    }

    private async Task StartAsync(int proxies, int targets)
    {
        var first = Create(NodeRole.Proxy, ["-bootstrap"]);
        await first.StartAsync();
        await first.WhenMemberAsync();
        string[] discovery = ["-discovery-url", first.Url];
        var others = Enumerable.Repeat(NodeRole.Proxy, proxies - 1)
            .Concat(Enumerable.Repeat(NodeRole.Target, targets))
            .Select(role => Create(role, discovery))
            .ToList();
        foreach (var node in others)
        {
            await node.StartAsync();
        }
        await Task.WhenAll(others.Select(node => node.WhenMemberAsync()));
        await SettleAsync();
    }

    private async Task<InProcessNode> AddAsync(NodeRole role)
    {
        var node = Create(role, ["-discovery-url", Url]);
        await node.StartAsync();
        await node.WhenMemberAsync();
        await SettleAsync();
        return node;
    }

    private InProcessNode Create(NodeRole role, IReadOnlyList<string> arguments)
    {
        var list = role == NodeRole.Proxy ? _proxies : _targets;
        var letter = role == NodeRole.Proxy ? 'p' : 't';
        var id = string.Create(CultureInfo.InvariantCulture, $"{letter}{list.Count + 1}-in-test");
        if (role == NodeRole.Target)
        {
            arguments = [.. arguments, "-mountpaths", _mountpaths.ToString(CultureInfo.InvariantCulture)];
        }
        var node = new InProcessNode(role, id, _folder.Combine(id), arguments)
        {
            PromoteRoot = PromoteRoot,
            WritesLog = _writesLogs,
        };
        list.Add(node);
        return node;
    }
}
