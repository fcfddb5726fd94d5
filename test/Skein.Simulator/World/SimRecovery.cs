
namespace Skein.Simulator.World;

/// <summary>
/// The loss of most voters for good, once in a run at most, and the administrator who then forces one of the others to
/// lead: with the document that the production survey finds, and not before it is sure that no majority is left.
/// </summary>
internal sealed class SimRecovery(SimWorld world)
{
    private const int Reaction = 2000;
    private const int BetweenAttempts = 300;

    /// <summary>After a disaster there must be some time left with faults.</summary>
    private const int TimeNeeded = 6000;

    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private bool _struck;
    private SimNode? _chosen;

    /// <summary>A majority of the voters loses its disks, or burns; unless it struck before.</summary>
    public void Disaster()
    {
        if (_struck || world.Now > world.Scenario.FaultTime - TimeNeeded)
        {
            return;
        }
        var newest = world.Members.Select(node => node.Storage.Stored.Accepted).MaxBy(document => document.Stamp)!;
        var voters = newest.Document.Voters.Select(voter => voter.Id).ToArray();
        world.Random.Shuffle(voters);
        var victims = voters.Take((voters.Length / 2) + 1).Select(world.Node).ToList();
        var incarnations = victims.Select(node => node.Info.Incarnation).ToHashSet(StringComparer.Ordinal);
        if (victims.Count == 1 || !NoneCanElect(incarnations, spare: 1)
            || !world.Nodes.Exists(node => !victims.Contains(node) && MayLead(node, running: false)))
        {
            return;
        }
        _struck = true;
        _lost.UnionWith(incarnations);
        world.Transcript?.Note(world.Now, "-", $"a majority is lost: {string.Join(", ", victims.Select(node => node.Id))}");
        foreach (var victim in victims)
        {
            Lose(victim);
        }
        world.At(world.Now + Reaction + world.Random.Next(2000), Force);
    }

    private void Lose(SimNode node)
    {
        world.Crash(node, power: false);
        if (world.Happens(0.5))
        {
            node.IsDead = true;
            return;
        }
        world.Wipe(node);
        var life = node.Life;
        world.At(world.Now + 1000 + world.Random.Next(5000), () =>
        {
            if (world.Faults && node.Life == life)
            {
                world.Start(node);
            }
        });
    }

    /// <summary>Of every document that a voter holds, so many voters are lost that the rest is no majority.</summary>
    /// <param name="lost">Incarnations.</param>
    /// <param name="spare">And would still be none if the voters were another one or two by now.</param>
    private bool NoneCanElect(HashSet<string> lost, int spare) => world.Members
        .Where(node => !lost.Contains(node.Info.Incarnation))
        .Select(node => (Node: node, node.Storage.Stored.Accepted.Document.Voters))
        .Where(held => held.Voters.Any(voter => voter.Incarnation == held.Node.Info.Incarnation))
        .All(held => 2 * held.Voters.Count(voter => !lost.Contains(voter.Incarnation))
            <= held.Voters.Length - spare);

    private bool MayLead(SimNode node, bool running) => !node.IsDead && node.Info.IsElectable && node.Uuid == SimWorld.Uuid
        && (running ? node.Runs(world.Now) : !_lost.Contains(node.Info.Incarnation))
        && node.Storage.Stored.Committed.Document.Map.Find(node.Id)?.Incarnation == node.Info.Incarnation;

    private void Force()
    {
        if (_chosen is { Core: not null } && _chosen.Storage.Stored.Accepted.Stamp.Generation > 1)
        {
            return; // it was killed in the middle of it and has it on disk after all
        }
        var able = world.Nodes.Where(node => MayLead(node, running: true) && (_chosen is null || node == _chosen)).ToList();
        if (able.Count == 0 || !NoneCanElect(_lost, spare: 0))
        {
            // Nobody is there, or the voters were still changed by what was on its way and a majority of them lives.
            world.At(world.Now + BetweenAttempts, Force);
            return;
        }
        var chosen = able[world.Random.Next(able.Count)];
        _chosen = chosen;
        var reachable = world.Nodes.Where(node => node.Runs(world.Now)
            && !world.Network.IsCut(chosen, node) && !world.Network.IsCut(node, chosen)).ToList();
        world.Transcript?.Note(
            world.Now, chosen.Id,
            $"is to be forced; of the others answer {string.Join(", ", reachable.Select(node => node.Id))}");
        // As ForcedPrimary does: everybody in this node's own map is asked for what it has accepted.
        var held = reachable
            .Where(node => node == chosen || chosen.Published.Document.Map.Find(node.Id) is not null)
            .Select(node => node.Core!.Accepted)
            .Where(document => document.Uuid == chosen.Published.Uuid)
            .ToList();
        var newest = held.Append(chosen.Published).MaxBy(document => document.Stamp)!;
        world.Do(chosen, "is forced to lead", (core, now) =>
        {
            var output = core.Force(newest, chosen.Info, "operator", "", now);
            world.Checks.Forced(chosen.Id, output.State.Accepted, held);
            world.Clients.Forced(output.State.Accepted);
            return output;
        });
        if (chosen.Core is null)
        {
            world.At(world.Now + BetweenAttempts, Force);
        }
    }
}
