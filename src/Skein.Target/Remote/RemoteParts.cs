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

    public RemoteParts(TargetServices services, IControlPlane control, TimeProvider time)
    {
        _services = services;
        Backends = new BackendSet(
            new RemoteAisBackend(_invoker, () => services.Metadata.Current.Document.Config, time));
        _store = new RemoteStore(services, time);
        Fetches = new ColdFetches(services, Backends, _store, _names, time);
        Endpoints = new BackendEndpoints(Backends, services.Metadata, control);
    }

    public BackendSet Backends { get; }

    public ColdFetches Fetches { get; }

    /// <summary>What proxies ask.</summary>
    public IIntraHandler Endpoints { get; }

    /// <summary>The handler of all objects, out of that of this cluster's own.</summary>
    public IObjectHandler Wrap(IObjectHandler local) =>
        new RemoteObjects(_services, local, Backends, Fetches, _names, _store);

    public async ValueTask DisposeAsync()
    {
        await Fetches.DisposeAsync().ConfigureAwait(false);
        _invoker.Dispose();
    }
}
