namespace Skein.Client.Transport;

/// <summary>The URLs of the proxies, and the one in use. Thread-safe.</summary>
internal sealed class EndpointSet
{
    private readonly Uri[] _endpoints;
    private int _current;

    /// <summary>Reads the URLs.</summary>
    /// <exception cref="ArgumentException">When there is none, or one is not an HTTP URL.</exception>
    public EndpointSet(IReadOnlyList<string> endpoints)
    {
        _endpoints = [.. endpoints.Select(Parse)];
        if (_endpoints.Length == 0)
        {
            throw new ArgumentException("no endpoint is given", nameof(endpoints));
        }
    }

    /// <summary>Number of endpoints.</summary>
    public int Count => _endpoints.Length;

    /// <summary>The endpoint in use.</summary>
    public Uri Current => _endpoints[Volatile.Read(ref _current) % _endpoints.Length];

    /// <summary>Moves on to the next endpoint, unless another caller has already moved on from this one.</summary>
    public void MoveOnFrom(Uri failed)
    {
        var seen = Volatile.Read(ref _current);
        if (ReferenceEquals(_endpoints[seen % _endpoints.Length], failed))
        {
            Interlocked.CompareExchange(ref _current, (seen + 1) % _endpoints.Length, seen);
        }
    }

    private static Uri Parse(string text)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(url.TrimEnd('/'), UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/" && uri.Query.Length == 0
            ? uri
            : throw new ArgumentException($"\"{text}\" is not the URL of a proxy, such as http://127.0.0.1:8080");
    }
}
