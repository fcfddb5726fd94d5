using Skein.Simulator.Exhaustive;
using Skein.Simulator.World;

namespace Skein.SimTests.Consensus;

/// <summary>Every order of a few events.</summary>
public sealed class ExhaustiveTests(ITestOutputHelper output)
{
    [Fact]
    public void No_order_of_events_breaks_a_rule()
    {
        var lines = new StringWriter();
        var fine = SmallWorldSearch.Run(7, Variant.Correct, lines, TimeProvider.System);
        output.WriteLine(lines.ToString());
        Assert.True(fine, lines.ToString());
        Assert.All(SmallWorldSearch.Beginnings(Variant.Correct.Core), search =>
        {
            search.Run(4);
            Assert.True(search.States > 300, $"{search.Before}: {search.States} states are too few to show anything");
        });
    }

    [Theory]
    [InlineData("CommitWithMinority", 5)]
    [InlineData("VoteWithoutUpToDateCheck", 7)]
    [InlineData("VoteNotPersisted", 7)]
    [InlineData("AnswerBeforePersist", 7)]
    public void Some_order_of_events_shows_a_known_defect(string name, int depth)
    {
        var lines = new StringWriter();
        Assert.False(SmallWorldSearch.Run(depth, Variant.Find(name), lines, TimeProvider.System), lines.ToString());
        output.WriteLine(lines.ToString());
        Assert.Contains($"./dev sim --exhaustive --depth {depth} --mutation {name}", lines.ToString(), StringComparison.Ordinal);
    }
}
