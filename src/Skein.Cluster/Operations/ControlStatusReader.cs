using Skein.Cluster.Consensus;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Operations;

/// <summary>What the control status takes from parts that only some nodes have.</summary>
public sealed record ControlStatusSources
{
    /// <summary>Knows who holds what; null on a target.</summary>
    public Metasyncer? Metasyncer { get; init; }

    /// <summary>Milliseconds that the lease of a target still runs, by its id; 0 for none.</summary>
    public Func<string, long> Lease { get; init; } = static _ => 0;

    /// <summary>What needs a person.</summary>
    public Func<IReadOnlyList<string>> Alerts { get; init; } = static () => [];
}

/// <summary>
/// Says how the control plane is, as this node knows it. Only the primary knows what the others hold and when they were
/// heard of; any other node says so with -1.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="tracker">When nodes were heard of.</param>
/// <param name="sources">What else is known.</param>
public sealed class ControlStatusReader(
    string selfId, MetadataOwner owner, KeepAliveTracker tracker, ControlStatusSources sources)
{
    private const long Unknown = -1;

    /// <summary>Reads it; cheap.</summary>
    public ControlStatus Read()
    {
        var status = owner.Status;
        var current = owner.Current;
        var document = current.Document;
        return new ControlStatus
        {
            Node = selfId,
            Uuid = current.Uuid,
            IsFromPrimary = status.IsEstablished,
            Primary = PrimaryOf(document, status),
            Generation = status.Epoch.Generation,
            Term = status.Epoch.Term,
            Version = current.Stamp.Version,
            Stamp = current.Stamp.ToString(),
            Hash = current.Hash,
            QuorumAge = status.IsEstablished ? (long)owner.QuorumAge.TotalMilliseconds : Unknown,
            Voters = [.. document.Voters.Select(voter => Voter(current, status, voter))],
            Nodes = [.. document.Map.AllNodes.Select(node => Node(current, status, node))],
            Alerts = status.IsEstablished ? sources.Alerts() : [],
            Rebalance = RebalanceOf(document),
        };
    }

    private static ControlRebalance RebalanceOf(ControlDocument document) => new()
    {
        Id = document.Rebalance.Id,
        State = document.Rebalance.Run.State.ToString().ToLowerInvariant(),
        Note = document.Rebalance.Run.Note,
        IsSettled = document.IsSettled,
        OwnersVersion = document.Rebalance.OwnersVersion,
        NotClean = document.IsSettled
            ? []
            : [.. document.Map.Targets.Keys.Where(id => !document.Rebalance.IsClean(id))],
    };

    /// <summary>A voter hears its primary; any other node has it from the document.</summary>
    private string PrimaryOf(ControlDocument document, ConsensusStatus status) =>
        status.PrimaryId.Length != 0 || document.Voters.Any(voter => voter.Id == selfId)
            ? status.PrimaryId
            : document.Map.PrimaryId;

    /// <summary>The state of a node in words.</summary>
    /// <param name="node">The node.</param>
    /// <param name="way">Its way out of service; null when it is on none.</param>
    public static string StateOf(NodeInfo node, NodeTransition? way)
    {
        var words = new List<string>();
        Add(NodeFlags.Down, "down");
        Add(NodeFlags.Suspect, "suspect");
        Add(NodeFlags.NoMountpath, "no mountpath");
        var isDone = way is null && (node.Flags & NodeFlags.MaintenanceDone) != 0;
        Add(NodeFlags.Decommission, "decommission (pending)");
        Add(
            NodeFlags.Maintenance,
            isDone ? "maintenance" : way?.Action == LifecycleAction.Shutdown ? "shutdown (pending)" : "maintenance (pending)");
        return words.Count == 0 ? "online" : string.Join(", ", words);

        void Add(NodeFlags flag, string word)
        {
            if ((node.Flags & flag) != 0)
            {
                words.Add(word);
            }
        }
    }

    private ControlVoter Voter(SealedDocument current, ConsensusStatus status, VoterInfo voter)
    {
        var holds = Holds(current, status, voter.Id);
        return new ControlVoter
        {
            Id = voter.Id,
            IsWitness = voter.IsWitness,
            Incarnation = voter.Incarnation,
            IsStale = current.Document.Map.Find(voter.Id) is not { } node || node.Incarnation != voter.Incarnation,
            Holds = Shown(holds),
            Lag = Lag(current, holds),
            LastHeard = LastHeard(status, voter.Id),
        };
    }

    private ControlNode Node(SealedDocument current, ConsensusStatus status, NodeInfo node)
    {
        var holds = Holds(current, status, node.Id);
        return new ControlNode
        {
            Id = node.Id,
            Role = node.Type,
            Flags = node.FlagBits,
            State = StateOf(node, current.Document.Transitions.GetValueOrDefault(node.Id)),
            Holds = Shown(holds),
            Lag = Lag(current, holds),
            LastHeard = LastHeard(status, node.Id),
            Lease = status.IsEstablished && node.Role == NodeRole.Target ? sources.Lease(node.Id) : 0,
        };
    }

    private DocumentStamp Holds(SealedDocument current, ConsensusStatus status, string id) =>
        id == selfId ? current.Stamp
        : status.IsEstablished && sources.Metasyncer is { } metasyncer ? metasyncer.Held(id)
        : DocumentStamp.None;

    private long LastHeard(ConsensusStatus status, string id) =>
        id == selfId ? 0
        : status.IsEstablished && tracker.SinceHeard(id) is { } since ? (long)since.TotalMilliseconds
        : Unknown;

    private static long Lag(SealedDocument current, DocumentStamp holds) =>
        holds == DocumentStamp.None ? Unknown : Math.Max(0, current.Stamp.Version - holds.Version);

    private static string Shown(DocumentStamp holds) => holds == DocumentStamp.None ? "" : holds.ToString();
}
