using System.Net;
using System.Text.Json;
using Skein.Cluster.Operations;
using Skein.Cluster.Timeline;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Node.Intra;

/// <summary>The sender's half of what operations ask other nodes; the receiver's is <see cref="DocumentEndpoints"/>.</summary>
/// <param name="client">Client of the control plane.</param>
/// <param name="self">This node.</param>
/// <param name="force">Begins a new generation on this node.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class HttpOperationsTransport(
    HttpClient client,
    NodeInfo self,
    Func<SealedDocument, string, CancellationToken, Task<SealedDocument>> force,
    TimeProvider time) : ITimelinePeers, IForcedRecovery
{
    /// <summary>Longest wait for one node.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Largest timeline that is read, in bytes.</summary>
    public const int MaxTimeline = 4 << 20;

    /// <inheritdoc/>
    public Task<TimelineReply?> AskAsync(NodeInfo node, long first, long last, CancellationToken cancellation) => CallAsync(
        node,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"/v1/daemon?what=history&from={first}&to={last}"),
        async (response, token) =>
        {
            await response.Content.LoadIntoBufferAsync(MaxTimeline, token).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.TimelineReply);
        },
        cancellation);

    /// <inheritdoc/>
    public Task<SealedDocument?> FetchAsync(NodeInfo node, DocumentStamp stamp, CancellationToken cancellation) =>
        DocumentAsync(node, $"{IntraPaths.Documents}/{stamp}", cancellation);

    /// <inheritdoc/>
    public Task<SealedDocument?> SurveyAsync(NodeInfo node, CancellationToken cancellation) =>
        DocumentAsync(node, $"{IntraPaths.Documents}/{IntraPaths.Accepted}", cancellation);

    /// <inheritdoc/>
    public Task<SealedDocument> ForceAsync(SealedDocument newest, string who, CancellationToken cancellation) =>
        force(newest, who, cancellation);

    private Task<SealedDocument?> DocumentAsync(NodeInfo node, string path, CancellationToken cancellation) => CallAsync(
        node,
        path,
        async (response, token) => (SealedDocument?)await DocumentTransfer
            .UnpackAsync(await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false), token)
            .ConfigureAwait(false),
        cancellation);

    /// <summary>One bounded question; every failure is no answer.</summary>
    private async Task<T?> CallAsync<T>(
        NodeInfo node,
        string path,
        Func<HttpResponseMessage, CancellationToken, Task<T?>> read,
        CancellationToken cancellation)
        where T : class
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, node.ControlNet.Url + path);
            request.Headers.TryAddWithoutValidation(HeaderNames.CallerId, self.Id);
            request.Headers.TryAddWithoutValidation(HeaderNames.CallerName, self.DisplayName);
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token)
                .ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await read(response, both.Token).ConfigureAwait(false)
                : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or UriFormatException
            or JsonException)
        {
            return null;
        }
    }
}
