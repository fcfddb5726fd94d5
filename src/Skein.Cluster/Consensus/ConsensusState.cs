using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <summary>What a node has on disk of the consensus.</summary>
/// <param name="Epoch">The greatest epoch it has taken part in.</param>
/// <param name="VotedFor">Whom it voted for in that epoch; empty for nobody.</param>
/// <param name="Accepted">The newest document it has accepted, committed or not.</param>
/// <param name="Committed">The newest document it knows to be committed.</param>
public sealed record ConsensusState(Epoch Epoch, string VotedFor, SealedDocument Accepted, SealedDocument Committed)
{
    /// <summary>A node that never was in a cluster.</summary>
    public static ConsensusState Blank { get; } = new(default, "", SealedDocument.None, SealedDocument.None);

    /// <summary>
    /// The state with which a node gives a newborn cluster up for another one: it forgets its own document and takes the
    /// other. Nothing is lost, since a newborn cluster has no other member and no bucket.
    /// </summary>
    /// <param name="other">Committed document of the other cluster, with the node in its map.</param>
    /// <param name="self">The node.</param>
    /// <returns>Null when the node's cluster is not newborn, or no longer, or is the other one: then it stays.</returns>
    public ConsensusState? GiveUpFor(SealedDocument other, string self)
    {
        var isNewborn = Accepted.Document.IsNewbornOf(self) && Accepted.Stamp == Committed.Stamp;
        return isNewborn && other.Uuid != Accepted.Uuid
            ? new ConsensusState(new Epoch(other.Stamp.Generation, other.Stamp.Term), "", other, other)
            : null;
    }
}

/// <summary>What a node is in the consensus.</summary>
public enum ConsensusRole
{
    /// <summary>Does not vote, or votes and follows a primary or waits for one.</summary>
    Follower,

    /// <summary>Asks whether it would be elected.</summary>
    PreCandidate,

    /// <summary>Stands for election.</summary>
    Candidate,

    /// <summary>Leads.</summary>
    Primary,
}

/// <summary>A change that somebody wants.</summary>
/// <param name="Id">Number by which its outcome is told.</param>
/// <param name="Change">The change.</param>
/// <param name="Who">On whose request.</param>
/// <param name="Why">Reason, or empty.</param>
public sealed record Proposal(long Id, ControlChange Change, string Who, string Why);

/// <summary>What became of a proposal.</summary>
/// <param name="Id">Number of the proposal.</param>
/// <param name="Document">The committed document that holds it; null when it failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record ProposalOutcome(long Id, SealedDocument? Document, Exception? Error);

/// <summary>
/// What a step wants done, in this order: store <see cref="State"/> durably if <see cref="MustPersist"/>, publish,
/// send, tell outcomes.
/// </summary>
public sealed class ConsensusOutput
{
    /// <summary>True when <see cref="State"/> must be on disk before anything below is done.</summary>
    public bool MustPersist { get; internal set; }

    /// <summary>The state after the step.</summary>
    public ConsensusState State { get; internal set; } = ConsensusState.Blank;

    /// <summary>A document to publish, newly known to be committed; null for none.</summary>
    public SealedDocument? Publish { get; internal set; }

    /// <summary>Messages to send, by the id of the receiver.</summary>
    public List<(string To, ConsensusMessage Message)> Messages { get; } = [];

    /// <summary>Outcomes of proposals.</summary>
    public List<ProposalOutcome> Outcomes { get; } = [];

    /// <summary>Set when two different documents with one stamp were seen: must never happen.</summary>
    public string? Conflict { get; internal set; }

    /// <summary>Time at which to call <see cref="ConsensusCore.Tick"/> if nothing happens before.</summary>
    public long WakeAt { get; internal set; }
}
