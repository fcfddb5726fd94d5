using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Target.Backends;

/// <summary>
/// Where the objects of remote buckets are kept: another cluster, or a cloud. One class for each provider. All calls may be
/// made at the same time; none changes anything here. What cannot be reached is a <see cref="StoreException"/> with
/// <see cref="StoreErrorCode.Unreachable"/>, a missing bucket one with <see cref="StoreErrorCode.RemoteBucketNotFound"/>.
/// </summary>
public interface IBackend
{
    /// <summary>Looks at a bucket.</summary>
    Task<BackendBucket> HeadBucketAsync(BucketName bucket, CancellationToken cancellation);

    /// <summary>The buckets of a namespace, in any order.</summary>
    Task<IReadOnlyList<BucketName>> ListBucketsAsync(BucketNamespace ns, CancellationToken cancellation);

    /// <summary>Creates a bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="propsJson">Properties in JSON as the client gave them; null for the defaults.</param>
    /// <param name="cancellation">Gives up.</param>
    Task CreateBucketAsync(BucketName bucket, string? propsJson, CancellationToken cancellation);

    /// <summary>Destroys a bucket with everything in it.</summary>
    Task DestroyBucketAsync(BucketName bucket, CancellationToken cancellation);

    /// <summary>One page of a bucket in bytewise order of names. The token is the backend's own.</summary>
    Task<ListObjectsResult> ListAsync(
        BucketName bucket, ListObjectsMessage message, CancellationToken cancellation);

    /// <summary>Looks at an object; null when there is none.</summary>
    Task<ObjectAttributes?> HeadAsync(BucketName bucket, string name, CancellationToken cancellation);

    /// <summary>Opens an object, or a range of it, for reading; null when there is none.</summary>
    Task<BackendObject?> OpenAsync(
        BucketName bucket, string name, (long Offset, long Length)? range, CancellationToken cancellation);

    /// <summary>Stores an object in place of an older one.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The object.</param>
    /// <param name="upload">The bytes and what goes with them.</param>
    /// <param name="cancellation">Gives up; the object may be stored or not.</param>
    /// <returns>Its attributes as the backend tells them.</returns>
    Task<ObjectAttributes> PutAsync(
        BucketName bucket, string name, BackendUpload upload, CancellationToken cancellation);

    /// <summary>Deletes an object; false when there is none.</summary>
    Task<bool> DeleteAsync(BucketName bucket, string name, CancellationToken cancellation);
}

/// <summary>What is sent to a backend.</summary>
/// <param name="Open">
/// Opens the bytes at their beginning; called again when the backend sends the upload elsewhere. The stream is disposed.
/// </param>
/// <param name="Length">Number of bytes.</param>
/// <param name="Checksum">Checksum of the bytes.</param>
/// <param name="Custom">Custom metadata.</param>
public sealed record BackendUpload(
    Func<Stream> Open, long Length, Checksum Checksum, IReadOnlyList<KeyValuePair<string, string>> Custom);

/// <summary>An object of a backend, open for reading.</summary>
/// <param name="attributes">What is known of the whole object.</param>
/// <param name="length">Number of bytes to come; null when the backend does not say.</param>
/// <param name="content">The bytes.</param>
/// <param name="owner">Disposed with the object.</param>
public sealed class BackendObject(ObjectAttributes attributes, long? length, Stream content, IDisposable owner)
    : IAsyncDisposable
{
    /// <summary>What is known of the whole object.</summary>
    public ObjectAttributes Attributes => attributes;

    /// <summary>Number of bytes to come; null when the backend does not say.</summary>
    public long? Length => length;

    /// <summary>The bytes.</summary>
    public Stream Content => content;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await content.DisposeAsync().ConfigureAwait(false);
        owner.Dispose();
    }
}
