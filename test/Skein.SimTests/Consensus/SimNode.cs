using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.SimTests.Consensus;

/// <summary>One simulated node: what is on its disk, and the core while it is up.</summary>
internal sealed class SimNode(NodeInfo info)
{
    public NodeInfo Info { get; set; } = info;

    public string Id => Info.Id;

    /// <summary>Survives a crash.</summary>
    public ConsensusState Disk { get; set; } = ConsensusState.Blank;

    public ConsensusCore? Core { get; set; }

    public SealedDocument Published { get; set; } = SealedDocument.None;

    /// <summary>Counts starts, so that events of an earlier life are dropped.</summary>
    public int Life { get; set; }

    public long WakeAt { get; set; } = long.MaxValue;

    /// <summary>The process is stopped until then: it neither runs nor reads.</summary>
    public long PausedUntil { get; set; }

    /// <summary>Local clock = world time + skew; only differences matter to the core.</summary>
    public long Skew { get; set; }

    public Dictionary<string, long> Heard { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, DocumentStamp> Holds { get; } = new(StringComparer.Ordinal);
}
