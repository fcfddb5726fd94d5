using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <summary>Times of the consensus, in milliseconds, and its bounds.</summary>
public sealed record ConsensusOptions
{
    /// <summary>Interval of the primary's messages to voters.</summary>
    public long Heartbeat { get; init; } = 150;

    /// <summary>Shortest silence after which a voter stands; also how long a voter stays loyal to a primary.</summary>
    public long ElectionMin { get; init; } = 500;

    /// <summary>Longest silence after which a voter stands.</summary>
    public long ElectionMax { get; init; } = 1000;

    /// <summary>Most changes that wait for the document under way.</summary>
    public int MaxPending { get; init; } = 1024;

    /// <summary>Most changes that go into one document.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>For the simulator: a known defect to be found. <see cref="ConsensusMutation.None"/> in production.</summary>
    internal ConsensusMutation Mutation { get; init; }

    /// <summary>Makes bytes and hash of a document; the simulator has a cheaper way.</summary>
    internal Func<ControlDocument, SealedDocument> Seal { get; init; } = ControlDocumentCodec.Seal;
}

/// <summary>Known-bad variants of the core. The simulator must catch each; none is reachable in production.</summary>
internal enum ConsensusMutation
{
    None,
    VoteNotPersisted,
    AnswerBeforePersist,
    NoTermBarrier,
    BlankVoterVotes,
    StaleTermAccepted,
    TwoVotersChangedAtOnce,
    VoteWithoutUpToDateCheck,
    CommitWithMinority,
    NoCheckQuorum,
    WitnessStands,
    PublishBeforeCommit,
    NoRetryOfDocument,
    ForceKeepsGeneration,
    NoLoyalty,
    NoPreVote,
    TransferWithoutCatchUp,
    TwoDocumentsUnderWay,
    CountsOtherTerms,
    AnswersUnconfirmed,
    VotersWithoutLivingMajority,
    WitnessKeepsDocument,
    FenceIgnored,
    StandsOnWithOtherVoters,
}
