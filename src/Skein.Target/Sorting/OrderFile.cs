using System.Text;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Target.Archives;

namespace Skein.Target.Sorting;

/// <summary>
/// The file that says which record goes into which shards (AIStore's external key map): lines <c>record SEPARATOR shard-%d</c>,
/// or, under a URL that ends with <c>.json</c>, an object from shards to lists of records.
/// </summary>
internal sealed class OrderFile : IDisposable
{
    private readonly SocketsHttpHandler _handler = PeerHttp.CreateHandler();
    private readonly HttpClient _client;

    public OrderFile()
    {
        _handler.AllowAutoRedirect = true; // it may be an object of a cluster
        _client = new HttpClient(_handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Fetches and reads it.</summary>
    /// <param name="spec">Where it is, and its separator.</param>
    /// <param name="malformed">Told of a line that is wrong; throws to end the sort.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When it cannot be had, or is too large, or is no JSON although it should be.</exception>
    public async Task<IReadOnlyDictionary<string, string>> LoadAsync(
        SortSpec spec, Action<string> malformed, CancellationToken cancellation)
    {
        var url = spec.OrderFile!;
        try
        {
            using var answer = await _client
                .GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation)
                .ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw Unusable(url, $"unexpected status code ({(int)answer.StatusCode})", null);
            }
            if (answer.Content.Headers.ContentLength > SortLimits.MaxOrderFile)
            {
                throw TooLarge(url);
            }
            var body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using var cut = new Cut(body, SortLimits.MaxOrderFile + 1);
            var read = url.AbsolutePath.EndsWith(".json", StringComparison.Ordinal)
                ? await ReadJsonAsync(cut, cancellation).ConfigureAwait(false)
                : await ReadLinesAsync(cut, spec.OrderFileSeparator, malformed, cancellation).ConfigureAwait(false);
            return cut.Left > 0 ? read : throw TooLarge(url);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            throw Unusable(url, error.Message, error);
        }
    }

    /// <summary>Reads lines.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadLinesAsync(
        Stream body, string separator, Action<string> malformed, CancellationToken cancellation)
    {
        var order = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = new StreamReader(body, Encoding.UTF8, leaveOpen: true);
        for (var number = 0; await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line; number++)
        {
            line = line.Trim();
            if (line.Length == 0)
            {
                continue;
            }
            if (line.Split(separator) is [var record, var shard])
            {
                order[record] = shard;
            }
            else
            {
                malformed($"malformed line ({number}) in external key map: {(line.Length > 128 ? line[..128] : line)}");
            }
        }
        return order;
    }

    /// <summary>Reads an object from shards to lists of records.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadJsonAsync(Stream body, CancellationToken cancellation)
    {
        var shards = await JsonSerializer
            .DeserializeAsync(body, WireJsonContext.Default.SortedDictionaryStringListString, cancellation)
            .ConfigureAwait(false);
        var order = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (shard, records) in shards ?? [])
        {
            foreach (var record in records ?? [])
            {
                order[record] = shard;
            }
        }
        return order;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private static StoreException Unusable(Uri url, string reason, Exception? error) =>
        new(StoreErrorCode.InvalidRequest, $"order file {url}: {reason}", error);

    private static StoreException TooLarge(Uri url) =>
        Unusable(url, $"larger than the {SortLimits.MaxOrderFile >> 20} MiB that are read", null);
}
