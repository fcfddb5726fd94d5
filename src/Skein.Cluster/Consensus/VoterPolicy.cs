using System.Collections.Immutable;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Consensus;

/// <summary>What the primary knows of a node when it chooses voters.</summary>
/// <param name="IsCaughtUp">It has the present document and was heard of just now.</param>
/// <param name="SilentFor">Milliseconds since it was heard of.</param>
public readonly record struct VoterHealth(bool IsCaughtUp, long SilentFor);

/// <summary>
/// Chooses the voters, one step at a time: electable proxies, at most five; where that would be an even number one
/// target votes as a witness, and where there is no target one proxy fewer votes, so that the number is odd.
/// </summary>
public static class VoterPolicy
{
    /// <summary>Most voters that the policy chooses.</summary>
    public const int Wanted = 5;

    /// <summary>Milliseconds within which a living voter is heard of.</summary>
    public const long Answering = 3000;

    /// <summary>The next change that brings the voters nearer to what is wanted; null when nothing is to be done.</summary>
    /// <param name="document">The present document, committed.</param>
    /// <param name="primaryId">The primary: always a voter.</param>
    /// <param name="health">What is known of a node.</param>
    /// <param name="replaceAfter">Milliseconds of silence after which a voter is replaced, if another can take its place.</param>
    public static SetVoters? Next(
        ControlDocument document, string primaryId, Func<string, VoterHealth> health, long replaceAfter)
    {
        var voters = document.Voters;
        var map = document.Map;
        foreach (var voter in voters)
        {
            var node = map.Find(voter.Id);
            var fits = node is not null
                && node.Incarnation == voter.Incarnation
                && (voter.IsWitness ? node.Role == NodeRole.Target : node.IsElectable)
                && (node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) == 0;
            if (!fits && voter.Id != primaryId && voters.Length > 1
                && LeavesAnAnsweringMajority(voters.Remove(voter), primaryId, health))
            {
                return Without(voters, voter);
            }
        }
        var spares = map.Proxies.Values
            .Where(node => node.IsElectable && IsUsable(node) && !Votes(voters, node.Id) && health(node.Id).IsCaughtUp)
            .ToList();
        var witnesses = map.Targets.Values
            .Where(node => IsUsable(node) && !Votes(voters, node.Id) && health(node.Id).IsCaughtUp)
            .ToList();
        var couldFollow = map.AllNodes.Any(node => IsUsable(node) && !Votes(voters, node.Id)
            && (node.IsElectable || node.Role == NodeRole.Target) && health(node.Id).SilentFor <= replaceAfter);
        return Shrink(voters, primaryId) ?? Grow(voters, spares, witnesses)
            ?? Replace(voters, primaryId, health, replaceAfter, spares, witnesses, couldFollow);
    }

    /// <summary>
    /// True when most of the voters are alive: without that nothing could be changed any more. Else one that is gone has to
    /// be replaced first.
    /// </summary>
    private static bool LeavesAnAnsweringMajority(
        ImmutableArray<VoterInfo> voters, string primaryId, Func<string, VoterHealth> health) =>
        voters.Count(voter => voter.Id == primaryId || health(voter.Id).SilentFor <= Answering) > voters.Length / 2;

    private static SetVoters? Shrink(ImmutableArray<VoterInfo> voters, string primaryId)
    {
        var proxies = voters.Count(voter => !voter.IsWitness);
        var witness = voters.FirstOrDefault(voter => voter.IsWitness);
        // Where a proxy takes the place of the witness, first the proxy comes and then the witness goes: with one voter
        // fewer in between, the loss of a single disk would be the end.
        if (witness is not null && proxies % 2 == 1)
        {
            return Without(voters, witness);
        }
        if (proxies > Wanted)
        {
            return Without(voters, voters.Last(voter => voter.Id != primaryId && !voter.IsWitness));
        }
        return null;
    }

    private static SetVoters? Grow(
        ImmutableArray<VoterInfo> voters, List<NodeInfo> spares, List<NodeInfo> witnesses)
    {
        var proxies = voters.Count(voter => !voter.IsWitness);
        if (proxies >= Wanted)
        {
            return null;
        }
        if (spares.Count > 0)
        {
            // To an even number only where an odd one can follow at once.
            var becomesEven = (proxies + 1) % 2 == 0;
            return !becomesEven || spares.Count > 1 || witnesses.Count > 0
                ? With(voters, spares[0], isWitness: false)
                : null;
        }
        return proxies % 2 == 0 && witnesses.Count > 0 && !voters.Any(voter => voter.IsWitness)
            ? With(voters, witnesses[0], isWitness: true)
            : null;
    }

    private static SetVoters? Replace(
        ImmutableArray<VoterInfo> voters,
        string primaryId,
        Func<string, VoterHealth> health,
        long replaceAfter,
        List<NodeInfo> spares,
        List<NodeInfo> witnesses,
        bool couldFollow)
    {
        var gone = voters.FirstOrDefault(voter =>
            voter.Id != primaryId && health(voter.Id).SilentFor > replaceAfter);
        if (gone is null)
        {
            // An even number without a witness, and nobody to make it odd: one fewer is as safe and easier to keep.
            // Somebody who lives and is only behind by the last change will make it odd in a moment.
            return voters.Length % 2 == 0 && voters.Length > 1 && !couldFollow
                ? Without(voters, voters.Last(voter => voter.Id != primaryId))
                : null;
        }
        var canReplace = gone.IsWitness ? witnesses.Count > 0 : spares.Count > 0 || witnesses.Count > 0;
        return canReplace ? Without(voters, gone) : null;
    }

    private static bool IsUsable(NodeInfo node) => node.IsActive;

    private static bool Votes(ImmutableArray<VoterInfo> voters, string id) => voters.Any(voter => voter.Id == id);

    private static SetVoters With(ImmutableArray<VoterInfo> voters, NodeInfo node, bool isWitness) =>
        new(voters.Add(new VoterInfo(node.Id, node.Incarnation, isWitness)));

    private static SetVoters Without(ImmutableArray<VoterInfo> voters, VoterInfo voter) => new(voters.Remove(voter));
}
