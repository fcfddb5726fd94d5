using System.Net;
using System.Text;
using System.Text.Json;

namespace Skein.TestKit.Http;

/// <summary>An answer, read to its end.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Headers">All headers, of the answer and of its content, by name without regard to case.</param>
/// <param name="Body">Body.</param>
/// <param name="Url">The URL that gave this answer.</param>
public sealed record TestReply(
    HttpStatusCode Status, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers, byte[] Body, string Url)
{
    /// <summary>Status as a number.</summary>
    public int Code => (int)Status;

    /// <summary>True for 200 to 299.</summary>
    public bool IsSuccess => Code is >= 200 and <= 299;

    /// <summary>Body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A header; null when it is not there, several values joined by <c>, </c>.</summary>
    public string? Header(string name) =>
        Headers.TryGetValue(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>The JSON error: of the body, or for HEAD of the header.</summary>
    public JsonElement Error => Header("Hdr-Error") is { } header ? JsonDocument.Parse(header).RootElement : Json;

    /// <summary>The answer itself when its status is one of the 200s.</summary>
    /// <exception cref="HttpRequestException">When it is not.</exception>
    public TestReply Succeeded() => IsSuccess
        ? this
        : throw new HttpRequestException($"{Url}: {Code} {Header("Hdr-Error") ?? Text}", null, Status);

    /// <inheritdoc/>
    public override string ToString() => $"{Url}: {Code} {(Body.Length < 2000 ? Text : $"{Body.Length} bytes")}";
}
