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
