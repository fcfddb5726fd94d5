using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Peers;

/// <summary>Calls other nodes over HTTP with the headers by which nodes know each other.</summary>
/// <param name="invoker">Sends; from <see cref="PeerHttp.CreateHandler"/> except in tests.</param>
/// <param name="facts">Who this node is.</param>
/// <param name="metadata">The document whose stamp goes with every call.</param>
/// <param name="time">Clock for the time limits.</param>
public sealed class PeerClient(
    HttpMessageInvoker invoker, INodeFacts facts, IMetadataSource metadata, TimeProvider time)
{
    /// <summary>Largest answer that <see cref="GetBytesAsync"/> reads, in bytes.</summary>
    public const int MaxAnswer = 64 << 20;

    /// <summary>Called with the stamp of an answer that shows a newer document than this node holds; must not block.</summary>
    public Action<DocumentStamp>? Noticed { get; init; }

    /// <summary>
    /// Sends one request and returns as soon as the headers of the answer are there; the caller disposes the answer.
    /// </summary>
    /// <param name="node">Whom to call.</param>
    /// <param name="network"><see cref="NetworkKind.Control"/> or <see cref="NetworkKind.Data"/>.</param>
    /// <param name="what">What to ask.</param>
    /// <param name="cancellation">Cancels the call until the headers of the answer are there.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Unreachable"/>.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        NodeInfo node, NetworkKind network, PeerRequest what, CancellationToken cancellation)
    {
        var address = network == NetworkKind.Data ? node.DataNet : node.ControlNet;
        using var request = new HttpRequestMessage(what.Method, PeerHttp.ExactUri(address.Url, what.PathAndQuery))
        {
            Content = what.Content,
        };
        if (what.Range is var (offset, length))
        {
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        }
        AddCaller(request, what.IsForClient);
        try
        {
            var response = await invoker.SendAsync(request, cancellation).ConfigureAwait(false);
            if (Noticed is not null && response.Headers.NonValidated.TryGetValues(HeaderNames.Stamp, out var values)
                && StampHeader.ReadStamp(values.ToString()) is var stamp && stamp > metadata.Current.Stamp)
            {
                Noticed(stamp);
            }
            return response;
        }
        catch (HttpRequestException error)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"{node.DisplayName} does not answer at {address.Url}: {error.Message}", error);
        }
    }

    /// <summary>Reads a whole small answer.</summary>
    /// <param name="node">Whom to call.</param>
    /// <param name="pathAndQuery">Encoded, beginning with a slash.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Unreachable"/> when the node does not answer in time, or answers with an error.
    /// </exception>
    public async Task<byte[]> GetBytesAsync(
        NodeInfo node, string pathAndQuery, TimeSpan limit, CancellationToken cancellation)
    {
        using var timed = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancellation);
        try
        {
            using var response = await SendAsync(
                node, NetworkKind.Control, new PeerRequest(HttpMethod.Get, pathAndQuery), both.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new StoreException(
                    StoreErrorCode.Unreachable,
                    string.Create(CultureInfo.InvariantCulture, $"{node.DisplayName} answered {(int)response.StatusCode}"));
            }
            await response.Content.LoadIntoBufferAsync(MaxAnswer, both.Token).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{node.DisplayName} did not answer within {limit.TotalSeconds:0.#} s"),
                error);
        }
        catch (HttpRequestException error)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"{node.DisplayName}: {error.Message}", error);
        }
    }

    private void AddCaller(HttpRequestMessage request, bool isForClient)
    {
        var current = metadata.Current;
        var self = facts.Self;
        if (!isForClient)
        {
            PeerHttp.Set(request.Headers, HeaderNames.CallerId, self.Id);
        }
        PeerHttp.Set(request.Headers, HeaderNames.CallerName, self.DisplayName);
        PeerHttp.Set(
            request.Headers,
            HeaderNames.CallerMapVersion,
            current.Document.Map.Version.ToString(CultureInfo.InvariantCulture));
        PeerHttp.Set(request.Headers, HeaderNames.Stamp, StampHeader.Format(current));
        PeerHttp.Set(request.Headers, "User-Agent", "Skein-Node");
        if (RequestIds.Current is { } id)
        {
            PeerHttp.Set(request.Headers, HeaderNames.RequestId, id);
        }
        if (Activity.Current?.Id is { } trace)
        {
            PeerHttp.Set(request.Headers, RequestActivity.Header, trace);
        }
    }
}
