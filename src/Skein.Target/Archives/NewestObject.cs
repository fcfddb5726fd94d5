using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;

namespace Skein.Target.Archives;

/// <summary>Where the newest copy of an object is: one of the two is not null.</summary>
/// <param name="Here">Open on this target; the caller's to dispose.</param>
/// <param name="There">On another target.</param>
internal readonly record struct NewestCopy(ObjectHandle? Here, NeighbourCopy? There);

/// <summary>Finds the newest copy of an object as <see cref="GetObject"/> does.</summary>
internal sealed class NewestObject(TargetServices services)
{
    /// <summary>The newest copy; both sides are null when there is none.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when some that may have a newer copy did not answer.
    /// </exception>
    public async Task<NewestCopy> FindAsync(ObjectRequest request, CancellationToken cancellation)
    {
        var bucket = services.Bucket(request);
        var handle = await services.Store.OpenReadAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
        if (!Neighbours.MayHave(request.Call))
        {
            return new NewestCopy(handle, null);
        }
        try
        {
            var copy = await services.Neighbours
                .FindAsync(request, handle?.Attributes.Stamp, toleratesSilence: false, cancellation)
                .ConfigureAwait(false);
            if (copy is not null)
            {
                handle?.Dispose();
                return new NewestCopy(null, copy);
            }
            // Nobody else has a newer copy now: it may have come here from there meanwhile.
            var stat = await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
            if (stat?.Attributes.Stamp == handle?.Attributes.Stamp)
            {
                return new NewestCopy(handle, null);
            }
            handle?.Dispose();
            handle = await services.Store.OpenReadAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
            return new NewestCopy(handle, null);
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }
}
