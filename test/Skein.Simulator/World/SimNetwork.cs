using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Simulator.World;

/// <summary>A committed document on its way to a node.</summary>
/// <param name="From">The primary.</param>
/// <param name="Document">The document.</param>
internal sealed record Push(string From, SealedDocument Document);

/// <summary>Messages between nodes: lost, doubled, late, overtaken, or cut off in one direction or both.</summary>
internal sealed class SimNetwork(SimWorld world)
{
    private const int LongestWay = 10;
    private const int LongestDelay = 1500;

    private readonly HashSet<(int From, int To)> _cut = [];

    /// <summary>True when nothing passes from one to the other.</summary>
    public bool IsCut(SimNode from, SimNode to) => _cut.Contains((from.Number, to.Number));

    /// <summary>Lets nothing pass from one to the other.</summary>
    public void Cut(SimNode from, SimNode to) => _cut.Add((from.Number, to.Number));

    /// <summary>Lets everything pass.</summary>
    public void Heal() => _cut.Clear();

    /// <summary>Sends a message of the consensus.</summary>
    public void Send(SimNode from, string to, ConsensusMessage message)
    {
        if (world.Find(to) is { } node)
        {
            Carry(from, node, () => world.Receive(node, message));
        }
    }

    /// <summary>Pushes a committed document, as the metasyncer does; the answer says what the other holds.</summary>
    public void Push(SimNode from, SimNode to, SealedDocument document) => Carry(from, to, () =>
    {
        if (document.Stamp > to.Published.Stamp && document.Document.Map.Find(to.Id) is not null)
        {
            world.Do(to, new Push(from.Id, document), (core, now) => core.LearnCommitted(document, now));
        }
        if (to.Core is not null)
        {
            var holds = to.Published;
            Carry(to, from, () => Answered(from, to.Id, holds, document.Uuid));
        }
    });

    private void Answered(SimNode primary, string node, SealedDocument holds, string uuid)
    {
        if (primary.Uuid == uuid && (holds.Uuid == uuid || !holds.Document.Exists))
        {
            primary.Hear(node, holds.Stamp, world.Now);
            primary.Primary.Said[node] = holds.Stamp;
        }
    }

    /// <summary>Takes something from one node to another, or not.</summary>
    public void Carry(SimNode from, SimNode to, Action arrive)
    {
        var copies = world.Faults && world.Happens(world.Scenario.Duplicates) ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            if (world.Faults && world.Happens(world.Scenario.Loss))
            {
                continue;
            }
            var delay = 1 + world.Random.Next(LongestWay);
            if (world.Faults && world.Happens(world.Scenario.Late))
            {
                delay += world.Random.Next(LongestDelay);
            }
            world.At(world.Now + delay, () => Deliver(from, to, arrive));
        }
    }

    private void Deliver(SimNode from, SimNode to, Action arrive)
    {
        if (IsCut(from, to) || to.Core is null)
        {
            return;
        }
        if (to.PausedUntil > world.Now)
        {
            // It waits in the socket, however long. What waits in several is read in any order.
            world.At(to.PausedUntil + world.Random.Next(5), () => Deliver(from, to, arrive));
            return;
        }
        arrive();
    }
}
