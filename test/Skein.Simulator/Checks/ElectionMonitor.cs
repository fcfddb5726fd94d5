using Skein.Cluster.Consensus;
using Skein.Simulator.World;

namespace Skein.Simulator.Checks;

/// <summary>
/// The rules of an election as somebody sees them who watches the messages: written down a second time, and in
/// another way than in the core.
/// </summary>
internal sealed class ElectionMonitor(ConsensusOptions options)
{
    // A watcher cannot see the exact moment at which a node's clock says so: clocks are off by some percent.
    private const double Margin = 0.9;

    /// <summary>A message reaches a node, before the node sees it.</summary>
    public static void Receives(SimNode node, ConsensusMessage message, long now)
    {
        var core = node.Core!;
        var record = node.Elections;
        if (message is AppendRequest append && append.Epoch >= core.Epoch && core.Role == ConsensusRole.Follower
            && append.Uuid == core.Accepted.Uuid)
        {
            record.HeardPrimaryAt = now;
        }
        else if (message is PreVoteReply { Granted: true } grant)
        {
            if (grant.Proposed > record.GrantsFor)
            {
                record.GrantsFor = grant.Proposed;
                record.Grants.Clear();
            }
            if (grant.Proposed == record.GrantsFor)
            {
                record.Grants.Add(grant.From);
            }
        }
    }

    /// <summary>A node has taken a step.</summary>
    public void Stepped(SimNode node, ConsensusOutput output, ConsensusMessage? cause, long now)
    {
        var core = node.Core!;
        var record = node.Elections;
        foreach (var (to, message) in output.Messages)
        {
            if (cause is VoteRequest { Transfer: false } && message is VoteReply { Granted: true }
                && now - record.HeardPrimaryAt < options.ElectionMin * Margin)
            {
                throw new ViolationException(
                    "loyal to a living primary",
                    $"{node.Id} votes for {to} {now - record.HeardPrimaryAt} ms after it heard its primary");
            }
            if (message is StandNow && node.Holds.TryGetValue(to, out var holds) && holds < core.Committed.Stamp)
            {
                throw new ViolationException(
                    "only who has everything is told to stand",
                    $"{node.Id} tells {to}, which holds {holds}, to stand; committed is {core.Committed.Stamp}");
            }
        }
        if (core.Epoch > record.Epoch && core.State.VotedFor == node.Id && cause is not StandNow)
        {
            MustHaveAsked(node, core, record);
        }
        MustHaveOneUnderWay(node, core, record);
        MustHaveMajority(node, core, record, now);
        if (core.Epoch > record.Epoch && cause is not AppendRequest)
        {
            record.HeardPrimaryAt = long.MinValue / 2; // the one that it heard is deposed
        }
        record.Epoch = core.Epoch;
        record.Role = core.Role;
    }

    private static void MustHaveAsked(SimNode node, ConsensusCore core, ElectionRecord record)
    {
        var majority = (core.Accepted.Document.Voters.Length / 2) + 1;
        var grants = record.GrantsFor == core.Epoch ? record.Grants.Count + 1 : 1;
        if (grants < majority && core.Accepted.Document.Voters.Length > 1)
        {
            throw new ViolationException(
                "no term without asking", $"{node.Id} begins {core.Epoch} with {grants} of {majority} that would vote for it");
        }
    }

    private static void MustHaveOneUnderWay(SimNode node, ConsensusCore core, ElectionRecord record)
    {
        var stamp = core.Accepted.Stamp;
        if (core.Role == ConsensusRole.Primary && record.Role == ConsensusRole.Primary && record.Epoch == core.Epoch
            && stamp != record.Accepted && record.Accepted.Term == core.Epoch.Term && core.Committed.Stamp < record.Accepted)
        {
            throw new ViolationException(
                "one document under way", $"{node.Id} sends {stamp} although {record.Accepted} is not committed");
        }
        record.Accepted = stamp;
    }

    /// <summary>A primary that hears no majority steps down.</summary>
    private void MustHaveMajority(SimNode node, ConsensusCore core, ElectionRecord record, long now)
    {
        if (core.Role != ConsensusRole.Primary || record.Role != ConsensusRole.Primary)
        {
            record.WithMajorityAt = Math.Max(record.WithMajorityAt, now);
            return;
        }
        var silent = node.LocalTime(now) - core.QuorumHeardAt;
        if (silent < options.ElectionMin)
        {
            record.WithMajorityAt = Math.Max(record.WithMajorityAt, now);
        }
        else if (now - record.WithMajorityAt > 2 * options.ElectionMax)
        {
            throw new ViolationException(
                "no primary without a majority",
                $"{node.Id} still leads {core.Epoch}, {silent} ms after a majority followed it");
        }
    }

    /// <summary>A node was stopped, or its clock jumped: it cannot know how long it heard nothing.</summary>
    public static void Excuse(SimNode node, long now)
    {
        node.Elections.WithMajorityAt = Math.Max(node.Elections.WithMajorityAt, now);
        node.Elections.HeardPrimaryAt = long.MinValue / 2;
    }
}
