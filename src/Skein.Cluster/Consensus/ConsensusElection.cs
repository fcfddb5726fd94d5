using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <content>Elections: who may lead.</content>
public sealed partial class ConsensusCore
{
    private void StartPreVote()
    {
        Role = ConsensusRole.PreCandidate;
        PrimaryId = "";
        _votes.Clear();
        _votes.Add(_self);
        RetrySoon();
        if (_votes.Count >= Majority() || _options.Mutation == ConsensusMutation.NoPreVote)
        {
            StartElection(transfer: false);
            return;
        }
        var proposed = _state.Epoch.Next();
        foreach (var voter in Others())
        {
            Send(voter.Id, new PreVoteRequest(_self, _incarnation, _state.Accepted.Uuid, proposed, _state.Accepted.Stamp));
        }
    }

    private void StartElection(bool transfer)
    {
        Role = ConsensusRole.Candidate;
        PrimaryId = "";
        var next = _state with { Epoch = _state.Epoch.Next(), VotedFor = _self };
        if (_options.Mutation == ConsensusMutation.VoteNotPersisted)
        {
            _state = next;
        }
        else
        {
            SetState(next);
        }
        _votes.Clear();
        _votes.Add(_self);
        RetrySoon();
        if (_votes.Count >= Majority())
        {
            Lead();
            return;
        }
        foreach (var voter in Others())
        {
            Send(
                voter.Id,
                new VoteRequest(_self, _incarnation, _state.Accepted.Uuid, _state.Epoch, _state.Accepted.Stamp, transfer));
        }
    }

    private void OnPreVoteRequest(PreVoteRequest request)
    {
        var granted = request.Epoch > _state.Epoch
            && !IsLoyal()
            && !IsFenced
            && (request.Last >= _state.Accepted.Stamp || _options.Mutation == ConsensusMutation.VoteWithoutUpToDateCheck);
        Send(request.From, new PreVoteReply(
            _self, _incarnation, _state.Accepted.Uuid, _state.Epoch, request.Epoch, granted));
        if (!granted && request.Last < _state.Accepted.Stamp && !IsLoyal() && !IsFenced && !MayStand()
            && Self(_state.Accepted.Document) is not null && _options.Mutation != ConsensusMutation.WitnessKeepsDocument)
        {
            // A witness that alone has the newest document cannot lead with it: whoever can shall have it.
            Send(request.From, new DocumentOffer(
                _self, _incarnation, _state.Accepted.Uuid, _state.Epoch, _state.Accepted));
        }
    }

    /// <summary>
    /// Takes a newer document of another voter, as if the message of the primary that made it had come late. It is not
    /// said to that primary, so it does not count there.
    /// </summary>
    private void OnDocumentOffer(DocumentOffer offer)
    {
        var reign = EpochOf(offer.Body.Stamp);
        if (Role is ConsensusRole.Primary or ConsensusRole.Candidate || offer.Body.Stamp <= _state.Accepted.Stamp
            || reign.Generation < _state.Epoch.Generation || !Counts(offer))
        {
            return;
        }
        if (reign > _state.Epoch)
        {
            StepDown(reign);
        }
        SetState(_state with { Accepted = offer.Body });
        StandAnew();
    }

    /// <summary>
    /// Who stands has asked the voters of its document, and counts them. With another document in hand that means nothing
    /// any more: it may vote no longer itself, and then one of the others would be enough.
    /// </summary>
    private void StandAnew()
    {
        if (Role is ConsensusRole.PreCandidate or ConsensusRole.Candidate
            && _options.Mutation != ConsensusMutation.StandsOnWithOtherVoters)
        {
            Role = ConsensusRole.Follower;
        }
    }

    private void OnPreVoteReply(PreVoteReply reply)
    {
        if (reply.Epoch > _state.Epoch)
        {
            StepDown(reply.Epoch);
            return;
        }
        if (Role == ConsensusRole.PreCandidate && reply.Granted && reply.Proposed == _state.Epoch.Next()
            && Counts(reply) && _votes.Add(reply.From) && _votes.Count >= Majority())
        {
            StartElection(transfer: false);
        }
    }

    private void OnVoteRequest(VoteRequest request)
    {
        if (!request.Transfer && IsLoyal())
        {
            // Loyal to a living primary: does not even take note of the epoch.
            Reply(false);
            return;
        }
        if (request.Epoch > _state.Epoch)
        {
            StepDown(request.Epoch);
        }
        var free = _state.VotedFor.Length == 0 || _state.VotedFor == request.From;
        var current = request.Last >= _state.Accepted.Stamp
            || _options.Mutation == ConsensusMutation.VoteWithoutUpToDateCheck;
        var granted = request.Epoch == _state.Epoch && free && current && !IsFenced && Role == ConsensusRole.Follower;
        if (granted)
        {
            if (_options.Mutation == ConsensusMutation.VoteNotPersisted)
            {
                _state = _state with { VotedFor = request.From };
            }
            else
            {
                SetState(_state with { VotedFor = request.From });
            }
            ResetDeadline();
        }
        Reply(granted);

        void Reply(bool yes) =>
            Send(request.From, new VoteReply(_self, _incarnation, _state.Accepted.Uuid, _state.Epoch, yes));
    }

    private void OnVoteReply(VoteReply reply)
    {
        if (reply.Epoch > _state.Epoch)
        {
            StepDown(reply.Epoch);
            return;
        }
        if (Role == ConsensusRole.Candidate && reply.Granted && reply.Epoch == _state.Epoch
            && Counts(reply) && _votes.Add(reply.From) && _votes.Count >= Majority())
        {
            Lead();
        }
    }

    private void OnStandNow(StandNow request)
    {
        if (request.Epoch == _state.Epoch && request.From == PrimaryId && Role == ConsensusRole.Follower && MayStand())
        {
            StartElection(transfer: true);
        }
    }

    /// <summary>True while a primary of this epoch is heard, or this node leads with a majority.</summary>
    private bool IsLoyal()
    {
        if (_options.Mutation == ConsensusMutation.NoLoyalty)
        {
            return false;
        }
        return Role == ConsensusRole.Primary
            ? _now - MajorityTime() < _options.ElectionMin
            : PrimaryId.Length != 0 && _now - _heardPrimary < _options.ElectionMin;
    }

    /// <summary>True when the sender is a voter of the accepted document in the incarnation named there.</summary>
    private bool Counts(ConsensusMessage message) => _state.Accepted.Document.Voters.Any(voter =>
        voter.Id == message.From && CountsAs(voter, message.Incarnation));

    private IEnumerable<VoterInfo> Others() =>
        _state.Accepted.Document.Voters.Where(voter => voter.Id != _self);

    /// <summary>
    /// Elected: the document is stamped with the new term, names this node primary, and must be committed first.
    /// </summary>
    private void Lead()
    {
        BecomePrimary();
        if (_options.Mutation == ConsensusMutation.NoTermBarrier)
        {
            Replicate(force: true);
            return;
        }
        var document = new SetPrimary(_self).Apply(_state.Accepted.Document);
        Accept(ContactUrls.Apply(document), $"p[{_self}] is elected primary", _self, "");
    }

    private void BecomePrimary()
    {
        Role = ConsensusRole.Primary;
        PrimaryId = _self;
        _graceSince = _now;
        _transferTo = "";
        _peers.Clear();
        _answers.Clear();
        _underWay.Clear();
        _decided.Clear();
        _pending.Clear();
    }
}
