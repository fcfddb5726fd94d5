using System.Collections.Immutable;
using Skein.Core.Placement;

namespace Skein.Core.Maps;

/// <summary>The targets among which names were spread from one document version on. Immutable.</summary>
public sealed class OwnerSet : IEquatable<OwnerSet>
{
    private readonly ulong[] _digests;

    /// <summary>Makes a set.</summary>
    /// <param name="since">Version of the first document that spread names so.</param>
    /// <param name="targetIds">Ids in bytewise order.</param>
    public OwnerSet(long since, ImmutableArray<string> targetIds)
    {
        Since = since;
        TargetIds = targetIds;
        _digests = [.. targetIds.Select(HrwDigest.OfText)];
    }

    /// <summary>Version of the first document that spread names so.</summary>
    public long Since { get; }

    /// <summary>The targets, by id and in order.</summary>
    public ImmutableArray<string> TargetIds { get; }

    /// <summary>Id of the target that owned the name under this set; empty when the set has none.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    public string Owner(ulong objectDigest)
    {
        var index = Hrw.Choose(objectDigest, _digests);
        return index < 0 ? "" : TargetIds[index];
    }

    /// <summary>True when both have the same targets.</summary>
    public bool HasSameTargets(ReadOnlySpan<string> ids) => TargetIds.AsSpan().SequenceEqual(ids);

    /// <inheritdoc/>
    public bool Equals(OwnerSet? other) =>
        other is not null && Since == other.Since && HasSameTargets(other.TargetIds.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OwnerSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Since, TargetIds.Length);
}
