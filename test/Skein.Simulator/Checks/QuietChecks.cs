using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.World;
using Skein.TestKit.Histories;

namespace Skein.Simulator.Checks;

/// <summary>What must be true some time after the last fault, and what the clients' histories must say.</summary>
internal sealed class QuietChecks(SimWorld world)
{
    private const long TimeForAChange = 2000;
    private const long TimeToAgree = 1500;
    private const long TimeToMissOne = 4000;
    private const long TimeToComeBack = 3500;
    private const double ShareWithADeath = 0.25;

    public void Check()
    {
        var leader = MustHaveOnePrimary();
        MustMakeChanges();
        MustAgree(leader);
        MustHaveGoodUrls(leader.Published.Document);
        MustHaveRightVoters(leader.Published.Document);
        NewbornChecks.Quiet(world);
        MustHaveWriters(leader.Published.Document);
        MustNoticeADeath(leader);
        foreach (var history in world.Clients.Histories)
        {
            if (LinearizabilityChecker.Check(history) is { } explanation)
            {
                throw new ViolationException("control operations are linearizable", explanation);
            }
        }
    }

    private SimNode MustHaveOnePrimary()
    {
        var leaders = world.Living.Where(node => node.Core!.IsEstablished).ToList();
        if (leaders.Count != 1)
        {
            throw new ViolationException(
                "liveness",
                $"{leaders.Count} primaries {world.Scenario.QuietTime} ms after the last fault ("
                    + string.Join(", ", world.Living.Select(node => $"{node.Id} {node.Core!.Role} {node.Core.Epoch}")) + ")");
        }
        return leaders[0];
    }

    private void MustMakeChanges()
    {
        var before = world.Clients.Acknowledged;
        world.Clients.Create(world.Operator.Primary()!, "after-the-storm");
        world.RunUntil(world.Now + TimeForAChange);
        if (world.Clients.Acknowledged == before)
        {
            throw new ViolationException("liveness", "no change is made although all is quiet");
        }
    }

    private void MustAgree(SimNode leader)
    {
        world.Clients.Stop();
        world.RunUntil(world.Now + TimeToAgree);
        foreach (var node in world.Living)
        {
            if (node.Published.Hash != leader.Published.Hash)
            {
                throw new ViolationException(
                    "liveness", $"{node.Id} holds {node.Published.Stamp}, the primary {leader.Published.Stamp}");
            }
            if (leader.Published.Document.Map.Find(node.Id) is not { } known
                || known.Incarnation != node.Info.Incarnation || !known.IsActive)
            {
                throw new ViolationException("liveness", $"{node.Id} is not in the map as it is, although all is quiet");
            }
        }
    }

    /// <summary>Every object is written by one target, if there is a target at all.</summary>
    private void MustHaveWriters(ControlDocument document)
    {
        foreach (var name in SimWrites.Names.Where(_ => document.Map.ActiveTargets.Count != 0))
        {
            var writers = world.Living.Count(node => node.Core is not null && node.Target.Gate.TryEnter(name) is not null);
            if (writers != 1)
            {
                throw new ViolationException("liveness", $"{writers} targets take writes of an object although all is quiet");
            }
        }
    }

    /// <summary>A target dies: it is called down, others take its names over, and it is back when it is.</summary>
    private void MustNoticeADeath(SimNode leader)
    {
        var targets = leader.Published.Document.Map.ActiveTargets;
        if (targets.Count < 2 || !world.Happens(ShareWithADeath))
        {
            return;
        }
        var dead = world.Node(targets[world.Random.Next(targets.Count)].Id);
        world.Crash(dead, power: false);
        world.RunUntil(world.Now + TimeToMissOne);
        if (!leader.Published.Document.Map.Targets[dead.Id].Flags.HasFlag(NodeFlags.Down))
        {
            throw new ViolationException("liveness", $"{dead.Id} died {TimeToMissOne} ms ago and is not called down");
        }
        MustHaveWriters(leader.Published.Document);
        world.Start(dead);
        world.RunUntil(world.Now + TimeToComeBack);
        if (!leader.Published.Document.Map.Targets[dead.Id].IsActive)
        {
            throw new ViolationException("liveness", $"{dead.Id} is up for {TimeToComeBack} ms and is not called so");
        }
        MustHaveWriters(leader.Published.Document);
    }

    private void MustHaveGoodUrls(ControlDocument document)
    {
        // Every node is up and in the map by now, so an active node of the map is a live one.
        if (ContactUrlRules.Violation(document) is { } wrong)
        {
            throw new ViolationException("the three URLs name live nodes", wrong);
        }
    }

    private void MustHaveRightVoters(ControlDocument document)
    {
        var voters = document.Voters;
        var all = world.Living.Count(node => node.Info.Role == NodeRole.Proxy);
        var targets = world.Living.Count() - all;
        var proxies = Math.Min(all, VoterPolicy.Wanted);
        var wanted = proxies % 2 == 1 ? proxies : targets > 0 ? proxies + 1 : proxies - 1;
        if (world.Variant.Core != ConsensusMutation.TwoVotersChangedAtOnce && voters.Length != wanted)
        {
            throw new ViolationException(
                "voters", $"{voters.Length} of {wanted} when all is quiet: {string.Join(", ", voters)}");
        }
        if (voters.Any(voter => world.Node(voter.Id).Info.Incarnation != voter.Incarnation))
        {
            throw new ViolationException("voters", $"a lost incarnation still votes: {string.Join(", ", voters)}");
        }
    }
}
