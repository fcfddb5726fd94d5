using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Objects;

/// <summary>
/// Brings the newest copy of an object here, with everything that belongs to it, when another target has a newer one. The
/// caller holds the name (<see cref="TargetServices.HoldAsync"/>) and has a passage.
/// </summary>
internal sealed class FetchNewest(TargetServices services)
{
    private readonly FetchObject _fetch = new(services);

    /// <summary>As <see cref="RunAsync"/>, for a caller that has no right to change the name yet: gets it meanwhile.</summary>
    /// <exception cref="Skein.Core.Errors.StoreException">When this target may not, or it is not known who has what.</exception>
    public async Task GuardedAsync(ObjectRequest request, CancellationToken cancellation)
    {
        if (!Neighbours.MayHave(request.Call))
        {
            return;
        }
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        await RunAsync(request, services.Bucket(request), cancellation).ConfigureAwait(false);
    }

    public async Task RunAsync(ObjectRequest request, BucketRef bucket, CancellationToken cancellation)
    {
        if (!Neighbours.MayHave(request.Call))
        {
            return;
        }
        var here = await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
        var copy = await services.Neighbours
            .FindAsync(request, here?.Attributes.Stamp, toleratesSilence: false, cancellation)
            .ConfigureAwait(false);
        if (copy is not null)
        {
            await _fetch.RunAsync(request, copy, cancellation).ConfigureAwait(false);
        }
    }
}
