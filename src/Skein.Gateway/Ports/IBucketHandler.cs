using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>A change of one bucket.</summary>
/// <param name="Call">Who asks.</param>
/// <param name="Bucket">Its name, validated.</param>
/// <param name="Value">Properties to set (AIStore's BpropsToSet); null when none are given.</param>
public sealed record BucketCommand(CallContext Call, BucketName Bucket, JsonElement? Value);

/// <summary>A request for one page of a bucket's objects.</summary>
/// <param name="Call">Who asks.</param>
/// <param name="Bucket">The bucket; it exists in the call's control document.</param>
/// <param name="Props">Its properties.</param>
/// <param name="Message">What is wanted; the page size is between 1 and the maximum.</param>
public sealed record ListObjectsRequest(
    CallContext Call, BucketName Bucket, BucketProps Props, ListObjectsMessage Message);

/// <summary>Changes buckets: the primary does, through the control plane.</summary>
public interface IBucketCommands
{
    /// <summary>Creates a bucket.</summary>
    /// <exception cref="StoreException">When it exists or a property is invalid.</exception>
    Task CreateAsync(BucketCommand command, CancellationToken cancellation);

    /// <summary>Creates a bucket with the properties of another one; nothing happens when it exists.</summary>
    /// <exception cref="StoreException">When it cannot be created, or the other does not exist.</exception>
    Task CreateLikeAsync(CallContext call, BucketName bucket, BucketName like, CancellationToken cancellation);

    /// <summary>Begins to rename a bucket; neither bucket takes writes of clients until that has ended.</summary>
    /// <exception cref="StoreException">When the new name is taken, or the bucket is being renamed.</exception>
    Task BeginRenameAsync(
        CallContext call, BucketName from, BucketName to, string jobId, CancellationToken cancellation);

    /// <summary>Takes the beginning of a rename back, when its job cannot be started.</summary>
    Task CancelRenameAsync(CallContext call, BucketName from, string jobId, CancellationToken cancellation);

    /// <summary>Destroys a bucket with everything in it.</summary>
    /// <exception cref="StoreException">When it does not exist.</exception>
    Task DestroyAsync(BucketCommand command, CancellationToken cancellation);

    /// <summary>Sets properties.</summary>
    /// <exception cref="StoreException">When the bucket does not exist or a property is invalid.</exception>
    Task SetPropsAsync(BucketCommand command, CancellationToken cancellation);

    /// <summary>Resets properties to the cluster's defaults.</summary>
    /// <exception cref="StoreException">When the bucket does not exist.</exception>
    Task ResetPropsAsync(BucketCommand command, CancellationToken cancellation);
}

/// <summary>Lists objects: a target its own, a proxy those of all targets.</summary>
public interface IObjectLister
{
    /// <summary>One page in bytewise order of names; complete, or an error.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> naming the targets that did not answer.
    /// </exception>
    Task<ObjectPage> ListAsync(ListObjectsRequest request, CancellationToken cancellation);
}

/// <summary>A page of a listing.</summary>
/// <param name="Entries">Entries in bytewise order of their sort keys.</param>
/// <param name="NextToken">Where the next page begins; empty after the last.</param>
/// <param name="Flags">1 when the page may be incomplete.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectPageEntry> Entries, string NextToken, uint Flags);

/// <summary>An entry of a page with what only nodes see.</summary>
/// <param name="Entry">The entry as clients see it.</param>
/// <param name="Stamp">Order among writes of the name; default for a folder.</param>
public readonly record struct ObjectPageEntry(ListEntry Entry, WriteStamp Stamp)
{
    /// <summary>Stands between the name of an archive and the name of a file in it; no object's name contains it.</summary>
    public const char ShardEnd = '\0';

    /// <summary>
    /// In a listing of what is in archives: length of the archive's name, in the entry of an archive itself and of a file
    /// in it. 0 for all else.
    /// </summary>
    public int ShardLength { get; init; }

    /// <summary>The object: for a file in an archive that archive.</summary>
    public string ObjectName => IsMember ? Entry.Name[..ShardLength] : Entry.Name;

    /// <summary>True for a file in an archive.</summary>
    public bool IsMember => ShardLength != 0 && ShardLength < Entry.Name.Length;

    /// <summary>
    /// What the entry sorts by: the name, for a folder with a slash at its end. The files in an archive come right after it,
    /// before any other object.
    /// </summary>
    public string SortKey => ShardLength != 0
        ? string.Concat(Entry.Name.AsSpan(0, ShardLength), [ShardEnd], IsMember ? Entry.Name.AsSpan(ShardLength + 1) : default)
        : (Entry.Flags & ListEntry.DirectoryFlag) != 0 ? Entry.Name + "/" : Entry.Name;
}
