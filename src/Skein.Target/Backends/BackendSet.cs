using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Target.Backends;

/// <summary>The backends of this target, by provider.</summary>
/// <param name="remoteClusters">Other clusters.</param>
public sealed class BackendSet(IBackend remoteClusters)
{
    /// <summary>The backend of a remote bucket.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.MissingBackend"/> when there is none for its provider.
    /// </exception>
    public IBackend Of(BucketName bucket) =>
        bucket.Provider == Providers.Ais && bucket.Namespace.IsRemote
            ? remoteClusters
            : throw new StoreException(
                StoreErrorCode.MissingBackend,
                $"\"{bucket.Provider}\" backend is missing in the cluster configuration");
}
