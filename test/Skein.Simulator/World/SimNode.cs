using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;
using Skein.Simulator.Disks;

namespace Skein.Simulator.World;

/// <summary>One simulated node: its disk, its clock, and the core while it is up.</summary>
internal sealed class SimNode(int number, NodeInfo info, NodeStorage storage)
{
    /// <summary>What the ids of founders begin with.</summary>
    public const string Founder = "founder";

    private const long StartedAt = 1_000_000;

    /// <summary>A node with an empty disk and a clock of its own.</summary>
    public static SimNode Create(SimWorld world, string role, string letter, int number, bool realFiles)
    {
        var port = (letter == Founder ? 3000 : role == NodeRoles.Proxy ? 1000 : 2000) + number;
        var info = new NodeInfo
        {
            PublicNet = NodeAddress.Create("http", "sim", port),
            ControlNet = NodeAddress.Create("http", "sim", port + 10_000),
            DataNet = NodeAddress.Create("http", "sim", port + 20_000),
            Type = role,
            Id = letter + number.ToString(CultureInfo.InvariantCulture),
            Incarnation = world.NextIncarnation(),
        };
        var disk = realFiles ? new SimDisk(world.Random, world.Variant.Disk) : null;
        return new SimNode(world.Nodes.Count, info, new NodeStorage(disk, world.Variant.Disk))
        {
            ClockOffset = world.Random.Next(0, 1_000_000),
            IsFounder = letter == Founder,
            ClockRate = 1 + (world.Scenario.Drift * ((2 * world.Random.NextDouble()) - 1)),
        };
    }

    /// <summary>Its place in the list of nodes.</summary>
    public int Number => number;

    public NodeInfo Info { get; set; } = info;

    public string Id => Info.Id;

    public NodeStorage Storage => storage;

    public ConsensusCore? Core { get; set; }

    /// <summary>What the node has published in this life.</summary>
    public SealedDocument Published { get; private set; } = SealedDocument.None;

    /// <summary>Its lease and the gate of its writes, in this life.</summary>
    public TargetPart Target { get; private set; } = null!;

    /// <summary>What it knows as a primary, in this life.</summary>
    public PrimaryPart Primary { get; private set; } = null!;

    /// <summary>A proxy that is started with --bootstrap and knows the URLs of the others.</summary>
    public bool IsFounder { get; init; }

    /// <summary>Cluster of the newest document on its disk; empty for none.</summary>
    public string Uuid => storage.Stored.Accepted.Uuid;

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

    /// <summary>So long its machine has slept in all: its steady clock stood still.</summary>
    public long Slept { get; set; }

    /// <summary>By so much its clock on the wall is ahead of the one of the consensus.</summary>
    public long WallAhead { get; set; }

    /// <summary>World time when its clock last jumped back; one that only goes on never does that.</summary>
    public long JumpedBackAt { get; set; } = long.MinValue / 2;

    /// <summary>World time until which nobody reaches its data network.</summary>
    public long DataCutUntil { get; set; }

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

    /// <summary>A new life, or another cluster: nothing is in memory but what is on disk.</summary>
    public void Forget(SimWorld world, SealedDocument published)
    {
        Heard.Clear();
        Holds.Clear();
        Target = new TargetPart(world, this);
        Primary = new PrimaryPart(world.Variant.Lease);
        Publish(published);
    }

    /// <summary>Makes a document the present one.</summary>
    public void Publish(SealedDocument document)
    {
        Published = document;
        Target.Publish(document);
    }

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

    /// <summary>Its clock that never jumps, but stands still while the machine sleeps.</summary>
    public long SteadyTime(long worldTime) => (long)((worldTime + StartedAt) * ClockRate) - Slept;

    /// <summary>Its clock on the wall.</summary>
    public long WallTime(long worldTime) => LocalTime(worldTime) + WallAhead;

    /// <summary>The world time at which its clock will show a time.</summary>
    public long WorldTime(long localTime) => (long)Math.Ceiling((localTime - ClockOffset) / ClockRate);
}
