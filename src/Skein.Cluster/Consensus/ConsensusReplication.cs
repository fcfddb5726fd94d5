using System.Collections.Immutable;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <content>Replication: how a document becomes committed.</content>
public sealed partial class ConsensusCore
{
    /// <summary>What the primary knows of another voter.</summary>
    private sealed class PeerProgress
    {
        public DocumentStamp Holds { get; set; }

        public long SentAt { get; set; } = long.MinValue / 2;

        public long BodySentAt { get; set; } = long.MinValue / 2;

        public DocumentStamp BodySent { get; set; }

        /// <summary>Primary's clock when it sent the newest message that this voter has answered.</summary>
        public long AnsweredAt { get; set; } = long.MinValue / 2;
    }

    /// <summary>Time source for the timeline; wall clock in Unix milliseconds, given by the shell.</summary>
    public Func<long> WallClock { get; init; } = static () => 0;

    private PeerProgress Peer(string id)
    {
        if (!_peers.TryGetValue(id, out var progress))
        {
            progress = new PeerProgress();
            _peers.Add(id, progress);
        }
        return progress;
    }

    /// <summary>Seals the next document, accepts it and sends it.</summary>
    private void Accept(ControlDocument document, string what, string who, string why, int step = 1)
    {
        var stamp = new DocumentStamp(
            _state.Epoch.Generation, _state.Epoch.Term, _state.Accepted.Stamp.Version + step);
        var next = _options.Seal(document with
        {
            Stamp = stamp,
            LastChange = new ChangeRecord(what, who, why, WallClock()),
        });
        SetState(_state with { Accepted = next });
        Replicate(force: true);
        TryCommit();
    }

    /// <summary>Takes waiting changes into the next document, if none is under way.</summary>
    private void StartNext()
    {
        var barrier = IsEstablished || _options.Mutation == ConsensusMutation.NoTermBarrier;
        if (Role != ConsensusRole.Primary || !barrier || _transferTo.Length != 0 || _pending.Count == 0
            || (_state.Accepted.Stamp != _state.Committed.Stamp
                && _options.Mutation != ConsensusMutation.TwoDocumentsUnderWay))
        {
            return;
        }
        var before = _state.Accepted.Document;
        var document = before;
        var taken = 0;
        while (taken < _pending.Count && taken < _options.MaxBatch)
        {
            var proposal = _pending[taken];
            try
            {
                var next = proposal.Change.Apply(document);
                if (VoterChanges(before, next) > 1 && _options.Mutation != ConsensusMutation.TwoVotersChangedAtOnce)
                {
                    if (ReferenceEquals(document, before))
                    {
                        throw new StoreException(
                            StoreErrorCode.InvalidRequest, "one change can add or remove one voter only");
                    }
                    break;
                }
                MustLeaveLivingMajority(before, next);
                taken++;
                if (ReferenceEquals(next, document) && ReferenceEquals(document, before))
                {
                    Decide(new ProposalOutcome(proposal.Id, _state.Committed, null));
                    continue;
                }
                document = next;
                _underWay.Add((proposal, null));
            }
            catch (StoreException e)
            {
                taken++;
                if (ReferenceEquals(document, before))
                {
                    Decide(new ProposalOutcome(proposal.Id, null, e));
                }
                else
                {
                    // Refused because of what is under way: true only once that is committed.
                    _underWay.Add((proposal, e));
                }
            }
        }
        _pending.RemoveRange(0, taken);
        if (!ReferenceEquals(document, before))
        {
            var made = _underWay.Where(entry => entry.Refusal is null).Select(entry => entry.Proposal).ToList();
            Accept(
                ContactUrls.Apply(document),
                string.Join("; ", made.Select(proposal => proposal.Change.Describe())),
                string.Join(", ", made.Select(proposal => proposal.Who).Distinct()),
                string.Join(", ", made.Select(proposal => proposal.Why).Where(why => why.Length != 0).Distinct()));
        }
        else if (_decided.Count > 0)
        {
            Replicate(force: true);
        }
        AnswerDecided();
    }

    /// <summary>
    /// An outcome that changes nothing: a refusal, or "it is so already". It is true only while this node leads, and
    /// another may have been elected: so it is told when a majority has answered a message sent after it was decided.
    /// </summary>
    private void Decide(ProposalOutcome outcome)
    {
        if (_options.Mutation == ConsensusMutation.AnswersUnconfirmed)
        {
            _output.Outcomes.Add(outcome);
            return;
        }
        _decided.Add((outcome, _now));
    }

    private void AnswerDecided()
    {
        if (_decided.Count == 0)
        {
            return;
        }
        var confirmed = MajorityTime();
        _output.Outcomes.AddRange(_decided.Where(entry => entry.At <= confirmed).Select(entry => entry.Outcome));
        _decided.RemoveAll(entry => entry.At <= confirmed);
    }

    private void FailDecided()
    {
        foreach (var (outcome, _) in _decided)
        {
            FailUndone(outcome.Id, "this node is no longer the primary: ask again");
        }
        _decided.Clear();
    }

    /// <summary>Number of voters added plus number removed; a new incarnation of one counts as both.</summary>
    private static int VoterChanges(ControlDocument before, ControlDocument after)
    {
        if (before.Voters == after.Voters)
        {
            return 0;
        }
        var old = before.Voters.Select(voter => (voter.Id, voter.Incarnation)).ToImmutableHashSet();
        var next = after.Voters.Select(voter => (voter.Id, voter.Incarnation)).ToImmutableHashSet();
        return old.SymmetricExcept(next).Count;
    }

    /// <summary>
    /// A change of the voters is taken only while a majority of the new ones answers, each in the incarnation that the
    /// document will name. A voter that has lost its disk is there by its id and will never vote: two such steps, each
    /// harmless alone, and no majority can ever come together again.
    /// </summary>
    private void MustLeaveLivingMajority(ControlDocument before, ControlDocument after)
    {
        if (VoterChanges(before, after) == 0 || _options.Mutation == ConsensusMutation.VotersWithoutLivingMajority)
        {
            return;
        }
        var silent = after.Voters.Where(voter => voter.Id != _self && !AnswersNow(voter)).ToList();
        if (after.Voters.Length - silent.Count > after.Voters.Length / 2)
        {
            return;
        }
        foreach (var voter in silent)
        {
            SendAppend(voter.Id, Peer(voter.Id));
        }
        throw new StoreException(
            StoreErrorCode.NotReady,
            $"these voters do not answer at the moment: {string.Join(", ", silent.Select(voter => voter.Id))}: ask again");
    }

    private bool AnswersNow(VoterInfo voter) => _answers.TryGetValue(voter.Id, out var answer)
        && answer.Incarnation == voter.Incarnation && _now - answer.SentAt < _options.ElectionMax;

    /// <summary>Sends to every other voter what it needs, when it is due.</summary>
    private void Replicate(bool force)
    {
        foreach (var voter in Others())
        {
            var peer = Peer(voter.Id);
            if (force || _now - peer.SentAt >= _options.Heartbeat)
            {
                SendAppend(voter.Id, peer);
            }
        }
    }

    private void SendAppend(string to, PeerProgress peer)
    {
        var document = _state.Accepted;
        // The body goes when the voter lacks it, but not again while the last one may still be on its way.
        var onItsWay = peer.BodySent == document.Stamp && _now - peer.BodySentAt < 2 * _options.Heartbeat;
        if (_options.Mutation == ConsensusMutation.NoRetryOfDocument)
        {
            onItsWay = peer.BodySent == document.Stamp;
        }
        var body = peer.Holds != document.Stamp && !onItsWay ? document : null;
        if (body is not null)
        {
            peer.BodySent = document.Stamp;
            peer.BodySentAt = _now;
        }
        peer.SentAt = _now;
        Send(to, new AppendRequest(
            _self, _incarnation, document.Uuid, _state.Epoch, document.Stamp, document.Hash, _state.Committed.Stamp,
            body, _now));
    }

    private void OnAppendRequest(AppendRequest request)
    {
        if (request.Epoch < _state.Epoch && _options.Mutation != ConsensusMutation.StaleTermAccepted)
        {
            AnswerAppend(request);
            return;
        }
        if (request.Epoch > _state.Epoch || Role is ConsensusRole.PreCandidate or ConsensusRole.Candidate)
        {
            StepDown(request.Epoch);
        }
        if (Role == ConsensusRole.Primary)
        {
            _output.Conflict = $"{request.From} leads in epoch {request.Epoch}, and so does this node";
            return;
        }
        PrimaryId = request.From;
        _heardPrimary = _now;
        ResetDeadline();
        var takes = request.Body is { } body
            && body.Stamp == request.Stamp
            && (body.Stamp > _state.Accepted.Stamp || _options.Mutation == ConsensusMutation.StaleTermAccepted);
        if (takes)
        {
            SetState(_state with { Accepted = request.Body! });
        }
        else if (request.Stamp == _state.Accepted.Stamp && request.Hash != _state.Accepted.Hash)
        {
            _output.Conflict = $"two documents at {request.Stamp}: {_state.Accepted.Hash} and {request.Hash}";
            return;
        }
        var known = request.Committed == _state.Accepted.Stamp
            || (_options.Mutation == ConsensusMutation.PublishBeforeCommit && takes);
        if (known && _state.Accepted.Stamp > _state.Committed.Stamp)
        {
            Commit(_state.Accepted);
        }
        AnswerAppend(request);
        if (_options.Mutation == ConsensusMutation.AnswerBeforePersist && _output.Publish is null)
        {
            _output.MustPersist = false;
        }
    }

    private void AnswerAppend(AppendRequest request) => Send(request.From, new AppendReply(
        _self, _incarnation, _state.Accepted.Uuid, _state.Epoch, _state.Accepted.Stamp, _state.Accepted.Hash,
        request.SentAt));

    private void OnAppendReply(AppendReply reply)
    {
        if (reply.Epoch > _state.Epoch)
        {
            StepDown(reply.Epoch);
            return;
        }
        if (Role != ConsensusRole.Primary || reply.Epoch != _state.Epoch)
        {
            return;
        }
        _answers[reply.From] = (reply.Incarnation, reply.SentAt);
        if (!Counts(reply))
        {
            return;
        }
        var peer = Peer(reply.From);
        peer.AnsweredAt = Math.Max(peer.AnsweredAt, reply.SentAt);
        if (reply.Holds > peer.Holds)
        {
            peer.Holds = reply.Holds;
        }
        if (reply.Holds == _state.Accepted.Stamp && reply.Hash != _state.Accepted.Hash)
        {
            _output.Conflict = $"{reply.From} holds another document at {reply.Holds}";
            return;
        }
        if (peer.Holds < _state.Accepted.Stamp
            && (peer.BodySent != _state.Accepted.Stamp || reply.SentAt >= peer.BodySentAt))
        {
            // It answered the newest body, or never got it, and still lacks the document.
            if (_options.Mutation != ConsensusMutation.NoRetryOfDocument)
            {
                peer.BodySent = default;
            }
            SendAppend(reply.From, peer);
        }
        AnswerDecided();
        TryCommit();
        TryHandOver();
    }

    private void TryCommit()
    {
        var document = _state.Accepted;
        if (Role != ConsensusRole.Primary || document.Stamp == _state.Committed.Stamp)
        {
            return;
        }
        if (EpochOf(document.Stamp) != _state.Epoch && _options.Mutation != ConsensusMutation.NoTermBarrier)
        {
            return;
        }
        var holders = document.Document.Voters.Count(voter =>
            voter.Id == _self ? CountsAs(voter, _incarnation) : Has(Peer(voter.Id).Holds, document.Stamp));
        if (holders < Majority())
        {
            return;
        }
        foreach (var (proposal, refusal) in _underWay)
        {
            _output.Outcomes.Add(new ProposalOutcome(proposal.Id, refusal is null ? document : null, refusal));
        }
        _underWay.Clear();
        Commit(document);
        Replicate(force: true);
        StartNext();
    }

    private bool Has(DocumentStamp holds, DocumentStamp stamp) => holds == stamp
        || (_options.Mutation == ConsensusMutation.CountsOtherTerms && holds.Version >= stamp.Version);

    private void Commit(SealedDocument document)
    {
        SetState(_state with { Committed = document });
        _output.Publish = document;
    }

    /// <summary>The primary's clock when the newest message was sent that a majority has answered.</summary>
    private long MajorityTime()
    {
        var times = _state.Accepted.Document.Voters
            .Select(voter => voter.Id == _self ? _now : Peer(voter.Id).AnsweredAt)
            .OrderDescending()
            .ToList();
        return times.Count == 0 ? long.MinValue / 2 : times[Majority() - 1];
    }

    private void CheckQuorum()
    {
        var silence = _now - Math.Max(_graceSince, MajorityTime());
        if (silence >= _options.ElectionMin && _options.Mutation != ConsensusMutation.NoCheckQuorum)
        {
            StepDown(_state.Epoch);
        }
    }

    private void TryHandOver()
    {
        if (_transferTo.Length != 0
            && _state.Accepted.Stamp == _state.Committed.Stamp
            && (Peer(_transferTo).Holds == _state.Accepted.Stamp
                || _options.Mutation == ConsensusMutation.TransferWithoutCatchUp))
        {
            Send(_transferTo, new StandNow(_self, _incarnation, _state.Accepted.Uuid, _state.Epoch));
        }
    }

    private long NextHeartbeat() => Others().Select(voter => Peer(voter.Id).SentAt + _options.Heartbeat)
        .DefaultIfEmpty(_now + _options.Heartbeat)
        .Min();
}
