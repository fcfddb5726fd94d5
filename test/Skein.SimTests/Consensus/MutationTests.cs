using Skein.Simulator.Runs;
using Skein.Simulator.World;

namespace Skein.SimTests.Consensus;

/// <summary>A simulator that cannot find a defect proves nothing: each known one must be noticed.</summary>
public sealed class MutationTests
{
    public static TheoryData<string> Names => [.. Variant.All.Select(variant => variant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_known_defect_is_noticed(string name)
    {
        var result = MutationTable.Find(Variant.Find(name), MutationTable.MaxSeeds);
        if (result.Found is { } found)
        {
            TestContext.Current.SendDiagnosticMessage($"{name}: seed {found.Seed}: {found.Violation!.Message}");
        }
        Assert.True(
            result.Found is not null || MutationTable.Harmless.ContainsKey(name),
            $"{name} was not noticed in {result.Seeds} clusters: the checkers have a hole");
    }
}
