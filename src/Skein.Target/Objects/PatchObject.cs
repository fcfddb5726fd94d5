using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Objects;

/// <summary>Changes custom metadata. An object of which another target has a newer copy is fetched first.</summary>
internal sealed class PatchObject(TargetServices services)
{
    private readonly FetchNewest _fetch = new(services);

    public async Task RunAsync(PatchObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        await _fetch.RunAsync(request, bucket, cancellation).ConfigureAwait(false);
        if (!await ChangeAsync(request, bucket, ownership, cancellation).ConfigureAwait(false))
        {
            throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
        }
        services.Confirm(request, ownership);
    }

    private async Task<bool> ChangeAsync(
        PatchObjectRequest request, BucketRef bucket, long ownership, CancellationToken cancellation)
    {
        if (request.Custom is not { } custom || (custom.Count == 0 && !request.ReplaceAll))
        {
            return await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false) is not null;
        }
        var changed = await services.Store
            .UpdateCustomAsync(
                bucket, request.Name, custom, request.ReplaceAll, services.Stamp(ownership), cancellation)
            .ConfigureAwait(false);
        return changed is not null;
    }
}
