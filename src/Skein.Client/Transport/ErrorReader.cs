using System.Net;
using System.Text;
using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Client.Transport;

/// <summary>Turns a refusal into an exception.</summary>
internal static class ErrorReader
{
    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxShownText = 500;

    /// <summary>Reads the error of an answer: JSON in the body, or in a header for HEAD.</summary>
    public static async Task<SkeinException> ReadAsync(HttpResponseMessage reply, CancellationToken cancellation)
    {
        var request = $"{reply.RequestMessage?.Method} {reply.RequestMessage?.RequestUri?.AbsoluteUri}";
        var text = reply.Headers.TryGetValues(HeaderNames.Error, out var values)
            ? string.Join(",", values)
            : await ReadBodyAsync(reply, cancellation);
        var error = Parse(text);
        var status = (int)reply.StatusCode;
        var message = error?.Message is { Length: > 0 } told ? told
            : text.Trim() is { Length: > 0 } plain ? plain[..Math.Min(plain.Length, MaxShownText)]
            : $"{request} was answered with status {status} ({reply.ReasonPhrase})";
        return new SkeinException(message)
        {
            Status = reply.StatusCode,
            TypeCode = error?.TypeCode ?? "",
            Node = error?.Node ?? "",
            Request = request,
        };
    }

    /// <summary>True when the refusal is one that may pass by itself.</summary>
    public static bool IsPassing(HttpStatusCode? status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;

    private static WireError? Parse(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize(text, WireJsonContext.Default.WireError) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage reply, CancellationToken cancellation)
    {
        try
        {
            await using var body = await reply.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[MaxErrorBytes];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return "";
        }
    }
}
