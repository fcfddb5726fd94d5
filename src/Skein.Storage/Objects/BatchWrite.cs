using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>One finished write of a batch.</summary>
/// <param name="Writer">Has taken all bytes. Stays the caller's to dispose.</param>
/// <param name="Commit">What goes with them; <see cref="WriteCommit.ExactVersion"/> must be given.</param>
/// <param name="StillWanted">
/// Asked right before the object becomes visible, while nobody else changes the name; null for always.
/// </param>
public sealed record BatchWrite(ObjectWriter Writer, WriteCommit Commit, Func<bool>? StillWanted = null);

/// <summary>What became of one write of a batch.</summary>
/// <param name="Attributes">
/// The object as it is on disk now: the one written, or one that was there and is not older; null when nothing was stored.
/// </param>
/// <param name="Error">Why nothing was stored; null as well when it was not wanted any more.</param>
public sealed record BatchResult(ObjectAttributes? Attributes, StoreException? Error);

/// <summary>An object as it lies on a disk.</summary>
/// <param name="Bucket">Bucket, by the folder.</param>
/// <param name="BucketId">Bucket id, by the object's own metadata.</param>
/// <param name="Name">Name.</param>
/// <param name="Attributes">Attributes.</param>
/// <param name="Mountpath">Where.</param>
public sealed record DiskObject(
    BucketName Bucket, ulong BucketId, string Name, ObjectAttributes Attributes, Mountpath Mountpath);
