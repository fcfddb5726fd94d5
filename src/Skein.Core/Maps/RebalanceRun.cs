namespace Skein.Core.Maps;

/// <summary>Where a global rebalance stands.</summary>
public enum RebalanceState
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>The targets move what lies elsewhere than the map says.</summary>
    Running,

    /// <summary>It has ended by itself. Without a note every object lies where the map says.</summary>
    Finished,

    /// <summary>An administrator has stopped it.</summary>
    Stopped,
}

/// <summary>The last global rebalance. Its number is <see cref="RebalanceMetadata.Version"/>.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Note">What is left to be done, and why; empty when nothing is.</param>
/// <param name="OwnersVersion">The owners by which it moved objects last.</param>
public sealed record RebalanceRun(RebalanceState State, string Note, long OwnersVersion)
{
    /// <summary>No rebalance yet.</summary>
    public static RebalanceRun None { get; } = new(RebalanceState.None, "", 0);

    /// <summary>True while targets move objects.</summary>
    public bool IsRunning => State == RebalanceState.Running;
}
