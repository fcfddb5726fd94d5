using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Forwarding;

/// <summary>
/// Passes a request on to another node and its answer back. Bodies are streamed both ways, so that memory is bounded by
/// the buffers of the two connections. Headers of one connection only are not passed on, nor are those by which nodes
/// know each other: a client that comes through a proxy stays a client.
/// </summary>
/// <param name="invoker">Sends; from <see cref="PeerHttp.CreateHandler"/> except in tests.</param>
/// <param name="facts">Who this node is.</param>
/// <param name="metadata">Where the limit of time comes from.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed class ReverseForwarder(
    HttpMessageInvoker invoker, INodeFacts facts, IMetadataSource metadata, TimeProvider time, ILogger logger)
    : IRequestForwarder
{
    private static readonly FrozenSet<string> NotPassedOn = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Host", "Expect", "Date", "Server",
        HeaderNames.CallerId, HeaderNames.CallerName, HeaderNames.CallerMapVersion, "Ais-Caller-Is-Primary",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async Task<ForwardOutcome> ForwardAsync(
        HttpContext context,
        NodeInfo node,
        string pathAndQuery,
        ReadOnlyMemory<byte>? body,
        CancellationToken cancellation)
    {
        using var request = CreateRequest(context, node, pathAndQuery, body);
        using var limit = new CancellationTokenSource(metadata.Current.Document.Config.Client.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        HttpResponseMessage answer;
        try
        {
            answer = await invoker.SendAsync(request, both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            ForwardLog.NoAnswer(logger, node.DisplayName, request.RequestUri!.ToString(), e.Message);
            // Cancelled by neither of the two: it took too long to connect.
            var unconnected = e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                || (e is OperationCanceledException && !both.IsCancellationRequested);
            return unconnected ? ForwardOutcome.NotReached : ForwardOutcome.NoAnswer;
        }
        using (answer)
        {
            await CopyAnswerAsync(answer, context, cancellation).ConfigureAwait(false);
        }
        return ForwardOutcome.Answered;
    }

    private HttpRequestMessage CreateRequest(
        HttpContext context, NodeInfo node, string pathAndQuery, ReadOnlyMemory<byte>? body)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), PeerHttp.ExactUri(node.ControlNet.Url, pathAndQuery));
        if (body is { } bytes)
        {
            request.Content = bytes.IsEmpty ? null : new ReadOnlyMemoryContent(bytes);
        }
        else if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true)
        {
            request.Content = new StreamContent(context.Request.Body);
        }
        foreach (var (name, values) in context.Request.Headers)
        {
            if (NotPassedOn.Contains(name) || (body is not null && name == "Content-Length"))
            {
                continue;
            }
            var list = values.ToArray();
            if (!request.Headers.TryAddWithoutValidation(name, list))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, list);
            }
        }
        request.Headers.TryAddWithoutValidation(RelayHeaders.ForwardedBy, facts.Self.Id);
        return request;
    }

    private static async Task CopyAnswerAsync(
        HttpResponseMessage answer, HttpContext context, CancellationToken cancellation)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated)
        {
            Copy(response, name, values.ToArray());
        }
        foreach (var (name, values) in answer.Content.Headers.NonValidated)
        {
            Copy(response, name, values.ToArray());
        }
        if (HttpMethods.IsHead(context.Request.Method)
            || answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
            || answer.Content.Headers.ContentLength == 0)
        {
            return;
        }
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(response.Body, cancellation).ConfigureAwait(false);
        }
    }

    private static void Copy(HttpResponse response, string name, string[] values)
    {
        if (!NotPassedOn.Contains(name))
        {
            response.Headers[name] = new StringValues(values);
        }
    }
}
