using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Archives;

/// <summary>Opens an archive that is to be added to; a newer copy elsewhere is brought here first.</summary>
internal sealed class ArchiveSource(TargetServices services, RemoteParts remote)
{
    private readonly NewestObject _newest = new(services);
    private readonly FetchObject _fetch = new(services);

    /// <summary>The archive as it is, open; null when there is none and there need not be one.</summary>
    /// <exception cref="StoreException">When it must exist and does not, or where it is cannot be said.</exception>
    public async Task<ObjectHandle?> OpenAsync(ObjectRequest request, bool mustExist, CancellationToken cancellation)
    {
        if (request.Bucket.IsRemote)
        {
            return await remote.OpenAsync(request, latest: true, cancellation).ConfigureAwait(false)
                ?? (mustExist ? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false) : null);
        }
        for (var attempt = 1; attempt <= ArchiveLimits.MaxAppends; attempt++)
        {
            var (here, there) = await _newest.FindAsync(request, cancellation).ConfigureAwait(false);
            if (here is not null)
            {
                return here;
            }
            if (there is null)
            {
                return mustExist ? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false) : null;
            }
            await FetchAsync(request, cancellation).ConfigureAwait(false);
        }
        throw new StoreException(StoreErrorCode.Busy, $"{request.Shown} is being changed, try again");
    }

    /// <summary>Brings a newer copy here; meanwhile nobody deletes the object.</summary>
    private async Task FetchAsync(ObjectRequest request, CancellationToken cancellation)
    {
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        var here = await services.Store
            .StatAsync(services.Bucket(request), request.Name, cancellation)
            .ConfigureAwait(false);
        var there = await services.Neighbours
            .FindAsync(request, here?.Attributes.Stamp, toleratesSilence: false, cancellation)
            .ConfigureAwait(false);
        if (there is not null)
        {
            await _fetch.RunAsync(request, there, cancellation).ConfigureAwait(false);
        }
    }
}
