using Skein.Client.Transport;
using Skein.Core.Wire;

namespace Skein.Client.Cluster;

/// <summary>Other clusters whose buckets this one shows, by alias.</summary>
public sealed class RemoteClusterClient
{
    private readonly RequestSender _sender;

    internal RemoteClusterClient(RequestSender sender) => _sender = sender;

    /// <summary>The attached clusters, with their maps where they answer.</summary>
    /// <exception cref="SkeinException">When the cluster refuses.</exception>
    public async Task<RemoteClustersReply> ListAsync(CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Get, "/v1/cluster") { Query = "what=remote" };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.RemoteClustersReply, cancellation);
    }

    /// <summary>Attaches a cluster, or gives an attached one another URL.</summary>
    /// <param name="alias">Its name here, as in <c>ais://@alias/bucket</c>.</param>
    /// <param name="url">Base URL of one of its proxies.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When no cluster answers there, or the alias stands for another one.</exception>
    public Task AttachAsync(string alias, string url, CancellationToken cancellation = default) =>
        ChangeAsync("attach", alias, url, cancellation);

    /// <summary>Detaches a cluster.</summary>
    /// <param name="alias">Its alias or id.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When there is none, or its buckets are in use.</exception>
    public Task DetachAsync(string alias, CancellationToken cancellation = default) =>
        ChangeAsync("detach", alias, "", cancellation);

    private async Task ChangeAsync(string action, string alias, string url, CancellationToken cancellation)
    {
        var headers = new List<KeyValuePair<string, string>> { new(HeaderNames.RemoteAlias, alias) };
        if (url.Length != 0)
        {
            headers.Add(new(HeaderNames.RemoteUrl, url));
        }
        var spec = new RequestSpec(HttpMethod.Put, "/v1/cluster/" + action) { Query = "what=remote", Headers = headers };
        using var reply = await _sender.SendAsync(spec, cancellation);
    }
}
