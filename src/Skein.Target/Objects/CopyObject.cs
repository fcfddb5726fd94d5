using Skein.Gateway.Ports;
using Skein.Target.Copies;
using Skein.Target.Remote;

namespace Skein.Target.Objects;

/// <summary>Copies one object to another name, in any bucket, with its custom metadata.</summary>
internal sealed class CopyObject(TargetServices services, ObjectCopier copier, RemoteParts remote)
{
    private readonly FetchNewest _fetch = new(services);

    public async Task RunAsync(CopyObjectRequest request, CancellationToken cancellation)
    {
        // What another target has comes here first: that is a change of this name, and guarded as one.
        await _fetch.GuardedAsync(request, cancellation).ConfigureAwait(false);
        using var handle = await remote.OpenAsync(request, request.LatestVersion, cancellation).ConfigureAwait(false)
            ?? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
        await copier
            .CopyAsync(CopySource.Of(handle), request.ToBucket, request.NewName, cancellation)
            .ConfigureAwait(false);
    }
}
