using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Skein.Cluster.Membership;

/// <summary>
/// Makes candidates of every address of a host name: a name that stands for several nodes is as good as a list of them.
/// A name that cannot be resolved costs nothing; it stays a candidate itself, as does one with a single address. URLs
/// with https are left as they are, since certificates are for names.
/// </summary>
/// <param name="lookUp">Resolves a host name.</param>
/// <param name="time">Clock of the time limit.</param>
public sealed class CandidateResolver(
    Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> lookUp, TimeProvider time)
{
    /// <summary>Most names that are resolved at a time; further ones wait for the next round.</summary>
    public const int MaxNames = 64;

    /// <summary>Most addresses of one name that are taken.</summary>
    public const int MaxAddresses = 64;

    /// <summary>Longest wait for a name.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A resolver that asks the system.</summary>
    public static CandidateResolver OfSystem(TimeProvider time) => new(
        static async (name, cancellation) =>
            await Dns.GetHostAddressesAsync(name, cancellation).ConfigureAwait(false),
        time);

    /// <summary>Begins to resolve the names in the URLs; each that has several addresses is told as they come.</summary>
    /// <param name="urls">Candidates.</param>
    /// <param name="found">Called from any thread, with URLs.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Begin(IEnumerable<string> urls, Action<IReadOnlyList<string>> found, CancellationToken cancellation)
    {
        foreach (var (name, group) in Names(urls))
        {
            if (_underWay.Count < MaxNames && _underWay.TryAdd(name, true))
            {
                _ = TellAsync(name, group, found, cancellation);
            }
        }
    }

    /// <summary>The URLs and, after them, those of all addresses of their names.</summary>
    public async Task<IReadOnlyList<string>> ExpandAsync(IReadOnlyList<string> urls, CancellationToken cancellation)
    {
        var more = await Task
            .WhenAll(Names(urls).Take(MaxNames).Select(pair => ResolveAsync(pair.Name, pair.Urls, cancellation)))
            .ConfigureAwait(false);
        return [.. urls.Concat(more.SelectMany(list => list)).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Name, IReadOnlyList<Uri> Urls)> Names(IEnumerable<string> urls) => urls
        .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : null)
        .OfType<Uri>()
        .Where(uri => uri.HostNameType == UriHostNameType.Dns && uri.Scheme == Uri.UriSchemeHttp)
        .GroupBy(uri => uri.Host, StringComparer.OrdinalIgnoreCase)
        .Select(group => (group.Key, (IReadOnlyList<Uri>)[.. group]));

    private async Task TellAsync(
        string name, IReadOnlyList<Uri> urls, Action<IReadOnlyList<string>> found, CancellationToken cancellation)
    {
        try
        {
            var addresses = await ResolveAsync(name, urls, cancellation).ConfigureAwait(false);
            if (addresses.Count > 0)
            {
                found(addresses);
            }
        }
        catch (OperationCanceledException)
        {
            // The search is over.
        }
        finally
        {
            _underWay.TryRemove(name, out _);
        }
    }

    private async Task<IReadOnlyList<string>> ResolveAsync(
        string name, IReadOnlyList<Uri> urls, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            // A resolver may ignore that it is cancelled.
            var addresses = await lookUp(name, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            return addresses.Count < 2
                ? []
                : [.. urls.SelectMany(url => addresses.Take(MaxAddresses).Select(address => Of(url, address)))];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static string Of(Uri url, IPAddress address) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{url.Scheme}://{(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address)}:{url.Port}");
}
