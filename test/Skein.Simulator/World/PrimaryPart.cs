using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;
using Skein.Core.Maps;
using Skein.Simulator.Checks;

namespace Skein.Simulator.World;

/// <summary>What a node has in memory for the time in which it leads.</summary>
internal sealed class PrimaryPart(LeaseMutation mutation)
{
    /// <summary>Grants leases.</summary>
    public LeaseDesk Desk { get; } = new() { Mutation = mutation };

    /// <summary>What a node has said it holds, in a keepalive or as the answer to a push.</summary>
    public Dictionary<string, DocumentStamp> Said { get; } = new(StringComparer.Ordinal);

    /// <summary>When a keepalive of a node came, by this node's steady clock.</summary>
    public Dictionary<string, long> AliveAt { get; } = new(StringComparer.Ordinal);

    /// <summary>Judges the others; null while this node does not lead.</summary>
    public FailureDetector? Detector { get; set; }

    /// <summary>Answers to its questions that it has not heard yet.</summary>
    public List<ProbeReport> Reports { get; } = [];

    /// <summary>For the checks: how many times in a row nobody reached a node.</summary>
    public Dictionary<string, int> FailedRounds { get; } = new(StringComparer.Ordinal);

    /// <summary>For the checks: who was condemned lately.</summary>
    public List<LivenessChecks.Condemned> Condemned { get; } = [];

    public DocumentStamp SaidOf(string id) => Said.GetValueOrDefault(id);
}
