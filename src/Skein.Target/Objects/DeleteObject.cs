using Skein.Core.Errors;
using Skein.Gateway.Ports;

namespace Skein.Target.Objects;

/// <summary>Deletes an object here and, while objects may still lie elsewhere, on every other target.</summary>
internal sealed class DeleteObject(TargetServices services)
{
    public async Task RunAsync(DeleteObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        var elsewhere = Neighbours.MayHave(request.Call)
            && await services.Neighbours.DeleteAsync(request, cancellation).ConfigureAwait(false);
        var here = await services.Store
            .DeleteAsync(services.Bucket(request), request.Name, cancellation)
            .ConfigureAwait(false);
        services.Confirm(request, ownership);
        if (!here && !elsewhere)
        {
            throw new StoreException(StoreErrorCode.ObjectNotFound, $"{request.Shown} doesn't exist");
        }
    }
}
