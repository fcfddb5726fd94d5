using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Target.Copies;

namespace Skein.Target.Objects;

/// <summary>
/// Renames an object, from one target to another where the new name belongs there: 1. the newest copy is here; 2. it is
/// copied to its new name, durably; 3. the old name goes, everywhere. After a crash in between both are there.
/// </summary>
internal sealed class RenameObject(TargetServices services, ObjectCopier copier)
{
    private readonly FetchNewest _fetch = new(services);

    public async Task RunAsync(RenameObjectRequest request, CancellationToken cancellation)
    {
        if (request.NewName == request.Name)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"cannot rename {request.Shown} to itself: the new name is the old one");
        }
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        await _fetch.RunAsync(request, bucket, cancellation).ConfigureAwait(false);
        using var handle = await services.Store.OpenReadAsync(bucket, request.Name, cancellation).ConfigureAwait(false)
            ?? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
        await copier
            .StoreAsync(CopySource.Of(handle), request.Bucket, request.Props, request.NewName, cancellation)
            .ConfigureAwait(false);
        // the copy is there: from now on the old name goes, whether the client waits or not
        if (Neighbours.MayHave(request.Call))
        {
            await services.Neighbours.DeleteAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        var removed = await services.Store
            .DeleteAsync(bucket, request.Name, handle.Attributes.Stamp, CancellationToken.None)
            .ConfigureAwait(false);
        services.Confirm(request, ownership);
        if (!removed
            && await services.Store.StatAsync(bucket, request.Name, CancellationToken.None).ConfigureAwait(false) is not null)
        {
            throw new StoreException(
                StoreErrorCode.Busy,
                $"{request.Shown} was written anew while it was renamed: the object of before is {request.Bucket}/"
                    + $"{request.NewName} now, the new one is still {request.Shown}");
        }
    }
}
