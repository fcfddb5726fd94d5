using Skein.Core.Errors;
using Skein.Gateway.Ports;

namespace Skein.Target.Objects;

/// <summary>Looks at an object, here or, while objects may still lie elsewhere, on the other targets.</summary>
internal sealed class HeadObject(TargetServices services)
{
    public async Task<ObjectDescription> RunAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        var description = await FindAsync(request, cancellation).ConfigureAwait(false)
            ?? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
        return request.Presence == PresenceFilter.ExistsOutside
            ? throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{request.Shown} is present (vs requested 'flt-outside'(5))")
            : description;
    }

    private async Task<ObjectDescription?> FindAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        var here = await HereAsync(request, cancellation).ConfigureAwait(false);
        if (!Neighbours.MayHave(request.Call))
        {
            return here;
        }
        var copy = await services.Neighbours
            .FindAsync(request, here?.Attributes.Stamp, toleratesSilence: false, cancellation)
            .ConfigureAwait(false);
        return copy is not null
            ? new ObjectDescription(copy.Attributes, copy.Location, [PathOf(copy.Location)])
            : await HereAsync(request, cancellation).ConfigureAwait(false); // it may have come here meanwhile
    }

    private async Task<ObjectDescription?> HereAsync(HeadObjectRequest request, CancellationToken cancellation)
    {
        var stat = await services.Store
            .StatAsync(services.Bucket(request), request.Name, cancellation)
            .ConfigureAwait(false);
        return stat is null
            ? null
            : new ObjectDescription(stat.Attributes, services.Location(stat.Mountpath), [stat.Mountpath.Path]);
    }

    /// <summary>The mountpath out of <c>t[id]:mp[path, disk]</c>.</summary>
    private static string PathOf(string location)
    {
        var start = location.IndexOf(":mp[", StringComparison.Ordinal);
        var end = location.LastIndexOf(',');
        return start < 0 || end < start ? "" : location[(start + 4)..end];
    }
}
