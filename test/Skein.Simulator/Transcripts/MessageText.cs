using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Simulator.World;

namespace Skein.Simulator.Transcripts;

/// <summary>Messages and states in words.</summary>
internal static class MessageText
{
    /// <summary>What made a node take a step.</summary>
    public static string OfCause(object cause) => cause switch
    {
        ConsensusMessage message => $"hears from {message.From}: {Of(message)}",
        Push push => $"is pushed by {push.From}: committed document {Of(push.Document)}",
        Proposal proposal => $"is asked by {proposal.Who} (request {proposal.Id}): {proposal.Change.Describe()}",
        "tick" => "its time is out",
        _ => cause.ToString()!,
    };

    public static string Of(ConsensusMessage message) => message switch
    {
        PreVoteRequest request => $"would you vote for me in {request.Epoch}? I have {request.Last}",
        PreVoteReply reply => reply.Granted
            ? $"I would vote for you in {reply.Proposed}"
            : $"I would not vote for you in {reply.Proposed}; I am in {reply.Epoch}",
        VoteRequest request => $"vote for me in {request.Epoch}; I have {request.Last}"
            + (request.Transfer ? "; the primary told me to stand" : ""),
        VoteReply reply => reply.Granted ? $"you have my vote in {reply.Epoch}" : $"no vote; I am in {reply.Epoch}",
        AppendRequest request => $"I lead {request.Epoch}; newest {request.Stamp}, committed {request.Committed}"
            + (request.Body is null ? "" : ", here it is"),
        AppendReply reply => $"in {reply.Epoch} I hold {reply.Holds}",
        StandNow request => $"stand now, I hand {request.Epoch} over to you",
        DocumentOffer offer => $"I cannot lead; take my document first: {Of(offer.Body)}",
        _ => message.ToString(),
    };

    public static string Of(SealedDocument document) =>
        document.Document.Exists ? $"{document.Stamp} \"{document.Document.LastChange.What}\"" : "none";

    public static string Of(ConsensusRole role) => role switch
    {
        ConsensusRole.Follower => "a follower",
        ConsensusRole.PreCandidate => "asking who would vote for it",
        ConsensusRole.Candidate => "a candidate",
        _ => "the primary",
    };

    public static string Of(ConsensusState state) => state.Accepted.Document.Exists
        ? $"epoch {state.Epoch}, vote \"{state.VotedFor}\", accepted {state.Accepted.Stamp}, committed {state.Committed.Stamp}"
        : "an empty disk";

    /// <summary>A heartbeat, or the answer to one.</summary>
    public static bool IsRoutine(ConsensusMessage message) => message is AppendRequest { Body: null } or AppendReply;
}
