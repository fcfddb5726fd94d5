using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <content>For the exhaustive search of small worlds: to go on from one state in several ways.</content>
public sealed partial class ConsensusCore
{
    /// <summary>The node's clock at its last step.</summary>
    internal long Now => _now;

    /// <summary>A second core in the same state; the two go on independently.</summary>
    internal ConsensusCore Fork()
    {
        var fork = new ConsensusCore(_self, _incarnation, _state, _options, _random, _now)
        {
            WallClock = WallClock,
            Role = Role,
            PrimaryId = PrimaryId,
            _deadline = _deadline,
            _heardPrimary = _heardPrimary,
            _graceSince = _graceSince,
            _expectedWake = _expectedWake,
            _transferTo = _transferTo,
            _transferUntil = _transferUntil,
        };
        fork._pending.AddRange(_pending);
        fork._underWay.AddRange(_underWay);
        fork._decided.AddRange(_decided);
        fork._votes.UnionWith(_votes);
        foreach (var (id, answer) in _answers)
        {
            fork._answers.Add(id, answer);
        }
        foreach (var (id, peer) in _peers)
        {
            fork._peers.Add(id, new PeerProgress
            {
                Holds = peer.Holds,
                SentAt = peer.SentAt,
                BodySentAt = peer.BodySentAt,
                BodySent = peer.BodySent,
                AnsweredAt = peer.AnsweredAt,
            });
        }
        return fork;
    }

    /// <summary>
    /// Everything that decides what the core does next, for comparison; times as distances from the present one.
    /// </summary>
    internal void Describe(Action<long> number, Action<string> text)
    {
        number((long)Role);
        text(PrimaryId);
        number(_state.Epoch.Generation);
        number(_state.Epoch.Term);
        text(_state.VotedFor);
        text(_state.Accepted.Hash);
        text(_state.Committed.Hash);
        text(_transferTo);
        foreach (var time in (ReadOnlySpan<long>)[_deadline, _heardPrimary, _graceSince, _expectedWake, _transferUntil])
        {
            number(Distance(time));
        }
        number(_pending.Count);
        number(_underWay.Count);
        number(_decided.Count);
        foreach (var voter in _state.Accepted.Document.Voters)
        {
            number(_votes.Contains(voter.Id) ? 1 : 0);
            number(_answers.TryGetValue(voter.Id, out var answer) ? Distance(answer.SentAt) : long.MaxValue);
            if (_peers.TryGetValue(voter.Id, out var peer))
            {
                Describe(peer.Holds, number);
                Describe(peer.BodySent, number);
                number(Distance(peer.SentAt));
                number(Distance(peer.BodySentAt));
                number(Distance(peer.AnsweredAt));
            }
        }
    }

    private static void Describe(DocumentStamp stamp, Action<long> number)
    {
        number(stamp.Generation);
        number(stamp.Term);
        number(stamp.Version);
    }

    // What lies further back than any timeout is all the same.
    private long Distance(long time) => Math.Clamp(time - _now, -2 * _options.ElectionMax, 2 * _options.ElectionMax);
}
