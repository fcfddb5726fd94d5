namespace Skein.Cluster.Rebalance;

/// <summary>What a target has found when it last looked through all its objects; it goes with every keepalive.</summary>
/// <param name="Run">Number of the rebalance in which it looked; 0 before the first.</param>
/// <param name="OwnersVersion">Version that began the set of owners by which it looked.</param>
/// <param name="IsClean">
/// True when it holds nothing that belongs elsewhere under that set, on disk, also after a loss of power, and no write
/// that was let in under an earlier set is under way.
/// </param>
public sealed record RebalanceReport(long Run, long OwnersVersion, bool IsClean);
