using System.Text.Json;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Peers;

namespace Skein.Gateway.Remote;

/// <summary>Asks remote clusters who they are.</summary>
/// <param name="invoker">Sends; from <see cref="CreateHandler"/> or <see cref="PeerHttp.CreateHandler"/>.</param>
/// <param name="time">Clock for the limit of time.</param>
public sealed class RemoteClusterProbe(HttpMessageInvoker invoker, TimeProvider time)
{
    /// <summary>A handler for calls to remote clusters: as that between nodes, with limits of its own.</summary>
    public static SocketsHttpHandler CreateHandler()
    {
        var handler = PeerHttp.CreateHandler();
        handler.ConnectTimeout = RemoteLimits.Connect;
        handler.MaxConnectionsPerServer = RemoteLimits.MaxConnections;
        return handler;
    }

    /// <summary>The cluster map that a node tells.</summary>
    /// <param name="url">Base URL of the node.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Unreachable"/> and the reason.</exception>
    public async Task<WireClusterMap> AskAsync(string url, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(RemoteLimits.Probe, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, PeerHttp.ExactUri(url, $"/v1/daemon?{QueryNames.What}=smap"));
            using var answer = await invoker.SendAsync(request, both.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw Failed(url, $"status {(int)answer.StatusCode}");
            }
            await answer.Content.LoadIntoBufferAsync(RemoteLimits.MaxAnswer, both.Token).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            var map = JsonSerializer.Deserialize(body, WireJsonContext.Default.WireClusterMap);
            return map is { Uuid.Length: > 0 } ? map : throw Failed(url, "it is in no cluster");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed(url, $"no answer within {GoDuration.Format(RemoteLimits.Probe)}");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException or UriFormatException)
        {
            throw Failed(url, error.Message);
        }
    }

    /// <summary>How all attached clusters are: each is asked at its configured URLs, all at the same time.</summary>
    /// <param name="config">Where they are attached.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<RemoteClustersReply> AskAllAsync(ClusterConfig config, CancellationToken cancellation)
    {
        var answers = await Task
            .WhenAll(RemoteClusters.Of(config).All.Select(cluster => DescribeAsync(cluster, cancellation)))
            .ConfigureAwait(false);
        return new RemoteClustersReply { Clusters = answers, Version = config.Version };
    }

    private async Task<RemoteClusterReply> DescribeAsync(RemoteCluster cluster, CancellationToken cancellation)
    {
        foreach (var url in cluster.Urls)
        {
            try
            {
                var map = await AskAsync(url, cancellation).ConfigureAwait(false);
                if (map.Uuid == cluster.Uuid)
                {
                    return new RemoteClusterReply { Url = url, Alias = cluster.Alias, Uuid = cluster.Uuid, Map = map };
                }
            }
            catch (StoreException)
            {
                // The next URL, or shown without a map: that is how clients see that it does not answer.
            }
        }
        return new RemoteClusterReply
        {
            Url = cluster.Urls.Length == 1 ? cluster.Urls[0] : $"[{string.Join(' ', cluster.Urls)}]",
            Alias = cluster.Alias,
            Uuid = cluster.Uuid.Length == 0 ? RemoteClusterReply.Defunct : cluster.Uuid,
        };
    }

    private static StoreException Failed(string url, string reason) =>
        new(StoreErrorCode.Unreachable, $"no cluster answers at {url}: {reason}");
}
