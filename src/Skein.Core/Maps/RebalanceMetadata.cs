using System.Collections.Immutable;
using System.Globalization;
using Skein.Core.Placement;

namespace Skein.Core.Maps;

/// <summary>
/// What is known of data movement (AIStore's RMD): over which sets of targets the stored objects have been spread since
/// all of them lay where the map said. Immutable.
/// </summary>
/// <param name="Version">Number of the last rebalance; its id on the wire is <c>g</c> and this number.</param>
/// <param name="Owners">
/// The sets, oldest first. Placement over the first is complete; the last is the present one. Of equal sets after the
/// first and before the last only the latest is kept: whoever owned a name under the earlier one is found by it. With one
/// set the cluster is settled: an object lies where the map says or nowhere.
/// </param>
/// <param name="IsCut">True when sets were left out: then an object may lie on any target.</param>
public sealed record RebalanceMetadata(long Version, ImmutableArray<OwnerSet> Owners, bool IsCut = false)
{
    /// <summary>No target is known to be clean.</summary>
    public static ImmutableSortedDictionary<string, long> NoneClean { get; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Most sets that are remembered. One more, and an object may lie anywhere.</summary>
    public const int MaxOwnerSets = 16;

    /// <summary>Nothing stored yet.</summary>
    public static RebalanceMetadata Empty { get; } = new(0, []);

    /// <summary>
    /// What targets have said of themselves, by id: the target holds no object that it does not own under the set that
    /// began with that version, or under a later one. Only of targets since the data was last settled.
    /// </summary>
    public ImmutableSortedDictionary<string, long> Clean { get; init; } = NoneClean;

    /// <summary>The last global rebalance.</summary>
    public RebalanceRun Run { get; init; } = RebalanceRun.None;

    /// <summary>Id of the last rebalance on the wire; empty before the first.</summary>
    public string Id => Version == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"g{Version}");

    /// <summary>Targets over which placement of the stored data is complete, by id and in order.</summary>
    public ImmutableArray<string> TargetIds => Owners.IsEmpty ? [] : Owners[0].TargetIds;

    /// <summary>
    /// Version of the document that last changed who owns which names; 0 before any target came. A write of a name under
    /// a later version is newer than every write of it under an earlier one.
    /// </summary>
    public long OwnersVersion => Owners.IsEmpty ? 0 : Owners[^1].Since;

    /// <summary>True when every object lies where the map says.</summary>
    public bool IsSettled => Owners.Length <= 1 && !IsCut;

    /// <summary>What is known after the set of active targets has become another.</summary>
    /// <param name="targetIds">The active targets, by id and in order.</param>
    /// <param name="version">Version of the document that brings the change.</param>
    /// <param name="hasData">False when nothing can be stored, so that the new set is complete at once.</param>
    public RebalanceMetadata After(ImmutableArray<string> targetIds, long version, bool hasData)
    {
        if (!Owners.IsEmpty && Owners[^1].HasSameTargets(targetIds.AsSpan()))
        {
            return hasData || IsSettled ? this : Settled();
        }
        var next = new OwnerSet(version, targetIds);
        if (!hasData || Owners.IsEmpty)
        {
            return this with { Owners = [next], IsCut = false, Clean = NoneClean };
        }
        // Two changes in one document: nobody ever wrote under the set between them. Earlier sets that are equal to the last
        // one go when the next document brings another: until then it may still be such a set between, and they must stay.
        var last = Owners[^1];
        var kept = last.Since == version && Owners.Length > 1
            ? Owners.RemoveAt(Owners.Length - 1)
            : [Owners[0], .. Owners.Skip(1).Where(owners => owners == last || !owners.HasSameTargets(last.TargetIds.AsSpan()))];
        return kept.Length < MaxOwnerSets
            ? this with { Owners = kept.Add(next) }
            : this with { Owners = kept.RemoveAt(1).Add(next), IsCut = true };
    }

    /// <summary>All objects lie where the present set says: nothing is stored, or it has been moved.</summary>
    public RebalanceMetadata Settled() => Owners.IsEmpty ? this : this with
    {
        Owners = [Owners[^1]],
        IsCut = false,
        Clean = NoneClean,
        Run = Run.IsRunning || Run.Note.Length != 0 ? new RebalanceRun(RebalanceState.Finished, "", OwnersVersion) : Run,
    };

    /// <summary>
    /// After a forced recovery: the lost voters may have known of owners that nobody remembers now, so an object may lie on
    /// any target, and whoever holds a lease may hold it under any of those.
    /// </summary>
    /// <param name="version">Version of the document of the recovery.</param>
    /// <param name="hasData">False when nothing can be stored.</param>
    public RebalanceMetadata AfterLoss(long version, bool hasData) => Owners.IsEmpty || !hasData ? this : this with
    {
        Owners = [Owners[0], new OwnerSet(version, Owners[^1].TargetIds)],
        IsCut = true,
        Clean = NoneClean,
    };

    /// <summary>A new rebalance.</summary>
    public RebalanceMetadata Begin() =>
        this with { Version = Version + 1, Run = new RebalanceRun(RebalanceState.Running, "", OwnersVersion) };

    /// <summary>The present rebalance in another state.</summary>
    internal RebalanceRun RunAs(RebalanceState state, string note) => new(state, note, OwnersVersion);

    /// <summary>True when the target has said that it is clean under the present set of owners.</summary>
    public bool IsClean(string targetId) => Clean.TryGetValue(targetId, out var since) && since >= OwnersVersion;

    /// <summary>
    /// True when the target may hold an object that belongs elsewhere, or one that it owns under a set since it was clean.
    /// </summary>
    public bool MayHold(string targetId) => !Clean.TryGetValue(targetId, out var since)
        || Owners.Any(owners => owners.Since >= since && owners.TargetIds.Contains(targetId));

    /// <summary>
    /// Ids of the other targets that may hold a copy of the name which is newer than one that was written under
    /// <paramref name="writtenUnder"/>, latest owner first. Null when it may be any target.
    /// </summary>
    /// <param name="self">The target that asks; left out.</param>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    /// <param name="writtenUnder">
    /// <see cref="OwnersVersion"/> under which the copy at hand was written; a negative number for no copy.
    /// </param>
    public IReadOnlyList<string>? Holders(string self, ulong objectDigest, long writtenUnder)
    {
        if (IsSettled || writtenUnder >= OwnersVersion)
        {
            return [];
        }
        if (IsCut)
        {
            return null;
        }
        var found = new List<string>();
        for (var i = Owners.Length - 1; i >= 0; i--)
        {
            if (i < Owners.Length - 1 && Owners[i + 1].Since <= writtenUnder)
            {
                break;
            }
            var owner = Owners[i].Owner(objectDigest);
            var isEmptied = Clean.TryGetValue(owner, out var since) && Owners[i].Since < since;
            if (owner.Length != 0 && owner != self && !isEmptied && !found.Contains(owner))
            {
                found.Add(owner);
            }
        }
        return found;
    }

    /// <summary>
    /// True when a target may take writes of the name: it owns it now, and in every set under which another target may
    /// still hold a lease.
    /// </summary>
    /// <param name="targetId">The target.</param>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    /// <param name="floor">Version below which no lease is valid any more.</param>
    public bool MayWrite(string targetId, ulong objectDigest, long floor)
    {
        if (Owners.IsEmpty || Owners[^1].Owner(objectDigest) != targetId)
        {
            return false;
        }
        if (floor >= OwnersVersion)
        {
            return true;
        }
        if (IsCut && floor < Owners[1].Since)
        {
            return false; // the sets between the first and the second are not known any more
        }
        for (var i = Owners.Length - 2; i >= 0 && Owners[i + 1].Since > floor; i--)
        {
            var owner = Owners[i].Owner(objectDigest);
            if (owner.Length != 0 && owner != targetId)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Equality by value of the list too.</summary>
    public bool Equals(RebalanceMetadata? other) =>
        other is not null && Version == other.Version && IsCut == other.IsCut
        && Owners.AsSpan().SequenceEqual(other.Owners.AsSpan())
        && Run == other.Run && Clean.SequenceEqual(other.Clean);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Owners.Length);
}
