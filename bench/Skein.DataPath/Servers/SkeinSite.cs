using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.DataPath.Servers;

/// <summary>One proxy and one target of Skein, real processes on the servers' core.</summary>
internal sealed class SkeinSite : IAsyncDisposable
{
    private readonly ProcessCluster _cluster;

    private SkeinSite(ProcessCluster cluster) => _cluster = cluster;

    public ProcessNode Proxy => _cluster.Proxies[0];

    public ProcessNode Target => _cluster.Targets[0];

    public ProcessCluster Cluster => _cluster;

    public TestHttp Http => _cluster.Http;

    /// <summary>Starts both.</summary>
    /// <param name="config">Configuration of the cluster as JSON, as far as it is not the default; null for none.</param>
    /// <param name="place">Where they run; null for any core.</param>
    public static async Task<SkeinSite> StartAsync(string? config = null, ProcessPlace? place = null) =>
        new(await ProcessCluster.StartAsync(1, 1, config: config, place: place));

    /// <summary>Creates a bucket.</summary>
    /// <param name="name">Name.</param>
    /// <param name="ack">When a write is acknowledged: <c>disk</c> or <c>page-cache</c>.</param>
    public async Task CreateBucketAsync(string name, string ack) =>
        (await Http.CreateAsync(Proxy.Url, name, $$$"""{"durability":{"ack":"{{{ack}}}"}}""")).Succeeded();

    /// <summary>Removes a bucket with its objects.</summary>
    public async Task DestroyBucketAsync(string name) => (await Http.DestroyAsync(Proxy.Url, name)).Succeeded();

    /// <summary>Stores objects of one size.</summary>
    /// <returns>Their paths at the target with the marks of the proxy's redirect, as a client gets them.</returns>
    public async Task<IReadOnlyList<string>> StoreAsync(string bucket, string prefix, int count, int size)
    {
        var paths = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var name = FormattableString.Invariant($"{bucket}/{prefix}{i}");
            (await Http.PutAsync(Proxy.Url, name, Payloads.Bytes(size, i))).Succeeded();
            var redirect = await Http.SendAsync(HttpMethod.Get, $"{Proxy.Url}/v1/objects/{name}");
            paths.Add(new Uri(redirect.Header("Location")!).PathAndQuery);
        }
        return paths;
    }

    /// <summary>The marks that the proxy puts behind the URL of a redirected PUT, with the question mark.</summary>
    public async Task<string> MarksAsync(string bucket)
    {
        var redirect = await Http.SendAsync(HttpMethod.Put, $"{Proxy.Url}/v1/objects/{bucket}/marks", []);
        return new Uri(redirect.Header("Location")!).Query;
    }

    /// <summary>The folder in which the target keeps the objects of a bucket.</summary>
    public string ObjectFolder(string bucket) =>
        Directory.EnumerateDirectories(Target.Folder, "@ais", SearchOption.AllDirectories)
            .Select(folder => Path.Combine(folder, bucket, "%ob"))
            .Single(Directory.Exists);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
