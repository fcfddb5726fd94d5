using System.Globalization;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>A cluster of <c>skeind</c> processes on loopback. No process and no file is left when it is disposed of.</summary>
public sealed class ProcessCluster : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<ProcessNode> _nodes = [];
    private readonly NamespaceNetwork? _network;
    private readonly ProcessPlace _place;

    private ProcessCluster(NamespaceNetwork? network, ProcessPlace place) => (_network, _place) = (network, place);

    /// <summary>All nodes.</summary>
    public IReadOnlyList<ProcessNode> Nodes => _nodes;

    /// <summary>Proxies; the first has formed the cluster.</summary>
    public IReadOnlyList<ProcessNode> Proxies => [.. _nodes.Where(node => node.IsProxy)];

    /// <summary>Targets.</summary>
    public IReadOnlyList<ProcessNode> Targets => [.. _nodes.Where(node => !node.IsProxy)];

    /// <summary>Base URL of the first proxy.</summary>
    public string Url => _nodes[0].Url;

    /// <summary>HTTP client.</summary>
    public TestHttp Http { get; } = new();

    /// <summary>Starts a cluster and waits until all nodes agree about it.</summary>
    /// <param name="proxies">Number of proxies, at least 1.</param>
    /// <param name="targets">Number of targets.</param>
    /// <param name="mountpaths">Mountpaths of each target.</param>
    /// <param name="network">
    /// Network in which each node has a namespace of its own, in the order of <see cref="Nodes"/>; null for loopback. The
    /// caller disposes of it after the cluster.
    /// </param>
    /// <param name="config">Configuration of the new cluster as JSON, as far as it is not the default; null for none.</param>
    /// <param name="place">Where all nodes run when there is no <paramref name="network"/>; null for loopback.</param>
    public static async Task<ProcessCluster> StartAsync(
        int proxies,
        int targets,
        int mountpaths = 1,
        NamespaceNetwork? network = null,
        string? config = null,
        ProcessPlace? place = null)
    {
        var cluster = new ProcessCluster(network, place ?? ProcessPlace.Loopback);
        try
        {
            string[] configured = config is null ? [] : ["-config", cluster.WriteFile("cluster.json", config)];
            await cluster.Add("proxy", ["-bootstrap", .. configured]).StartAsync(cluster.Http);
            string[] discovery = ["-discovery-url", cluster.Url];
            for (var i = 1; i < proxies; i++)
            {
                cluster.Add("proxy", discovery);
            }
            var count = mountpaths.ToString(CultureInfo.InvariantCulture);
            for (var i = 0; i < targets; i++)
            {
                cluster.Add("target", [.. discovery, "-mountpaths", count]);
            }
            await Task.WhenAll(cluster._nodes.Skip(1).Select(node => node.StartAsync(cluster.Http)));
            await cluster.SettleAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Describes a further node with a folder of its own; the caller starts it.</summary>
    /// <param name="role"><c>proxy</c> or <c>target</c>.</param>
    /// <param name="arguments">Further arguments.</param>
    public ProcessNode Add(string role, params IReadOnlyList<string> arguments)
    {
        var number = _nodes.Count(node => node.IsProxy == (role == "proxy")) + 1;
        var id = string.Create(CultureInfo.InvariantCulture, $"{role[0]}{number}-process");
        var node = new ProcessNode(role, id, _folder.Combine(id), arguments)
        {
            Place = _network?.Place(_nodes.Count) ?? _place,
        };
        _nodes.Add(node);
        return node;
    }

    /// <summary>Describes a node that does not become part of what <see cref="SettleAsync"/> waits for.</summary>
    public ProcessNode Outsider(string role, string id, params IReadOnlyList<string> arguments) =>
        new(role, id, _folder.Combine("outsider-" + Path.GetRandomFileName()), arguments);

    /// <summary>Writes a file into the cluster's folder and returns its path.</summary>
    public string WriteFile(string name, string text) => _folder.WriteFile(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Waits until all nodes are healthy and have the same map with all nodes in it.</summary>
    public Task<TimeSpan> SettleAsync() =>
        ClusterView.UntilSettledAsync(Http, [.. _nodes.Select(node => node.Address)]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
        Http.Dispose();
        _folder.Dispose();
    }
}
