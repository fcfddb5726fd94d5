using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;
using Skein.Cluster.Membership;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Node.Intra;

/// <summary>The sender's half of the intra-cluster protocol; the receiver's is <see cref="IntraEndpoints"/>.</summary>
/// <param name="client">Client with connections of its own, apart from the data path.</param>
/// <param name="self">This node.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class HttpPeerTransport(HttpClient client, NodeInfo self, TimeProvider time) : IPeerTransport
{
    private const int MaxReply = 1 << 20;

    /// <summary>A client for control traffic.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        MaxConnectionsPerServer = 8,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public async Task<JoinReply> JoinAsync(
        string url, JoinRequest request, TimeSpan timeout, CancellationToken cancellation)
    {
        var body = new IntraJoinRequest
        {
            Node = request.Node,
            ClusterUuid = request.ClusterUuid,
            Stamp = request.Stamp.ToString(),
            Protocol = request.Protocol,
            ByAdministrator = request.ByAdministrator,
            IsNewborn = request.IsNewborn,
        };
        var outcome = await CallAsync(
            () => Message(HttpMethod.Post, url, IntraPaths.Join, Json(body, IntraJsonContext.Default.IntraJoinRequest)),
            timeout,
            ReadJoinReplyAsync,
            cancellation).ConfigureAwait(false);
        return outcome.Value ?? new JoinReply.Unreachable(outcome.Problem);
    }

    /// <inheritdoc/>
    public async Task<PushReply> PushAsync(
        string url, SealedDocument document, TimeSpan timeout, CancellationToken cancellation)
    {
        var packed = DocumentTransfer.Pack(document);
        var outcome = await CallAsync(
            () =>
            {
                var content = new ByteArrayContent(packed);
                content.Headers.ContentType = new MediaTypeHeaderValue(IntraPaths.DocumentType);
                var message = Message(HttpMethod.Put, url, IntraPaths.Metasync, content);
                message.Headers.TryAddWithoutValidation(HeaderNames.Stamp, DocumentTag.Of(document).ToString());
                return message;
            },
            timeout,
            async (response, token) =>
            {
                if (!response.IsSuccessStatusCode || Tag(response) is not { } tag)
                {
                    return new PushReply(false, DocumentTag.None, $"status {(int)response.StatusCode}");
                }
                var reply = await JsonAsync(response, IntraJsonContext.Default.IntraPushReply, token).ConfigureAwait(false);
                return new PushReply(true, tag, reply?.Reason ?? "");
            },
            cancellation).ConfigureAwait(false);
        return outcome.Value ?? new PushReply(false, DocumentTag.None, outcome.Problem);
    }

    /// <inheritdoc/>
    public async Task<SealedDocument?> PullAsync(string url, TimeSpan timeout, CancellationToken cancellation)
    {
        var outcome = await CallAsync(
            () => Message(HttpMethod.Get, url, IntraPaths.Metasync, null),
            timeout,
            async (response, token) =>
                response.StatusCode == HttpStatusCode.OK
                    ? await DocumentAsync(response, token).ConfigureAwait(false)
                    : null,
            cancellation).ConfigureAwait(false);
        return outcome.Value;
    }

    /// <inheritdoc/>
    public async Task<KeepAliveReply> KeepAliveAsync(
        string url, KeepAliveRequest request, TimeSpan timeout, CancellationToken cancellation)
    {
        var body = new IntraKeepAlive
        {
            Incarnation = request.Incarnation,
            Floor = request.Floor,
            Rebalance = request.Rebalance,
            HasNoMountpath = request.HasNoMountpath,
        };
        var outcome = await CallAsync(
            () =>
            {
                var message = Message(
                    HttpMethod.Post, url, $"{IntraPaths.KeepAlive}/{request.NodeId}",
                    Json(body, IntraJsonContext.Default.IntraKeepAlive));
                message.Headers.TryAddWithoutValidation(HeaderNames.Stamp, request.Tag.ToString());
                return message;
            },
            timeout,
            async (response, token) =>
            {
                if (!response.IsSuccessStatusCode || Tag(response) is not { } held)
                {
                    return KeepAliveReply.Lost($"status {(int)response.StatusCode}");
                }
                var reply = await JsonAsync(response, IntraJsonContext.Default.IntraKeepAliveReply, token)
                    .ConfigureAwait(false);
                return new KeepAliveReply(
                    true, reply?.IsPrimary == true, reply?.Known == true, held,
                    new LeaseGrant(reply?.Lease ?? 0, reply?.Floor ?? 0), "");
            },
            cancellation).ConfigureAwait(false);
        return outcome.Value ?? KeepAliveReply.Lost(outcome.Problem);
    }

    /// <inheritdoc/>
    public async Task<ProbeReport> ProbeAsync(
        string url, string nodeId, TimeSpan timeout, CancellationToken cancellation)
    {
        var outcome = await CallAsync(
            () => Message(HttpMethod.Get, url, $"{IntraPaths.Probe}/{nodeId}", null),
            timeout,
            async (response, token) => response.IsSuccessStatusCode
                ? await JsonAsync(response, IntraJsonContext.Default.IntraProbeReply, token).ConfigureAwait(false)
                : null,
            cancellation).ConfigureAwait(false);
        return new ProbeReport(nodeId, outcome.Value?.Control == true, outcome.Value?.Data == true);
    }

    /// <inheritdoc/>
    public async Task<NodeInfo?> IdentifyAsync(string url, TimeSpan timeout, CancellationToken cancellation)
    {
        var outcome = await CallAsync(
            () => Message(HttpMethod.Get, url, IntraPaths.Identity, null),
            timeout,
            async (response, token) => response.IsSuccessStatusCode
                ? await JsonAsync(response, IntraJsonContext.Default.NodeInfo, token).ConfigureAwait(false)
                : null,
            cancellation).ConfigureAwait(false);
        return outcome.Value;
    }

    private static async Task<JoinReply?> ReadJoinReplyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.OK
            && response.Content.Headers.ContentType?.MediaType == IntraPaths.DocumentType)
        {
            return new JoinReply.Admitted(await DocumentAsync(response, cancellation).ConfigureAwait(false));
        }
        var reply = await JsonAsync(response, IntraJsonContext.Default.IntraJoinReply, cancellation).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.MisdirectedRequest => new JoinReply.NotPrimary(reply?.PrimaryUrls ?? []),
            HttpStatusCode.Conflict => new JoinReply.Refused(reply?.Reason ?? ""),
            HttpStatusCode.ServiceUnavailable => new JoinReply.NotReady(reply?.Reason ?? ""),
            _ => new JoinReply.Unreachable($"status {(int)response.StatusCode}"),
        };
    }

    private static Task<SealedDocument> DocumentAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        DocumentTransfer.UnpackAsync(response.Content.ReadAsStream(cancellation), cancellation);

    private static async Task<T?> JsonAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        if (response.Content.Headers.ContentLength is not (> 0 and <= MaxReply))
        {
            return null;
        }
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DocumentTag? Tag(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HeaderNames.Stamp, out var values)
        && DocumentTag.TryParse(values.FirstOrDefault(), out var tag)
            ? tag
            : null;

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private HttpRequestMessage Message(HttpMethod method, string url, string path, HttpContent? content)
    {
        var message = new HttpRequestMessage(method, url + path) { Content = content };
        message.Headers.TryAddWithoutValidation(HeaderNames.CallerId, self.Id);
        message.Headers.TryAddWithoutValidation(HeaderNames.CallerName, self.DisplayName);
        return message;
    }

    /// <summary>One call with a time limit over connection, request and reply; every failure becomes text.</summary>
    private async Task<(T? Value, string Problem)> CallAsync<T>(
        Func<HttpRequestMessage> make,
        TimeSpan timeout,
        Func<HttpResponseMessage, CancellationToken, Task<T?>> read,
        CancellationToken cancellation)
        where T : class
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var message = make();
            using var response = await client
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token)
                .ConfigureAwait(false);
            return (await read(response, both.Token).ConfigureAwait(false), "");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"no answer within {timeout.TotalMilliseconds:0} ms");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or UriFormatException)
        {
            return (null, e.Message);
        }
    }
}
