using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Client.Transport;

/// <summary>A successful answer. Whoever gets it disposes of it.</summary>
/// <param name="Response">The answer; its body has not been read.</param>
/// <param name="Patience">Ends the wait for the next piece of the body.</param>
internal sealed record Reply(HttpResponseMessage Response, Patience Patience) : IDisposable
{
    /// <summary>Key in <see cref="Exception.Data"/>: true when an earlier attempt may have been carried out.</summary>
    public const string AmbiguousKey = "Skein.Ambiguous";

    private const int MaxSmallBody = 64 * 1024 * 1024;

    /// <summary>True when an earlier attempt of the same call got no answer and may have been carried out.</summary>
    public bool MayHaveBeenDoneBefore { get; init; }

    /// <summary>A header; empty when absent.</summary>
    public string Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    /// <summary>A header that holds an integer; 0 when absent or not one.</summary>
    public long Number(string name) =>
        long.TryParse(Header(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value : 0;

    /// <summary>The checksum headers.</summary>
    public Checksum Checksum() =>
        Header(HeaderNames.ChecksumType) is { Length: > 0 } type and not ChecksumTypes.None
            ? new Checksum(type, Header(HeaderNames.ChecksumValue))
            : Core.Objects.Checksum.None;

    /// <summary>The object attributes in the headers.</summary>
    /// <param name="size">Size of the whole object in bytes.</param>
    public ObjectAttributes Attributes(long size) => new()
    {
        Size = size,
        Checksum = Checksum(),
        Version = Header(HeaderNames.Version),
        AccessTime = Number(HeaderNames.AccessTime),
        Custom = Custom(),
    };

    /// <summary>Reads the whole body, which must be small.</summary>
    /// <exception cref="SkeinException">When it breaks off or is too large.</exception>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellation)
    {
        try
        {
            Patience.Renew();
            await using var body = await Response.Content.ReadAsStreamAsync(cancellation);
            using var copy = new MemoryStream();
            var buffer = new byte[32 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, Patience.Token)) != 0)
            {
                Patience.Renew();
                await copy.WriteAsync(buffer.AsMemory(0, read), cancellation);
                if (copy.Length > MaxSmallBody)
                {
                    throw new SkeinException($"the answer is longer than {MaxSmallBody} bytes") { Request = Request };
                }
            }
            return copy.ToArray();
        }
        catch (Exception e) when (e is IOException or HttpRequestException
            || (e is OperationCanceledException && Patience.RanOut))
        {
            throw new SkeinException("the answer broke off: " + e.Message, e) { Request = Request };
        }
    }

    /// <summary>Reads the body as JSON.</summary>
    /// <exception cref="SkeinException">When it is not what is expected.</exception>
    public async Task<T> ReadJsonAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var bytes = await ReadAllAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new SkeinException("the answer is not the JSON expected: " + e.Message, e) { Request = Request };
        }
    }

    /// <summary>Reads the body as JSON of any form.</summary>
    /// <exception cref="SkeinException">When it is not JSON.</exception>
    public async Task<JsonElement> ReadElementAsync(CancellationToken cancellation)
    {
        var bytes = await ReadAllAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw new SkeinException("the answer is not JSON: " + e.Message, e) { Request = Request };
        }
    }

    /// <summary>Verb and URL.</summary>
    public string Request => $"{Response.RequestMessage?.Method} {Response.RequestMessage?.RequestUri?.AbsoluteUri}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Response.Dispose();
        Patience.Dispose();
    }

    private List<KeyValuePair<string, string>> Custom()
    {
        var result = new List<KeyValuePair<string, string>>();
        if (Response.Headers.TryGetValues(HeaderNames.CustomMetadata, out var lines))
        {
            foreach (var line in lines)
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    result.Add(new KeyValuePair<string, string>(line[..equals], line[(equals + 1)..]));
                }
            }
        }
        result.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return result;
    }
}
