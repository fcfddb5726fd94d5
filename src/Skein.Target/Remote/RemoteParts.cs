using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Remote;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>What a target needs for remote buckets, put together.</summary>
internal sealed class RemoteParts : IAsyncDisposable
{
    private readonly TargetServices _services;
    private readonly HttpMessageInvoker _invoker = new(RemoteClusterProbe.CreateHandler());
    private readonly NameQueue _names = new();
    private readonly RemoteStore _store;

    public RemoteParts(TargetServices services, PeerCalls calls, TimeProvider time)
    {
        _services = services;
        Backends = new BackendSet(
            new RemoteAisBackend(_invoker, () => services.Metadata.Current.Document.Config, time));
        _store = new RemoteStore(services, time);
        Fetches = new ColdFetches(services, Backends, _store, _names, time);
        Endpoints = new BackendEndpoints(Backends, calls);
    }

    public BackendSet Backends { get; }

    public ColdFetches Fetches { get; }

    /// <summary>What proxies ask.</summary>
    public IIntraHandler Endpoints { get; }

    /// <summary>The handler of all objects, out of that of this cluster's own.</summary>
    public IObjectHandler Wrap(IObjectHandler local) =>
        new RemoteObjects(_services, local, Backends, Fetches, _names, _store);

    /// <summary>What is stored here of an object; null for nothing.</summary>
    public Task<ObjectAttributes?> FindAsync(ObjectRequest request, CancellationToken cancellation) =>
        _store.FindAsync(request, cancellation);

    /// <summary>Makes sure that an object of a remote bucket is stored here.</summary>
    /// <param name="request">The object.</param>
    /// <param name="latest">True to fetch anew what differs from its home.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <returns>Bytes that were fetched, 0 when it was here; null when its home has none and it is not here.</returns>
    public async Task<long?> PrefetchAsync(ObjectRequest request, bool latest, CancellationToken cancellation)
    {
        var here = await _store.FindAsync(request, cancellation).ConfigureAwait(false);
        if (here is not null)
        {
            var home = latest
                ? await Backends.Of(request.Bucket)
                    .HeadAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false)
                : null;
            if (home is null || RemoteStore.AreSame(here, home))
            {
                return 0;
            }
        }
        try
        {
            await Fetches.FetchAsync(request, here, cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
        return (await _store.FindAsync(request, cancellation).ConfigureAwait(false))?.Size;
    }

    public async ValueTask DisposeAsync()
    {
        await Fetches.DisposeAsync().ConfigureAwait(false);
        _invoker.Dispose();
    }
}
