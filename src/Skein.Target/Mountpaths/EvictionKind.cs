using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Storage.Objects;
using Skein.Target.Jobs;

namespace Skein.Target.Mountpaths;

/// <summary>
/// <c>lru</c>: makes room by evicting what was not used for long. As long as no mountpath is fuller than
/// <c>space.highwm</c>, or no bucket has <c>lru.enabled</c>, there is nothing to evict, and the job ends. The eviction itself is
/// not implemented: the job says so, and nothing is removed.
/// </summary>
internal static class EvictionKind
{
    public static IJobKind Create(ObjectStore store, IMetadataSource metadata) => new PlainJobKind(
        JobKinds.Find("lru")!,
        (_, _) => store.Space.IsLow && metadata.Current.Document.Buckets.Buckets.Values.Any(props => props.Lru.Enabled)
            ? throw new StoreException(
                StoreErrorCode.NotImplemented,
                "a mountpath is fuller than space.highwm, and eviction is not implemented: nothing was removed")
            : Task.CompletedTask);
}
