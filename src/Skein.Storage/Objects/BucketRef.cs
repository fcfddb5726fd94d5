using Skein.Core.Buckets;

namespace Skein.Storage.Objects;

/// <summary>What the disks need to know of a bucket. Make one per bucket and change of its properties, not per request.</summary>
/// <param name="Name">The bucket's full name.</param>
/// <param name="Id">
/// The bucket's id, unique among all buckets that ever had this name: objects written under another id are invisible.
/// </param>
/// <param name="ChecksumType">One of <see cref="Core.Objects.ChecksumTypes.All"/>.</param>
/// <param name="Versioning">True when objects get the versions "1", "2", ...</param>
/// <param name="Durability">When a write counts as done.</param>
public sealed record BucketRef(
    BucketName Name, ulong Id, string ChecksumType, bool Versioning, DurabilityPolicy Durability)
{
    /// <summary>The unique name, computed once: with the object name it decides the mountpath.</summary>
    internal string Uname { get; } = Name.Uname;
}
