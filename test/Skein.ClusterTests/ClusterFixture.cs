using System.Globalization;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests;

/// <summary>One cluster for the tests of a class: 3 proxies, 3 targets, 2 mountpaths each.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private int _buckets;

    public InProcessCluster Cluster { get; private set; } = null!;

    public TestHttp Http => Cluster.Http;

    /// <summary>Base URL of the first proxy.</summary>
    public string Proxy => Cluster.Url;

    /// <summary>Base URLs of all proxies, as test data.</summary>
    public IReadOnlyList<string> Proxies => [.. Cluster.Proxies.Select(node => node.Url)];

    public async ValueTask InitializeAsync() => Cluster = await InProcessCluster.StartAsync(3, 3, 2);

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>Creates a bucket with a name of its own.</summary>
    public async Task<string> NewBucketAsync(string props = "null")
    {
        var number = Interlocked.Increment(ref _buckets);
        var name = string.Create(CultureInfo.InvariantCulture, $"bucket-{number}");
        (await Http.CreateAsync(Proxy, name, props)).Succeeded();
        return name;
    }
}
