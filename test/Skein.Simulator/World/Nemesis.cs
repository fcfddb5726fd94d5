using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;

namespace Skein.Simulator.World;

/// <summary>Breaks and mends things, as often as the scenario says.</summary>
internal sealed class Nemesis(SimWorld world)
{
    private const int LongestPause = 3000;
    private const int LongestJump = 3000;
    private const int LongestDataCut = 6000;
    private const int ShortestAbsence = 1200;

    private int _total;

    /// <summary>How often each fault comes unless the scenario says otherwise.</summary>
    public static IReadOnlyList<(string Fault, int Weight)> DefaultWeights { get; } =
    [
        ("kill", 12),
        ("power-loss", 8),
        ("blackout", 2),
        ("restart", 30),
        ("split", 10),
        ("isolate", 6),
        ("one-way", 10),
        ("heal", 12),
        ("pause", 10),
        ("clock-jump", 5),
        ("wipe", 0),
        ("bit-flip", 0),
        ("sleep", 3),
        ("data-cut", 3),
        ("transfer", 5),
        ("remove", 3),
        ("maintenance", 3),
        ("disaster", 0),
    ];

    public void Start()
    {
        _total = world.Scenario.Faults.Sum(fault => fault.Weight);
        if (_total > 0)
        {
            world.At(500, Strike);
        }
    }

    private void Strike()
    {
        if (!world.Faults)
        {
            return;
        }
        var roll = world.Random.Next(_total);
        var fault = "";
        foreach (var (name, weight) in world.Scenario.Faults)
        {
            roll -= weight;
            if (roll < 0)
            {
                fault = name;
                break;
            }
        }
        var living = world.Nodes.Where(node => !node.IsDead).ToList();
        Break(fault, living[world.Random.Next(living.Count)]);
        world.At(world.Now + 50 + world.Random.Next(world.Scenario.FaultInterval), Strike);
    }

    private void Break(string fault, SimNode node)
    {
        switch (fault)
        {
            case "kill": world.Crash(node, power: false); break;
            case "power-loss": world.Crash(node, power: true); break;
            case "blackout": Blackout(); break;
            case "restart": Restart(); break;
            case "split": Split(); break;
            case "isolate": Isolate(node, bothWays: true); break;
            case "one-way": Isolate(node, bothWays: false); break;
            case "heal": Heal(); break;
            case "pause": Pause(node); break;
            case "sleep": Sleep(node); break;
            case "data-cut": node.DataCutUntil = world.Now + world.Random.Next(LongestDataCut); break;
            case "clock-jump": Jump(node); break;
            case "wipe": Wipe(node, bitFlip: false); break;
            case "bit-flip": Wipe(node, bitFlip: true); break;
            case "transfer": Transfer(); break;
            case "remove": Remove(node); break;
            case "maintenance": Maintain(node); break;
            case "disaster": world.Recovery.Disaster(); break;
            default: throw new InvalidOperationException($"unknown fault {fault}");
        }
    }

    private void Blackout()
    {
        foreach (var node in world.Nodes)
        {
            world.Crash(node, power: true);
        }
    }

    private void Restart()
    {
        foreach (var node in world.Nodes)
        {
            if (node.Core is null && !node.IsDead)
            {
                world.Start(node);
            }
        }
    }

    private void Split()
    {
        world.Network.Heal();
        var sides = world.Nodes.Select(_ => world.Random.Next(2)).ToArray();
        Note(() => "the network splits: " + string.Join(" | ", world.Nodes.GroupBy(node => sides[node.Number])
            .Select(side => string.Join(' ', side.Select(node => node.Id)))));
        foreach (var from in world.Nodes)
        {
            foreach (var to in world.Nodes.Where(to => sides[from.Number] != sides[to.Number]))
            {
                world.Network.Cut(from, to);
            }
        }
    }

    /// <summary>One node hears nobody, or nobody hears it, or it is different for each of the others.</summary>
    private void Isolate(SimNode node, bool bothWays)
    {
        var cuts = new List<string>();
        foreach (var other in world.Nodes.Where(other => other != node))
        {
            var outward = bothWays || world.Random.Next(2) == 0;
            if (outward)
            {
                world.Network.Cut(node, other);
                cuts.Add($"{node.Id} to {other.Id}");
            }
            if (bothWays || !outward)
            {
                world.Network.Cut(other, node);
                cuts.Add($"{other.Id} to {node.Id}");
            }
        }
        Note(() => "nothing passes from " + string.Join(", ", cuts));
    }

    private void Heal()
    {
        Note(() => "the network heals");
        world.Network.Heal();
    }

    private void Pause(SimNode node)
    {
        node.PausedUntil = world.Now + world.Random.Next(LongestPause);
        ElectionMonitor.Excuse(node, node.PausedUntil);
        world.Transcript?.Note(world.Now, node.Id, $"is stopped until {node.PausedUntil}");
    }

    /// <summary>
    /// The whole machine sleeps: when it wakes only its clock on the wall knows. The consensus runs on a clock that counts
    /// sleep, so that it is a pause to it.
    /// </summary>
    private void Sleep(SimNode node)
    {
        if (node.PausedUntil > world.Now)
        {
            return;
        }
        Pause(node);
        var lost = (long)((node.PausedUntil - world.Now) * node.ClockRate);
        node.Slept += lost;
        if (world.Variant.Shell == ShellMutation.SleepNotCounted)
        {
            node.ClockOffset -= lost;
            node.WallAhead += lost;
        }
        world.Transcript?.Note(world.Now, node.Id, "which it will not notice: its machine sleeps");
    }

    private void Jump(SimNode node)
    {
        var jump = world.Random.Next(-LongestJump / 3, LongestJump);
        node.ClockOffset += jump;
        node.JumpedBackAt = jump < 0 ? world.Now : node.JumpedBackAt;
        ElectionMonitor.Excuse(node, world.Now + Math.Max(0, -jump));
        world.Transcript?.Note(world.Now, node.Id, $"its clock jumps by {jump} ms");
        if (node.Core is not null)
        {
            world.Wake(node, world.Now + 1);
        }
    }

    /// <summary>
    /// A disk is lost, or a bit on it turns over. Only as many as the voters can bear: never while another voter is blank
    /// or down, since losing two of three disks is a loss of data that no protocol mends. And not in the twinkling of an
    /// eye: the node is away for longer than it takes the primary to miss it.
    /// </summary>
    private void Wipe(SimNode node, bool bitFlip)
    {
        if (!OtherVotersAreWhole(3, node) || node.Uuid is not (SimWorld.Uuid or ""))
        {
            return; // the loss of a cluster of one node is the loss of all that it had
        }
        world.Crash(node, power: false);
        var life = node.Life;
        world.At(world.Now + ShortestAbsence + world.Random.Next(2000), () =>
        {
            if (!world.Faults || node.Life != life || !OtherVotersAreWhole(3, node))
            {
                return;
            }
            if (!bitFlip)
            {
                world.Wipe(node);
            }
            else if (node.Storage.Disk?.FlipBit() is { } file)
            {
                world.Transcript?.Note(world.Now, node.Id, $"a bit of {file} turns over");
            }
            world.Start(node);
        });
    }

    /// <summary>All other voters are up in their incarnations, and agree about who votes.</summary>
    private bool OtherVotersAreWhole(int atLeast, SimNode? except)
    {
        var newest = world.Members.Select(node => node.Storage.Stored.Accepted).MaxBy(document => document.Stamp)!;
        var voters = newest.Document.Voters;
        return voters.Length >= atLeast
            && newest.Document.Map.AllNodes.All(node => !node.Flags.HasFlag(NodeFlags.Maintenance))
            && voters.All(voter => world.Node(voter.Id) is { } node
                && (node == except || (node.Core is not null
                    && node.Info.Incarnation == voter.Incarnation
                    && node.Storage.Stored.Accepted.Document.Voters.SequenceEqual(voters)
                    && node.Storage.Stored.Committed.Document.Voters.SequenceEqual(voters))));
    }

    private void Transfer()
    {
        if (world.Operator.Primary() is not { } primary)
        {
            return;
        }
        var proxies = primary.Published.Document.Map.Proxies.Keys.ToList();
        var to = proxies[world.Random.Next(proxies.Count)];
        world.Do(primary, $"is told to hand over to {to}", (core, now) =>
        {
            try
            {
                return core.Transfer(to, now);
            }
            catch (StoreException)
            {
                return core.Tick(now); // refused, as it should be
            }
        });
    }

    /// <summary>Takes a node out of the map; it comes back when it asks to be let in.</summary>
    private void Remove(SimNode node)
    {
        if (world.Operator.Primary() is { } primary && primary != node
            && primary.Published.Document.Map.Find(node.Id) is not null)
        {
            world.Operator.Propose(primary, new RemoveNode(node.Id), "operator");
        }
    }

    private void Maintain(SimNode node)
    {
        if (world.Operator.Primary() is not { } primary || primary == node || !OtherVotersAreWhole(1, null)
            || primary.Published.Document.Map.Find(node.Id) is null)
        {
            return;
        }
        world.Operator.Propose(primary, new SetNodeFlags(node.Id, NodeFlags.Maintenance, NodeFlags.None), "operator");
        world.At(world.Now + 1000 + world.Random.Next(3000), () =>
        {
            if (world.Operator.Primary() is { } later && later.Published.Document.Map.Find(node.Id) is not null)
            {
                world.Operator.Propose(
                    later, new SetNodeFlags(node.Id, NodeFlags.None, NodeFlags.Maintenance), "operator");
            }
        });
    }

    private void Note(Func<string> text) => world.Transcript?.Note(world.Now, "-", text());
}
