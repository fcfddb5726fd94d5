using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <summary>What voters say to each other. Any message may be lost, repeated, delayed or overtaken.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender.</param>
public abstract record ConsensusMessage(string From, string Incarnation, string Uuid, Epoch Epoch);

/// <summary>Would you vote for me? Asked before a term is begun, so that a cut-off node disturbs nobody.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">The epoch that the sender would begin.</param>
/// <param name="Last">The newest document that the sender has accepted.</param>
public sealed record PreVoteRequest(string From, string Incarnation, string Uuid, Epoch Epoch, DocumentStamp Last)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>Answer to <see cref="PreVoteRequest"/>.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender.</param>
/// <param name="Proposed">The epoch that was asked about.</param>
/// <param name="Granted">True for yes.</param>
public sealed record PreVoteReply(
    string From, string Incarnation, string Uuid, Epoch Epoch, Epoch Proposed, bool Granted)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>Vote for me.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">The epoch in which the sender stands.</param>
/// <param name="Last">The newest document that the sender has accepted.</param>
/// <param name="Transfer">True when the primary itself told the sender to stand.</param>
public sealed record VoteRequest(
    string From, string Incarnation, string Uuid, Epoch Epoch, DocumentStamp Last, bool Transfer)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>Answer to <see cref="VoteRequest"/>.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender after the request.</param>
/// <param name="Granted">True for yes, in that epoch.</param>
public sealed record VoteReply(string From, string Incarnation, string Uuid, Epoch Epoch, bool Granted)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>I am the primary; this is the document. The body goes along only where it is needed.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender.</param>
/// <param name="Stamp">The newest document of the primary, committed or not.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Committed">The newest document that is committed.</param>
/// <param name="Body">The newest document itself; null when the receiver is believed to hold it.</param>
/// <param name="SentAt">Primary's clock in milliseconds; comes back in the answer.</param>
public sealed record AppendRequest(
    string From,
    string Incarnation,
    string Uuid,
    Epoch Epoch,
    DocumentStamp Stamp,
    string Hash,
    DocumentStamp Committed,
    SealedDocument? Body,
    long SentAt)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>Answer to <see cref="AppendRequest"/>.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender; greater than the request's when the primary is deposed.</param>
/// <param name="Holds">The newest document that the sender has on disk.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="SentAt">From the request.</param>
public sealed record AppendReply(
    string From, string Incarnation, string Uuid, Epoch Epoch, DocumentStamp Holds, string Hash, long SentAt)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>Primary to the one that shall follow it: stand now.</summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender.</param>
public sealed record StandNow(string From, string Incarnation, string Uuid, Epoch Epoch)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);

/// <summary>
/// One that votes but cannot lead, to one that would lead with an older document: take mine first. Without it the loss of
/// the only other voter that has the document would end the cluster.
/// </summary>
/// <param name="From">Id of the sender.</param>
/// <param name="Incarnation">Incarnation of the sender.</param>
/// <param name="Uuid">Cluster of the sender.</param>
/// <param name="Epoch">Epoch of the sender.</param>
/// <param name="Body">The newest document that the sender has accepted.</param>
public sealed record DocumentOffer(string From, string Incarnation, string Uuid, Epoch Epoch, SealedDocument Body)
    : ConsensusMessage(From, Incarnation, Uuid, Epoch);
