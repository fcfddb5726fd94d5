using Skein.Core.Errors;

namespace Skein.Core.Maps;

/// <summary>A change of what is known of data movement.</summary>
public abstract record RebalanceChange : ControlChange
{
    /// <summary>Ends the run, when one is running.</summary>
    private protected static ControlDocument End(ControlDocument current, RebalanceState state, string note) =>
        current.Rebalance.Run.IsRunning
            ? current with { Rebalance = current.Rebalance with { Run = current.Rebalance.RunAs(state, note) } }
            : current;
}

/// <summary>Begins a rebalance.</summary>
public sealed record StartRebalance : RebalanceChange
{
    /// <inheritdoc/>
    public override string Describe() => "start rebalance";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current) => current.Map.ActiveTargets.Count == 0
        ? throw new StoreException(StoreErrorCode.InvalidRequest, "there are no active targets: nothing to rebalance")
        : WithSettled(current with { Rebalance = current.Rebalance.Begin() });
}

/// <summary>Stops the rebalance that runs; nothing happens when none does.</summary>
/// <param name="Why">What is shown for it.</param>
public sealed record StopRebalance(string Why) : RebalanceChange
{
    /// <inheritdoc/>
    public override string Describe() => "stop rebalance";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current) => End(current, RebalanceState.Stopped, Why);
}

/// <summary>
/// The rebalance that runs ends although the data is not settled: those who could be asked have done what they can.
/// </summary>
/// <param name="Note">What is left, and why.</param>
public sealed record EndRebalance(string Note) : RebalanceChange
{
    /// <inheritdoc/>
    public override string Describe() => "end rebalance";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current) => End(current, RebalanceState.Finished, Note);
}

/// <summary>
/// Targets have said that they hold nothing that belongs elsewhere under the set of owners that began with a version. When
/// every target of the map has, the data is settled and the rebalance is over.
/// </summary>
/// <param name="TargetIds">Who has said so.</param>
/// <param name="OwnersVersion">Under which set.</param>
public sealed record NoteCleanTargets(IReadOnlyList<string> TargetIds, long OwnersVersion) : RebalanceChange
{
    /// <inheritdoc/>
    public override string Describe() => $"clean under v{OwnersVersion}: {string.Join(", ", TargetIds)}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var rebalance = current.Rebalance;
        if (rebalance.IsSettled || rebalance.OwnersVersion != OwnersVersion)
        {
            return current; // said of a set that is no more
        }
        var clean = rebalance.Clean;
        foreach (var id in TargetIds.Where(current.Map.Targets.ContainsKey))
        {
            clean = clean.SetItem(id, OwnersVersion);
        }
        var next = WithSettled(current with { Rebalance = rebalance with { Clean = clean } });
        return next.Rebalance == rebalance ? current : next;
    }
}
