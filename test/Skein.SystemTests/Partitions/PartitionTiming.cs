namespace Skein.SystemTests.Partitions;

/// <summary>How quick the cluster is to judge, and how long faults last: some longer than it takes to call a node down.</summary>
/// <param name="Config">Configuration of the cluster where it is not the default; null for none.</param>
/// <param name="FaultMin">Shortest fault.</param>
/// <param name="FaultMax">Longest fault.</param>
/// <param name="HealMin">Shortest time between two faults.</param>
/// <param name="HealMax">Longest time between two faults.</param>
internal sealed record PartitionTiming(
    string? Config, TimeSpan FaultMin, TimeSpan FaultMax, TimeSpan HealMin, TimeSpan HealMax)
{
    /// <summary>The timing that a cluster has by default.</summary>
    public static PartitionTiming Default { get; } =
        new(null, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(22), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12));

    /// <summary>For a short run: leases, and the judgement that a node is down, take about a fourth of the time.</summary>
    public static PartitionTiming Quick { get; } = new(
        """{"skein":{"keepalive_interval":"250ms","lease":"1s","suspect_after":"1s","down_after":"2500ms"}}""",
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(8),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(3));

    /// <summary>Length of the next fault.</summary>
    public TimeSpan Fault(Random random) => FaultMin + ((FaultMax - FaultMin) * random.NextDouble());

    /// <summary>Length of the time after it.</summary>
    public TimeSpan Heal(Random random) => HealMin + ((HealMax - HealMin) * random.NextDouble());
}
