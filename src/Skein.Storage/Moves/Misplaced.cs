using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.Storage.Moves;

/// <summary>An object that does not lie where it belongs.</summary>
/// <param name="From">Where it lies.</param>
/// <param name="To">Where it belongs.</param>
/// <param name="Bucket">Bucket.</param>
/// <param name="Name">Name.</param>
/// <param name="Digest">Placement digest of bucket and name.</param>
/// <param name="Stamp">The copy that was seen.</param>
/// <param name="Size">Size in bytes.</param>
internal sealed record Misplaced(
    StorageUnit From, StorageUnit To, BucketRef Bucket, string Name, ulong Digest, WriteStamp Stamp, long Size);
