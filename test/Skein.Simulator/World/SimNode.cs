using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;
using Skein.Simulator.Disks;

namespace Skein.Simulator.World;

/// <summary>One simulated node: its disk, its clock, and the core while it is up.</summary>
internal sealed class SimNode(int number, NodeInfo info, NodeStorage storage)
{
    /// <summary>Its place in the list of nodes.</summary>
    public int Number => number;

    public NodeInfo Info { get; set; } = info;

    public string Id => Info.Id;

    public NodeStorage Storage => storage;

    public ConsensusCore? Core { get; set; }

    /// <summary>What the node has published in this life.</summary>
    public SealedDocument Published { get; set; } = SealedDocument.None;

    /// <summary>Counts starts, so that events of an earlier life are dropped.</summary>
    public int Life { get; set; }

    /// <summary>World time of the next tick.</summary>
    public long WakeAt { get; set; } = long.MaxValue;

    /// <summary>Gone for the rest of the run: nobody will ever start it again.</summary>
    public bool IsDead { get; set; }

    /// <summary>The process is stopped until then: it neither runs nor reads.</summary>
    public long PausedUntil { get; set; }

    /// <summary>What its clock shows at the world's time 0.</summary>
    public long ClockOffset { get; set; }

    /// <summary>How fast its clock runs: 1.01 is a percent too fast.</summary>
    public double ClockRate { get; set; } = 1;

    /// <summary>What was seen of its part in elections.</summary>
    public ElectionRecord Elections { get; set; } = new();

    /// <summary>What it has said to others and must not forget.</summary>
    public Promises Promises { get; set; } = new();

    /// <summary>As a primary: when it heard of a node, in world time.</summary>
    public Dictionary<string, long> Heard { get; } = new(StringComparer.Ordinal);

    /// <summary>As a primary: what a node is known to hold.</summary>
    public Dictionary<string, DocumentStamp> Holds { get; } = new(StringComparer.Ordinal);

    /// <summary>As a primary: a node was heard of, and holds that much at least.</summary>
    public void Hear(string id, DocumentStamp? holds, long now)
    {
        Heard[id] = now;
        if (holds is { } stamp && (!Holds.TryGetValue(id, out var known) || stamp > known))
        {
            Holds[id] = stamp;
        }
    }

    /// <summary>Up and not stopped.</summary>
    public bool Runs(long now) => Core is not null && PausedUntil <= now;

    /// <summary>Its clock at a world time.</summary>
    public long LocalTime(long worldTime) => ClockOffset + (long)(worldTime * ClockRate);

    /// <summary>The world time at which its clock will show a time.</summary>
    public long WorldTime(long localTime) => (long)Math.Ceiling((localTime - ClockOffset) / ClockRate);
}
