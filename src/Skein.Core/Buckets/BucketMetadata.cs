using System.Collections.Immutable;

namespace Skein.Core.Buckets;

/// <summary>All buckets of the cluster with their properties (AIStore's BMD). Immutable.</summary>
/// <param name="Buckets">Properties by full name.</param>
/// <param name="Uuid">Id of the bucket metadata; the cluster's id.</param>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="LastBucketNumber">The greatest bucket number ever given, so that no bucket id is used twice.</param>
public sealed record BucketMetadata(
    ImmutableSortedDictionary<BucketName, BucketProps> Buckets, string Uuid, long Version, long LastBucketNumber)
{
    /// <summary>Top bit of the id of every bucket of the provider <c>ais</c>.</summary>
    public const ulong AisIdFlag = 1UL << 63;

    /// <summary>No buckets, version 0.</summary>
    public static BucketMetadata Empty { get; } =
        new(ImmutableSortedDictionary<BucketName, BucketProps>.Empty, "", 0, 0);

    /// <summary>The properties of a bucket; null when there is no such bucket.</summary>
    public BucketProps? Find(BucketName name) => Buckets.TryGetValue(name, out var props) ? props : null;
}
