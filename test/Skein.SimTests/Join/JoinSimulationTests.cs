using Skein.SimTests.Simulation;

namespace Skein.SimTests.Join;

/// <summary>Whole clusters that come together, with faults; and the proof that the checks would notice.</summary>
public sealed class JoinSimulationTests
{
    private const int Runs = 300;
    private const int RunsOfAMutation = 3000;

    [Fact]
    public void Everybody_who_can_comes_in_and_nothing_breaks_on_the_way() =>
        Seeds.Run(Runs, seed => new JoinWorld(seed, new Variant()).Run());

    [Fact]
    public void A_world_is_the_same_for_the_same_seed()
    {
        var asked = new List<long>();
        for (var i = 0; i < 2; i++)
        {
            var world = new JoinWorld(11, new Variant());
            world.Run();
            asked.Add(world.Nodes.Sum(node => node.Asked));
        }
        Assert.Equal(asked[0], asked[1]);
    }

    [Theory]
    [InlineData("search without a second round")]
    [InlineData("search that ignores who the primary is")]
    [InlineData("search that takes a refusal for good")]
    [InlineData("search that asks twice at a time")]
    [InlineData("search that waits for each answer")]
    [InlineData("search without a pause")]
    [InlineData("primary that forgets the three URLs")]
    [InlineData("primary that keeps the version")]
    [InlineData("primary that does not call back")]
    [InlineData("primary that does not ask the known node")]
    [InlineData("primary that does not look again")]
    public void A_broken_variant_is_noticed(string name)
    {
        var variant = Mutation(name);
        for (var seed = 1; seed <= RunsOfAMutation; seed++)
        {
            try
            {
                new JoinWorld(seed, variant).Run();
                QuickJoin.Run(seed, variant);
            }
            catch (BrokenRuleException)
            {
                return;
            }
        }
        Assert.Fail($"{name}: nothing was noticed in {RunsOfAMutation} worlds; the checks have a hole");
    }

    private static Variant Mutation(string name) => name switch
    {
        "search without a second round" => new() { Search = (c, o, r) => new SearchMutations.NoRetry(c, o, r) },
        "search that ignores who the primary is" => new() { Search = (c, o, r) => new SearchMutations.IgnoresHints(c, o, r) },
        "search that takes a refusal for good" =>
            new() { Search = (c, o, r) => new SearchMutations.TakesRefusalForGood(c, o, r) },
        "search that asks twice at a time" => new() { Search = (c, o, r) => new SearchMutations.AsksTwice(c, o, r) },
        "search that waits for each answer" => new() { Search = (c, o, r) => new SearchMutations.OneAtATime(c, o, r) },
        "search without a pause" => new() { Search = (c, o, r) => new SearchMutations.NoPause(c, o, r) },
        "primary that forgets the three URLs" => new() { Primary = PrimaryFaults.ForgetsContactUrls },
        "primary that keeps the version" => new() { Primary = PrimaryFaults.KeepsVersion },
        "primary that does not call back" => new() { Primary = PrimaryFaults.DoesNotCallBack },
        "primary that does not ask the known node" => new() { Primary = PrimaryFaults.DoesNotAskTheKnown },
        "primary that does not look again" => new() { Primary = PrimaryFaults.DoesNotLookAgain },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such variant"),
    };
}
