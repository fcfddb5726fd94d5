using Skein.Cluster.Consensus;

namespace Skein.SimTests.Consensus;

internal sealed record SimOptions
{
    public int Seed { get; init; } = 1;

    public int Proxies { get; init; } = 3;

    public int Targets { get; init; } = 2;

    /// <summary>Simulated milliseconds with faults.</summary>
    public long FaultTime { get; init; } = 20_000;

    /// <summary>Simulated milliseconds after the last fault within which all must be well.</summary>
    public long QuietTime { get; init; } = 12_000;

    public double Loss { get; init; } = 0.05;

    public double Duplication { get; init; } = 0.05;

    public bool Wipes { get; init; }

    public ConsensusMutation Mutation { get; init; }
}

/// <summary>A property that must never fail did. The message begins with the name of the checker.</summary>
internal sealed class ViolationException(string message) : Exception(message);
