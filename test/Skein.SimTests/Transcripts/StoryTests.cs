using Skein.Core.Maps;
using Skein.Simulator.Transcripts;
using Skein.Simulator.World;
using Skein.TestKit;

namespace Skein.SimTests.Transcripts;

/// <summary>
/// The protocol told by examples: what the nodes say to each other and write to disk when everything goes well but for
/// one thing. A change of the protocol is a change of these texts, to be read before it is accepted.
/// </summary>
public sealed class StoryTests
{
    private const long Settled = 6000;

    [Fact]
    public void Bootstrap() => Tell(
        "bootstrap",
        "One proxy forms a cluster. It is the only voter, so its own vote and its own disk are the majority.",
        new Scenario { Proxies = 1, Targets = 0 },
        0,
        world => world.RunUntil(1000));

    [Fact]
    public void Join() => Tell(
        "join",
        "A cluster of one proxy and one target; p2 and p3 come, which nobody knows. They are put into the map and pushed "
            + "the document. Then the voters grow, one at a time, to three.",
        new Scenario { Proxies = 1, Targets = 1, Newcomers = 2 },
        0,
        world => world.RunUntil(2500));

    [Fact]
    public void Failover() => Tell(
        "failover",
        "Three voters; the primary dies. The first whose patience ends asks who would vote for it, then begins a term, is "
            + "elected, and commits the document anew under its own term. Then a client's change is made.",
        Three,
        Settled,
        world =>
        {
            world.Crash(world.Operator.Primary()!, power: false);
            world.RunUntil(world.Now + 1500);
            world.Clients.Create(world.Operator.Primary()!, "bucket");
            world.RunUntil(world.Now + 200);
        });

    [Fact]
    public void Old_primary_returns() => Tell(
        "old-primary-returns",
        "The primary of before starts again with its disk. It waits for a primary to be heard, hears one of a later epoch, "
            + "and follows it: that its last document names itself as the primary counts for nothing.",
        Three,
        Settled,
        world =>
        {
            var old = world.Operator.Primary()!;
            world.Crash(old, power: false);
            world.RunUntil(world.Now + 2000);
            world.Transcript = NewTranscript();
            world.Start(old);
            world.RunUntil(world.Now + 1500);
        });

    [Fact]
    public void Voter_wiped() => Tell(
        "voter-wiped",
        "A voter comes back with an empty disk, as another incarnation. It is let in again, but its old vote is taken away "
            + "before it is given a new one: until then it does not count, so that it cannot forget whom it voted for.",
        Three,
        Settled,
        world =>
        {
            var voter = world.Nodes.Last(node => node.Info.Type == "proxy" && node != world.Operator.Primary());
            world.Crash(voter, power: true);
            world.Wipe(voter);
            world.RunUntil(world.Now + 1500);
            world.Start(voter);
            world.RunUntil(world.Now + 2000);
        });

    [Fact]
    public void Set_primary() => Tell(
        "set-primary",
        "The lead is handed over on purpose. The chosen one has everything, is told to stand, and is elected although all "
            + "hear the old primary still: its request says that the primary itself asked for it.",
        Three,
        Settled,
        world =>
        {
            var primary = world.Operator.Primary()!;
            var to = world.Nodes.First(node => node.Info.Type == "proxy" && node != primary).Id;
            world.Do(primary, $"is told to hand over to {to}", (core, now) => core.Transfer(to, now));
            world.RunUntil(world.Now + 500);
        });

    [Fact]
    public void Partition_and_heal() => Tell(
        "partition-and-heal",
        "The primary alone is cut off from the other two. It is asked for a change that it cannot commit, hears no "
            + "majority, and steps down; the others elect one of them. When the network heals, the document that was never "
            + "committed gives way, and all hold the same again.",
        Three,
        Settled,
        world =>
        {
            var primary = world.Operator.Primary()!;
            foreach (var other in world.Nodes.Where(other => other != primary))
            {
                world.Network.Cut(primary, other);
                world.Network.Cut(other, primary);
            }
            world.Clients.Create(primary, "never");
            world.RunUntil(world.Now + 2000);
            world.Clients.Create(world.Operator.Primary()!, "bucket");
            world.RunUntil(world.Now + 200);
            world.Transcript!.Note(world.Now, "-", "the network heals");
            world.Network.Heal();
            world.RunUntil(world.Now + 1500);
            var all = world.Nodes.Select(node => node.Published).ToList();
            Assert.Single(all.Select(document => document.Hash).Distinct());
            Assert.Equal(["bucket"], all[0].Document.Buckets.Buckets.Keys.Select(name => name.Name));
        });

    private static Scenario Three => new() { Proxies = 3, Targets = 1 };

    private static Transcript NewTranscript() => new(2000) { IsBrief = true };

    private static void Tell(string name, string about, Scenario scenario, long settled, Action<SimWorld> story)
    {
        var quiet = scenario with
        {
            Loss = 0,
            Duplicates = 0,
            Late = 0,
            CrashAtWrite = 0,
            Drift = 0,
            RealFiles = 0,
            Clients = 0,
        };
        var world = new SimWorld(quiet, 1, Variant.Correct, settled == 0 ? NewTranscript() : null);
        world.Form();
        world.Operator.Start();
        world.Calm();
        world.RunUntil(settled);
        world.Transcript ??= NewTranscript();
        if (settled != 0)
        {
            var document = world.Operator.Primary()!.Published.Document;
            world.Transcript.Note(
                world.Now, "-", $"the story begins: {document.Map.PrimaryId} leads, {new SetVoters(document.Voters).Describe()}");
        }
        story(world);
        Golden.Check($"Transcripts/{name}", $"{about}\n\n{world.Transcript}\n", typeof(StoryTests).Assembly);
    }
}
