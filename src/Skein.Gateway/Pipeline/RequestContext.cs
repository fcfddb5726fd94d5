using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Pipeline;

/// <summary>One request on its way through the gateway: the parsed parts and the ways to answer.</summary>
internal sealed class RequestContext
{
    private const string JsonContentType = "application/json; charset=utf-8";
    private const string TextContentType = "text/plain; charset=utf-8";

    public RequestContext(HttpContext http, RequestPath path, GatewayServices services)
    {
        Http = http;
        Path = path;
        Services = services;
        Query = RequestQuery.Parse(path.RawQuery);
        Method = http.Request.Method;
        Call = ReadCall();
    }

    public HttpContext Http { get; }

    public RequestPath Path { get; }

    public RequestQuery Query { get; }

    public GatewayServices Services { get; }

    public string Method { get; }

    /// <summary>Provider that an easy URL names; null to take the query's.</summary>
    public string? Provider { get; set; }

    /// <summary>Who asks, with the one control document of the request. Replaced only by a catch-up.</summary>
    public CallContext Call { get; private set; }

    public CancellationToken Aborted => Http.RequestAborted;

    public HttpResponse Response => Http.Response;

    /// <summary>Waits, within bounds, until this node knows at least what the caller knew.</summary>
    public async Task CatchUpWithCallerAsync()
    {
        if (Call.CallerStamp > Call.Metadata.Stamp)
        {
            await CatchUpAsync(Call.CallerStamp).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for newer metadata, within bounds, and takes what there is afterwards.</summary>
    public async Task CatchUpAsync(DocumentStamp atLeast)
    {
        await Services.Control
            .CatchUpWithinAsync(atLeast, GatewayLimits.CatchUp, Services.Time, Aborted)
            .ConfigureAwait(false);
        Call = Call with { Metadata = Services.Metadata.Current };
    }

    /// <summary>Takes the newest document that this node has.</summary>
    public void Refresh() => Call = Call with { Metadata = Services.Metadata.Current };

    /// <summary>Reads the whole body, which must be small.</summary>
    /// <exception cref="StoreException">When it is larger than <see cref="GatewayLimits.MaxJsonBody"/>.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        if (Http.Request.ContentLength > GatewayLimits.MaxJsonBody)
        {
            throw TooLarge();
        }
        var reader = Http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(Aborted).ConfigureAwait(false);
            if (result.Buffer.Length > GatewayLimits.MaxJsonBody)
            {
                throw TooLarge();
            }
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads an action message; null when the body is empty.</summary>
    /// <exception cref="StoreException">When the body is not an action message.</exception>
    public ActionMessage? ParseAction(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return null;
        }
        return ParseJson(body, WireJsonContext.Default.ActionMessage, "*apc.ActMsg");
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="StoreException">When it does not fit; the message names the type and the reason.</exception>
    public T? ParseJson<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, string shownType)
        where T : class =>
        WireJson.Read(body.Span, type, shownType, Method);

    /// <summary>The error for a missing body.</summary>
    public StoreException MissingBody() => WireJson.Missing("*apc.ActMsg", Method);

    /// <summary>Answers without a body.</summary>
    public Task EmptyAsync(int status = StatusCodes.Status200OK)
    {
        Response.StatusCode = status;
        if (!HttpMethods.IsHead(Method) && status != StatusCodes.Status204NoContent)
        {
            Response.ContentLength = 0;
        }
        return Task.CompletedTask;
    }

    /// <summary>Answers with plain text, without a newline.</summary>
    public Task TextAsync(string text, int status = StatusCodes.Status200OK) =>
        BytesAsync(Encoding.UTF8.GetBytes(text), TextContentType, status);

    /// <summary>Answers with JSON and a newline; indented for browsers.</summary>
    public Task JsonAsync<T>(T value, JsonTypeInfo<T> type) => JsonAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Answers with JSON and a newline; indented for browsers.</summary>
    public Task JsonAsync(ReadOnlyMemory<byte> json)
    {
        var browser = Http.Request.Headers.UserAgent.ToString().StartsWith("Mozilla/5.0", StringComparison.Ordinal);
        var shown = browser ? JsonIndent.Indent(json) : json;
        var body = new byte[shown.Length + 1];
        shown.CopyTo(body);
        body[^1] = (byte)'\n';
        return BytesAsync(body, JsonContentType, StatusCodes.Status200OK);
    }

    /// <summary>Answers with a body.</summary>
    public async Task BytesAsync(ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        Response.StatusCode = status;
        Response.ContentType = contentType;
        Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(Method))
        {
            await Response.BodyWriter.WriteAsync(body, Aborted).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the caller which document the answer was made under, so that it can catch up.</summary>
    public void StampResponse() =>
        Response.Headers[HeaderNames.Stamp] = StampHeader.Format(Services.Metadata.Current);

    /// <summary>Says that the body was not read: closes the connection when it is too large to be thrown away.</summary>
    public void LeaveBodyUnread()
    {
        var request = Http.Request;
        var expects = request.Headers.Expect.Count != 0;
        var chunked = request.Headers.TransferEncoding.Count != 0;
        if (expects || chunked || request.ContentLength >= GatewayLimits.MaxDrainedBody)
        {
            Response.Headers.Connection = "close";
        }
    }

    private static StoreException TooLarge() =>
        new(StoreErrorCode.InvalidRequest, $"the body is larger than {GatewayLimits.MaxJsonBody} bytes");

    private CallContext ReadCall()
    {
        var network = Http.Features.Get<INetworkFeature>()?.Kind ?? NetworkKind.All;
        var headers = Http.Request.Headers;
        var intra = (network & (NetworkKind.Control | NetworkKind.Data)) != 0;
        var stamp = StampHeader.ReadStamp(headers[HeaderNames.Stamp].ToString());
        if (stamp == DocumentStamp.None && DocumentStamp.TryParse(Query.Find(QueryNames.Stamp), out var redirected))
        {
            stamp = redirected;
        }
        return new CallContext
        {
            Metadata = Services.Metadata.Current,
            Network = network,
            CallerId = intra ? headers[HeaderNames.CallerId].ToString() : "",
            CallerName = headers[HeaderNames.CallerName].ToString(),
            CallerStamp = stamp,
            IsRedirected = Query.Get(QueryNames.RedirectTime).Length != 0,
            Who = ErrorResponse.RemoteAddress(Http),
        };
    }
}
