using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Remote;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>What a target needs for remote buckets, put together.</summary>
internal sealed class RemoteParts : IAsyncDisposable
{
    /// <summary>How often an object may be evicted between fetching and opening it.</summary>
    private const int MaxAttempts = 3;

    private readonly TargetServices _services;
    private readonly HttpMessageInvoker _invoker = new(RemoteClusterProbe.CreateHandler());
    private readonly RemoteStore _store;

    public RemoteParts(TargetServices services, PeerCalls calls, TimeProvider time)
    {
        _services = services;
        Backends = new BackendSet(
            new RemoteAisBackend(_invoker, () => services.Metadata.Current.Document.Config, time));
        _store = new RemoteStore(services, time);
        var names = new NameQueue();
        Fetches = new ColdFetches(services, Backends, _store, names, time);
        Writes = new RemoteWrites(services, Backends, names, _store);
        Endpoints = new BackendEndpoints(Backends, calls);
    }

    public BackendSet Backends { get; }

    public ColdFetches Fetches { get; }

    /// <summary>Changes objects at their home and here.</summary>
    public RemoteWrites Writes { get; }

    /// <summary>What proxies ask.</summary>
    public IIntraHandler Endpoints { get; }

    /// <summary>The handler of all objects, out of that of this cluster's own.</summary>
    public IObjectHandler Wrap(IObjectHandler local) =>
        new RemoteObjects(_services, local, Backends, Fetches, Writes, _store);

    /// <summary>What is stored here of an object; null for nothing.</summary>
    public Task<ObjectAttributes?> FindAsync(ObjectRequest request, CancellationToken cancellation) =>
        _store.FindAsync(request, cancellation);

    /// <summary>Makes sure that an object of a remote bucket is stored here.</summary>
    /// <param name="request">The object.</param>
    /// <param name="latest">True to fetch anew what differs from its home.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <returns>
    /// Bytes that were fetched, 0 when it was here; null when its home has none and it is not here, or the latest is asked for.
    /// </returns>
    public async Task<long?> PrefetchAsync(ObjectRequest request, bool latest, CancellationToken cancellation)
    {
        var here = await _store.FindAsync(request, cancellation).ConfigureAwait(false);
        if (here is not null && await Writes.SettleAsync(request, here, cancellation).ConfigureAwait(false))
        {
            here = await _store.FindAsync(request, cancellation).ConfigureAwait(false);
        }
        if (here is not null && !latest)
        {
            return 0;
        }
        if (here is not null)
        {
            var home = await Backends.Of(request.Bucket)
                .HeadAsync(request.Bucket, request.Name, cancellation).ConfigureAwait(false);
            if (home is null)
            {
                return null;
            }
            if (RemoteStore.AreSame(here, home))
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

    /// <summary>
    /// As <see cref="PrefetchAsync"/> for an object of a remote bucket, and opens it; of another bucket opens what is here.
    /// </summary>
    /// <returns>Open; null when there is none.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Busy"/> when it is evicted as soon as it is fetched, and what the home answers.
    /// </exception>
    public async Task<ObjectHandle?> OpenAsync(ObjectRequest request, bool latest, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (request.Bucket.IsRemote
                && await PrefetchAsync(request, latest, cancellation).ConfigureAwait(false) is null)
            {
                return null;
            }
            var opened = await _services.Store
                .OpenReadAsync(_services.Bucket(request), request.Name, cancellation).ConfigureAwait(false);
            if (opened is not null)
            {
                AccessTimes.Note(request.Bucket, request.Props, opened.File, _services.Time);
                return opened;
            }
            if (!request.Bucket.IsRemote)
            {
                return null;
            }
        }
        throw new StoreException(StoreErrorCode.Busy, $"{request.Shown} is evicted as soon as it is fetched, try again");
    }

    public async ValueTask DisposeAsync()
    {
        await Fetches.DisposeAsync().ConfigureAwait(false);
        _invoker.Dispose();
    }
}
