using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Errors;

/// <summary>Turns an error into the answer of the native API. The only place that does.</summary>
/// <param name="nodeName">Display name of this node, as in <c>t[abc]</c>.</param>
public sealed class ErrorResponse(Func<string> nodeName)
{
    /// <summary>When to ask again after 503, in seconds: an election is over by then.</summary>
    public const string RetryAfter = "1";

    /// <summary>Answers with an error; does nothing when the answer has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Decoded path for the body; null to show the request's own.</param>
    /// <param name="error">What went wrong.</param>
    public Task WriteAsync(HttpContext context, string? path, StoreException error)
    {
        var typeCode = error is { Code: StoreErrorCode.ObjectNotFound } && IsBare(context)
            ? null
            : ErrorStatusTable.TypeCode(error.Code);
        if (error.Code == StoreErrorCode.RangeNotSatisfiable && error.ObjectSize is { } size)
        {
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
        }
        if (error.Code == StoreErrorCode.NotReady && !context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = RetryAfter;
        }
        return WriteAsync(context, path, ErrorStatusTable.Status(error.Code), typeCode, error.Message);
    }

    /// <summary>Answers with an error given by its parts; does nothing when the answer has begun.</summary>
    public Task WriteAsync(HttpContext context, string? path, int status, string? typeCode, string message)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }
        var json = Json(context, path, status, typeCode, message);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.XContentTypeOptions = "nosniff";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.Headers[HeaderNames.Error] = AsciiJson(json);
            return Task.CompletedTask;
        }
        var body = Encoding.UTF8.GetBytes(json + "\n");
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    /// <summary>A whole HTTP/1.1 answer with an error, for a connection that is closed after it.</summary>
    public byte[] Compose(HttpContext context, StoreException error)
    {
        var status = ErrorStatusTable.Status(error.Code);
        var json = Json(context, null, status, ErrorStatusTable.TypeCode(error.Code), error.Message) + "\n";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Type: application/json\r\n"
                + $"X-Content-Type-Options: nosniff\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n"
                + $"Connection: close\r\n\r\n{json}"));
    }

    private string Json(HttpContext context, string? path, int status, string? typeCode, string message)
    {
        var error = new WireError
        {
            TypeCode = typeCode,
            Message = message.Length > GatewayLimits.MaxErrorMessage ? message[..GatewayLimits.MaxErrorMessage] : message,
            Method = context.Request.Method,
            UrlPath = path ?? ShownPath(context),
            RemoteAddress = RemoteAddress(context),
            Caller = context.Request.Headers[HeaderNames.CallerName].ToString(),
            Node = nodeName(),
            Status = status,
        };
        return JsonSerializer.Serialize(error, WireJsonContext.Output.WireError);
    }

    /// <summary>Peer address and port, as in <c>127.0.0.1:51128</c> or <c>[::1]:51128</c>.</summary>
    public static string RemoteAddress(HttpContext context)
    {
        var connection = context.Connection;
        return connection.RemoteIpAddress is { } address
            ? new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.RemotePort).ToString()
            : "";
    }

    /// <summary>AIStore's DELETE of a missing object names no type; everything else does.</summary>
    private static bool IsBare(HttpContext context) => HttpMethods.IsDelete(context.Request.Method);

    private static string ShownPath(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        try
        {
            return PercentEncoding.Decode(path);
        }
        catch (StoreException)
        {
            return path;
        }
    }

    /// <summary>JSON that may stand in a header: every character beyond ASCII escaped.</summary>
    private static string AsciiJson(string json)
    {
        if (Ascii.IsValid(json) && json.AsSpan().IndexOf('\x7f') < 0)
        {
            return json;
        }
        var builder = new StringBuilder(json.Length + 64);
        foreach (var unit in json)
        {
            if (unit is >= ' ' and <= '~')
            {
                builder.Append(unit);
            }
            else
            {
                builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }
        return builder.ToString();
    }
}
