using System.IO.Pipelines;
using Skein.Core.Buckets;
using Skein.Core.Objects;

namespace Skein.Gateway.Ports;

/// <summary>Give an object another name in its bucket.</summary>
public sealed record RenameObjectRequest : ObjectRequest
{
    /// <summary>The new name, validated.</summary>
    public required string NewName { get; init; }
}

/// <summary>Copy an object to another name, in any bucket.</summary>
public sealed record CopyObjectRequest : ObjectRequest
{
    /// <summary>Destination bucket.</summary>
    public required BucketName ToBucket { get; init; }

    /// <summary>Name of the copy, validated.</summary>
    public required string NewName { get; init; }

    /// <summary>True to copy what the home of a remote bucket has now.</summary>
    public bool LatestVersion { get; init; }
}

/// <summary>Say whether an object is being changed.</summary>
public sealed record CheckLockRequest : ObjectRequest;

/// <summary>What is known of the lock of an object.</summary>
public enum ObjectLock
{
    /// <summary>Nobody changes it.</summary>
    None,

    /// <summary>Somebody changes it at the moment, or moves it.</summary>
    Write,
}

/// <summary>Append bytes to what is not visible yet.</summary>
public sealed record AppendObjectRequest : ObjectRequest
{
    /// <summary>The state to append to; null to begin with the object as it is, or with nothing.</summary>
    public AppendHandle? Handle { get; init; }

    /// <summary>The bytes.</summary>
    public required PipeReader Body { get; init; }

    /// <summary>Announced length in bytes; null for a chunked body.</summary>
    public long? Length { get; init; }
}

/// <summary>Make appended bytes the object.</summary>
public sealed record FlushObjectRequest : ObjectRequest
{
    /// <summary>The state to make visible.</summary>
    public required AppendHandle Handle { get; init; }

    /// <summary>Checksum of all bytes that the client declares; null for none.</summary>
    public Checksum? Declared { get; init; }

    /// <summary>Custom metadata; null to keep those of the object that was appended to.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Custom { get; init; }
}

/// <summary>Begin a multipart upload.</summary>
public sealed record BeginUploadRequest : ObjectRequest
{
    /// <summary>Custom metadata of the object to be.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; init; } = [];
}

/// <summary>Store one part of a multipart upload.</summary>
public sealed record PutPartRequest : ObjectRequest
{
    /// <summary>Id of the upload.</summary>
    public required string UploadId { get; init; }

    /// <summary>Number of the part, 1 to <see cref="UploadLimits.MaxPartNumber"/>.</summary>
    public required int Number { get; init; }

    /// <summary>The bytes.</summary>
    public required PipeReader Body { get; init; }

    /// <summary>Announced length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Checksum that the client declares; null for none.</summary>
    public Checksum? Declared { get; init; }
}

/// <summary>Make the parts of an upload the object.</summary>
public sealed record CompleteUploadRequest : ObjectRequest
{
    /// <summary>Id of the upload.</summary>
    public required string UploadId { get; init; }

    /// <summary>The parts in the order in which they are joined: 1 to n, all that were uploaded.</summary>
    public required IReadOnlyList<CompletedPart> Parts { get; init; }
}

/// <summary>One part as the client lists it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="EntityTag">MD5 of its bytes in hex, in quotes or not; empty when the client does not say.</param>
public sealed record CompletedPart(int Number, string EntityTag);

/// <summary>Give an upload up.</summary>
public sealed record AbortUploadRequest : ObjectRequest
{
    /// <summary>Id of the upload.</summary>
    public required string UploadId { get; init; }
}

/// <summary>The bounds of uploads.</summary>
public static class UploadLimits
{
    /// <summary>Greatest number of a part.</summary>
    public const int MaxPartNumber = 10_000;
}

/// <summary>What a target can do with single objects beside reading, writing and deleting them.</summary>
public interface IObjectActions
{
    /// <summary>Renames an object: it is durable under the new name before the old one goes.</summary>
    /// <exception cref="Skein.Core.Errors.StoreException">When it could not; it is still there under the old name.</exception>
    Task RenameAsync(RenameObjectRequest request, CancellationToken cancellation);

    /// <summary>Copies an object; durable as the destination bucket asks when it returns.</summary>
    Task CopyAsync(CopyObjectRequest request, CancellationToken cancellation);

    /// <summary>Looks at the lock of a name, whether there is an object or not.</summary>
    Task<ObjectLock> CheckLockAsync(CheckLockRequest request, CancellationToken cancellation);

    /// <summary>Appends; the answer is the handle of the new state.</summary>
    Task<AppendHandle> AppendAsync(AppendObjectRequest request, CancellationToken cancellation);

    /// <summary>Makes appended bytes the object.</summary>
    Task FlushAsync(FlushObjectRequest request, CancellationToken cancellation);

    /// <summary>Begins a multipart upload; the answer is its id.</summary>
    Task<string> BeginUploadAsync(BeginUploadRequest request, CancellationToken cancellation);

    /// <summary>Stores a part; the answer is the MD5 of its bytes in hex.</summary>
    Task<string> PutPartAsync(PutPartRequest request, CancellationToken cancellation);

    /// <summary>Makes the parts the object.</summary>
    Task CompleteUploadAsync(CompleteUploadRequest request, CancellationToken cancellation);

    /// <summary>Gives an upload up.</summary>
    Task AbortUploadAsync(AbortUploadRequest request, CancellationToken cancellation);
}
