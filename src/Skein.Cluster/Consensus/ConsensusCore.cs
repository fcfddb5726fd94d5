using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Consensus;

/// <summary>
/// State-based Raft (Ongaro and Ousterhout, 2014, with the whole state in place of the log) as a step function without
/// I/O, clock or threads. What is replicated is one document; the next one replaces it. The rules:
/// <list type="number">
/// <item>Epoch, vote and accepted document are on disk before any answer leaves.</item>
/// <item>A voter votes once in an epoch, and only for one whose document is not older than its own.</item>
/// <item>A new primary first commits the document anew, stamped with its own term; only then it takes changes.</item>
/// <item>A document is committed when a majority of its own voters has it on disk; one is under way at a time.</item>
/// <item>A document adds or removes at most one voter, compared with the one before, and only while a majority of the new
/// voters answers.</item>
/// <item>A voter counts only in the incarnation that the document names: a wiped voter is none.</item>
/// <item>A voter that hears its primary votes for nobody else, unless the primary itself asks for it.</item>
/// <item>A primary that hears no majority for an election timeout steps down.</item>
/// <item>After a forced recovery there is a new generation: a node that knows of it and still holds a document of an older
/// one neither stands nor votes.</item>
/// </list>
/// Every node runs it; a node that the document does not name as a voter only learns.
/// </summary>
public sealed partial class ConsensusCore
{
    /// <summary>A forced recovery raises the version by so much: nothing that was lost has a greater one.</summary>
    private const int ForcedVersionStep = 1000;

    private const int ForcedTermSpread = 1000;

    private readonly ConsensusOptions _options;
    private readonly string _self;
    private readonly string _incarnation;
    private readonly Random _random;
    private readonly List<Proposal> _pending = [];
    private readonly List<(Proposal Proposal, StoreException? Refusal)> _underWay = [];
    private readonly List<(ProposalOutcome Outcome, long At)> _decided = [];
    private readonly HashSet<string> _votes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PeerProgress> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Incarnation, long SentAt)> _answers = new(StringComparer.Ordinal);
    private ConsensusState _state;
    private ConsensusOutput _output = new();
    private long _now;
    private long _deadline;
    private long _heardPrimary = long.MinValue / 2;
    private long _graceSince;
    private long _expectedWake;
    private string _transferTo = "";
    private long _transferUntil;

    /// <summary>Starts from what is on disk.</summary>
    /// <param name="self">Node id.</param>
    /// <param name="incarnation">Incarnation of this metadata folder.</param>
    /// <param name="loaded">State on disk.</param>
    /// <param name="options">Times.</param>
    /// <param name="random">Source of election timeouts.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public ConsensusCore(
        string self, string incarnation, ConsensusState loaded, ConsensusOptions options, Random random, long now)
    {
        _self = self;
        _incarnation = incarnation;
        _state = loaded;
        _options = options;
        _random = random;
        _now = now;
        _expectedWake = now;
        ResetDeadline(first: true);
    }

    /// <summary>What the node is now.</summary>
    public ConsensusRole Role { get; private set; }

    /// <summary>What must be on disk now.</summary>
    public ConsensusState State => _state;

    /// <summary>The present epoch.</summary>
    public Epoch Epoch => _state.Epoch;

    /// <summary>The newest document known to be committed.</summary>
    public SealedDocument Committed => _state.Committed;

    /// <summary>True while this node hands the lead over and takes no changes.</summary>
    public bool IsTransferring => _transferTo.Length != 0;

    /// <summary>The newest document accepted.</summary>
    public SealedDocument Accepted => _state.Accepted;

    /// <summary>Id of the primary that was last heard in this epoch; empty when none.</summary>
    public string PrimaryId { get; private set; } = "";

    /// <summary>True when this node leads and its own term's first document is committed: it may take changes.</summary>
    public bool IsEstablished =>
        Role == ConsensusRole.Primary && EpochOf(_state.Committed.Stamp) == _state.Epoch;

    /// <summary>
    /// For a primary: the time of its clock until which a majority is known to have followed it; it was sent then.
    /// </summary>
    public long QuorumHeardAt => Role == ConsensusRole.Primary ? MajorityTime() : long.MinValue / 2;

    /// <summary>Time has passed.</summary>
    public ConsensusOutput Tick(long now)
    {
        Begin(now);
        if (now - _expectedWake > 2 * _options.Heartbeat)
        {
            // This node was paused or starved: that says nothing about the others. They get their time anew.
            _graceSince = now;
            ResetDeadline();
        }
        if (Role == ConsensusRole.Primary)
        {
            CheckQuorum();
            if (Role == ConsensusRole.Primary)
            {
                if (_transferTo.Length != 0 && now >= _transferUntil)
                {
                    _transferTo = "";
                    StartNext();
                }
                Replicate(force: false);
            }
        }
        else if (now >= _deadline && MayStand())
        {
            StartPreVote();
        }
        return End();
    }

    /// <summary>A message has come.</summary>
    public ConsensusOutput Receive(ConsensusMessage message, long now)
    {
        Begin(now);
        if (_state.Accepted.Document.Exists && message.Uuid == _state.Accepted.Uuid)
        {
            switch (message)
            {
                case PreVoteRequest request: OnPreVoteRequest(request); break;
                case PreVoteReply reply: OnPreVoteReply(reply); break;
                case VoteRequest request: OnVoteRequest(request); break;
                case VoteReply reply: OnVoteReply(reply); break;
                case AppendRequest request: OnAppendRequest(request); break;
                case AppendReply reply: OnAppendReply(reply); break;
                case StandNow request: OnStandNow(request); break;
                case DocumentOffer offer: OnDocumentOffer(offer); break;
            }
        }
        return End();
    }

    /// <summary>Somebody wants a change. The outcome comes in this or a later output.</summary>
    public ConsensusOutput Propose(Proposal proposal, long now)
    {
        Begin(now);
        if (Role != ConsensusRole.Primary)
        {
            FailUndone(proposal.Id, "this node is not the primary: ask again");
        }
        else if (_pending.Count + _decided.Count >= _options.MaxPending)
        {
            Fail(proposal, "too many changes wait for the majority: ask again");
        }
        else
        {
            _pending.Add(proposal);
            StartNext();
        }
        return End();
    }

    /// <summary>
    /// Takes a document that is known to be committed: from a join, a push or a pull. Documents of another cluster, and
    /// older ones, change nothing.
    /// </summary>
    public ConsensusOutput LearnCommitted(SealedDocument document, long now)
    {
        Begin(now);
        var current = _state.Committed;
        if (current.Document.Exists && document.Uuid != current.Uuid)
        {
            return End();
        }
        if (document.Stamp == current.Stamp && document.Hash != current.Hash)
        {
            _output.Conflict = $"two committed documents at {document.Stamp}: {current.Hash} and {document.Hash}";
            return End();
        }
        if (document.Stamp > current.Stamp)
        {
            var reign = EpochOf(document.Stamp);
            if (reign > _state.Epoch)
            {
                StepDown(reign);
            }
            if (document.Stamp > _state.Accepted.Stamp || !_state.Accepted.Document.Exists)
            {
                SetState(_state with { Accepted = document });
                StandAnew();
            }
            Commit(document);
        }
        return End();
    }

    /// <summary>
    /// Hands the lead over to another voter; takes no changes until that one leads or an election timeout is over.
    /// </summary>
    /// <exception cref="StoreException">When this node does not lead or the other cannot lead.</exception>
    public ConsensusOutput Transfer(string to, long now)
    {
        Begin(now);
        var voter = _state.Accepted.Document.Voters.FirstOrDefault(candidate => candidate.Id == to);
        if (!IsEstablished || voter is null || voter.IsWitness || to == _self
            || !_state.Accepted.Document.Map.Proxies.TryGetValue(to, out var node) || !node.IsElectable)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{to} cannot take over: it is no electable voter, or this node does not lead");
        }
        _transferTo = to;
        _transferUntil = now + _options.ElectionMax;
        TryHandOver();
        return End();
    }

    /// <summary>
    /// Leads on an administrator's word although the majority of the voters is gone for good: adopts a document, makes
    /// itself the only voter, and begins a new generation, so that nothing the old voters do counts any more.
    /// </summary>
    /// <param name="adopt">The newest document that could be found, of this node's cluster.</param>
    /// <param name="self">This node as it describes itself; an electable proxy.</param>
    /// <param name="who">Who ordered it.</param>
    /// <param name="why">Reason, or empty.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <exception cref="StoreException">When this node cannot lead or the document is of another cluster.</exception>
    public ConsensusOutput Force(SealedDocument adopt, NodeInfo self, string who, string why, long now)
    {
        Begin(now);
        var newest = _state.Accepted.Document.Exists && _state.Accepted.Stamp > adopt.Stamp ? _state.Accepted : adopt;
        if (!newest.Document.Exists || !self.IsElectable
            || (_state.Accepted.Document.Exists && _state.Accepted.Uuid != newest.Uuid))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{self.DisplayName} cannot be made the primary: it must be an electable proxy with a document of the cluster");
        }
        StepDown(_state.Epoch);
        var generation = Math.Max(newest.Stamp.Generation, _state.Epoch.Generation)
            + (_options.Mutation == ConsensusMutation.ForceKeepsGeneration ? 0 : 1);
        // Two administrators who force two nodes at once make two different terms, so that one of them gives way.
        var term = Math.Max(newest.Stamp.Term, _state.Epoch.Term) + 1 + _random.Next(ForcedTermSpread);
        SetState(_state with { Epoch = new Epoch(generation, term), VotedFor = _self, Accepted = newest });
        BecomePrimary();
        var document = new SetPrimary(_self).Apply(new AddNode(self).Apply(newest.Document)) with
        {
            Voters = [new VoterInfo(_self, _incarnation, false)],
        };
        document = document with
        {
            Rebalance = document.Rebalance.AfterLoss(
                newest.Stamp.Version + ForcedVersionStep, hasData: !document.Buckets.Buckets.IsEmpty),
        };
        Accept(
            ContactUrls.Apply(document),
            $"p[{_self}] is forced to be the primary, generation {generation}; what only the lost voters knew is lost",
            who, why, ForcedVersionStep);
        return End();
    }

    private static Epoch EpochOf(DocumentStamp stamp) => new(stamp.Generation, stamp.Term);

    private void Begin(long now)
    {
        _output = new ConsensusOutput();
        _now = Math.Max(_now, now);
    }

    private ConsensusOutput End()
    {
        _output.State = _state;
        _output.WakeAt = Role == ConsensusRole.Primary ? NextHeartbeat() : MayStand() ? _deadline : _now + 60_000;
        _expectedWake = _output.WakeAt;
        return _output;
    }

    private void SetState(ConsensusState next)
    {
        if (next != _state)
        {
            _state = next;
            _output.MustPersist = true;
        }
    }

    private void Send(string to, ConsensusMessage message) => _output.Messages.Add((to, message));

    private void FailUndone(long id, string reason) => _output.Outcomes.Add(
        new ProposalOutcome(id, null, new StoreException(StoreErrorCode.NotReady, reason) { IsUndone = true }));

    private void Fail(Proposal proposal, string reason) => _output.Outcomes.Add(
        new ProposalOutcome(proposal.Id, null, new StoreException(StoreErrorCode.NotReady, reason)));

    private VoterInfo? Self(ControlDocument document) =>
        document.Voters.FirstOrDefault(voter => voter.Id == _self && CountsAs(voter, _incarnation));

    private bool CountsAs(VoterInfo voter, string incarnation) =>
        voter.Incarnation == incarnation || _options.Mutation == ConsensusMutation.BlankVoterVotes;

    private bool MayStand()
    {
        var document = _state.Accepted.Document;
        if (Self(document) is not { } voter)
        {
            return false;
        }
        if (_options.Mutation == ConsensusMutation.WitnessStands)
        {
            return true;
        }
        return !voter.IsWitness && !IsFenced
            && document.Map.Proxies.TryGetValue(_self, out var node) && node.IsElectable;
    }

    /// <summary>True when this node knows of a later generation than its document is of.</summary>
    private bool IsFenced => _state.Accepted.Stamp.Generation < _state.Epoch.Generation
        && _options.Mutation != ConsensusMutation.FenceIgnored;

    /// <summary>Number of voters that is a majority of the accepted document's.</summary>
    private int Majority()
    {
        var count = _state.Accepted.Document.Voters.Length;
        return _options.Mutation == ConsensusMutation.CommitWithMinority ? Math.Max(1, count / 2) : (count / 2) + 1;
    }

    private void ResetDeadline(bool first = false)
    {
        // The only voter need not wait for anybody.
        var alone = _state.Accepted.Document.Voters.Length == 1;
        var span = _options.ElectionMax - _options.ElectionMin;
        _deadline = first && alone ? _now : _now + _options.ElectionMin + (long)(span * _random.NextDouble());
    }

    /// <summary>
    /// One that asked for votes and did not get them asks again sooner than one that waits for a primary: the silence is
    /// known already, and two that stood at once should not cost another whole timeout.
    /// </summary>
    private void RetrySoon() =>
        _deadline = _now + (_options.ElectionMin / 2) + (long)(_options.ElectionMin * 0.5 * _random.NextDouble());

    /// <summary>Follows again, in a later epoch or in the same; open proposals fail.</summary>
    private void StepDown(Epoch epoch)
    {
        if (epoch > _state.Epoch)
        {
            PrimaryId = "";
            if (_options.Mutation == ConsensusMutation.VoteNotPersisted)
            {
                _state = _state with { Epoch = epoch, VotedFor = "" };
            }
            else
            {
                SetState(_state with { Epoch = epoch, VotedFor = "" });
            }
        }
        if (Role == ConsensusRole.Primary)
        {
            foreach (var (proposal, _) in _underWay)
            {
                Fail(proposal, "the primary lost its majority; whether the change is made will show");
            }
            FailDecided();
            foreach (var proposal in _pending)
            {
                FailUndone(proposal.Id, "this node is no longer the primary: ask again");
            }
            _underWay.Clear();
            _pending.Clear();
            _peers.Clear();
            _answers.Clear();
            PrimaryId = "";
        }
        if (Role != ConsensusRole.Follower)
        {
            Role = ConsensusRole.Follower;
            ResetDeadline();
        }
    }
}
