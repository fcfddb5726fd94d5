using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Gateway.Ports;

/// <summary>Buckets whose objects are kept elsewhere, as a proxy serves them.</summary>
public interface IRemoteBuckets
{
    /// <summary>Finds a bucket that the cluster does not know yet, and makes it known unless told not to.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="bucket">The bucket, its cluster given by its id.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its properties; those of a bucket that was not added have the id 0.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.RemoteBucketNotFound"/>, <see cref="StoreErrorCode.NotFound"/> for a cluster that is
    /// not attached, <see cref="StoreErrorCode.Unreachable"/>, or <see cref="StoreErrorCode.MissingBackend"/>.
    /// </exception>
    Task<BucketProps> FindAsync(
        CallContext call, BucketName bucket, RemoteLookup options, CancellationToken cancellation);

    /// <summary>Asks whether the home of a known bucket still has it.</summary>
    /// <returns>False when its home does not answer.</returns>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.RemoteBucketNotFound"/> when it is gone.</exception>
    Task<bool> ConfirmAsync(CallContext call, BucketName bucket, CancellationToken cancellation);

    /// <summary>Creates a bucket at its home and makes it known here.</summary>
    /// <exception cref="StoreException">When its home refuses or cannot be reached; then nothing is changed here.</exception>
    Task CreateAsync(CallContext call, BucketName bucket, JsonElement? props, CancellationToken cancellation);

    /// <summary>Destroys a bucket at its home, and then what is known and stored of it here.</summary>
    /// <exception cref="StoreException">When its home refuses or cannot be reached; then nothing is changed here.</exception>
    Task DestroyAsync(CallContext call, BucketName bucket, CancellationToken cancellation);

    /// <summary>Removes what is stored here of a bucket; its home keeps everything.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="keepsMetadata">True to keep the bucket's properties.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task EvictAsync(CallContext call, BucketName bucket, bool keepsMetadata, CancellationToken cancellation);

    /// <summary>The buckets of a remote cluster or cloud, whether they are known here or not.</summary>
    /// <exception cref="StoreException">When it is not attached, or does not answer.</exception>
    Task<IReadOnlyList<BucketName>> ListAsync(
        CallContext call, string provider, BucketNamespace ns, CancellationToken cancellation);
}

/// <summary>How a remote bucket that is not known is looked for.</summary>
/// <param name="Adds">True to make it known to the cluster.</param>
/// <param name="Asks">False to believe that it exists, without asking its home.</param>
public readonly record struct RemoteLookup(bool Adds, bool Asks);
