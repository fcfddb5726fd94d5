using System.Collections.Immutable;

namespace Skein.Core.Maps;

/// <summary>
/// What is known of data movement (AIStore's RMD): which targets the stored objects are spread over. Immutable.
/// </summary>
/// <param name="Version">Number of the last rebalance; its id on the wire is <c>g</c> and this number.</param>
/// <param name="TargetIds">
/// Targets, by id and in order, over which placement of the stored data is complete. While it differs from the active
/// targets of the cluster map the cluster is unsettled: an object may still lie where it was before.
/// </param>
public sealed record RebalanceMetadata(long Version, ImmutableArray<string> TargetIds)
{
    /// <summary>Nothing stored yet.</summary>
    public static RebalanceMetadata Empty { get; } = new(0, []);

    /// <summary>True when every object lies where the map says.</summary>
    public bool IsSettled(ClusterMap map) =>
        TargetIds.Length == map.ActiveTargets.Count
        && TargetIds.AsSpan().SequenceEqual(map.ActiveTargets.Select(target => target.Id).ToArray());

    /// <summary>Equality by value of the list too.</summary>
    public bool Equals(RebalanceMetadata? other) =>
        other is not null && Version == other.Version && TargetIds.AsSpan().SequenceEqual(other.TargetIds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, TargetIds.Length);
}
