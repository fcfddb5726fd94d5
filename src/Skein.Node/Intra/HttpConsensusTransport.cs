using System.Collections.Concurrent;
using System.Net;
using Skein.Cluster.Consensus;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Node.Intra;

/// <summary>Consensus messages over HTTP on the control network.</summary>
/// <param name="client">Client of the control plane.</param>
/// <param name="self">This node.</param>
/// <param name="timeout">After this a message counts as lost.</param>
/// <param name="time">Clock.</param>
internal sealed class HttpConsensusTransport(HttpClient client, NodeInfo self, TimeSpan timeout, TimeProvider time)
    : IConsensusTransport
{
    /// <summary>Messages to one node that may be on their way; further ones are dropped, as the network may do.</summary>
    public const int MaxInFlight = 4;

    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
    {
        if (_inFlight.AddOrUpdate(to.Id, 1, static (_, count) => count + 1) > MaxInFlight)
        {
            _inFlight.AddOrUpdate(to.Id, 0, static (_, count) => count - 1);
            return;
        }
        _ = Task.Run(() => SendAsync(to, message, onReply));
    }

    private async Task SendAsync(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
    {
        try
        {
            using var limit = new CancellationTokenSource(timeout, time);
            using var request = new HttpRequestMessage(HttpMethod.Post, to.ControlNet.Url + IntraPaths.Vote)
            {
                Content = new ByteArrayContent(ConsensusTransfer.Write(message)),
            };
            request.Headers.TryAddWithoutValidation(HeaderNames.CallerId, self.Id);
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                .ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                var source = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                onReply(await ConsensusTransfer.ReadAsync(source, limit.Token).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException
            or InvalidDataException or UriFormatException)
        {
            // Lost, as any message may be.
        }
        finally
        {
            _inFlight.AddOrUpdate(to.Id, 0, static (_, count) => count - 1);
        }
    }
}
