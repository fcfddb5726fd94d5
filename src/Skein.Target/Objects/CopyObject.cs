using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Copies;

namespace Skein.Target.Objects;

/// <summary>Copies one object to another name, in any bucket, with its custom metadata.</summary>
internal sealed class CopyObject(TargetServices services, ObjectCopier copier)
{
    private readonly FetchNewest _fetch = new(services);

    public async Task RunAsync(CopyObjectRequest request, CancellationToken cancellation)
    {
        var bucket = services.Bucket(request);
        if (Neighbours.MayHave(request.Call))
        {
            // what another target has comes here first: that is a change of this name, and guarded as one
            var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
            using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
            using var passage = services.Pass(request, ownership);
            await _fetch.RunAsync(request, bucket, cancellation).ConfigureAwait(false);
        }
        using var handle = await OpenAsync(request, bucket, cancellation).ConfigureAwait(false);
        await copier
            .CopyAsync(CopySource.Of(handle), request.ToBucket, request.NewName, cancellation)
            .ConfigureAwait(false);
    }

    private async Task<ObjectHandle> OpenAsync(CopyObjectRequest request, BucketRef bucket, CancellationToken cancellation) =>
        await services.Store.OpenReadAsync(bucket, request.Name, cancellation).ConfigureAwait(false)
            ?? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
}
