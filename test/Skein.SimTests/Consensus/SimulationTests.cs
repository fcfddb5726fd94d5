using System.Security.Cryptography;
using Skein.Simulator.Runs;
using Skein.Simulator.World;

namespace Skein.SimTests.Consensus;

/// <summary>Whole clusters under faults; fixed seeds, and a fresh one in every build.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int FixedSeeds = 325;

    [Fact]
    public void Clusters_under_faults_never_split_and_come_back()
    {
        var options = new RunOptions();
        var lines = new StringWriter();
        var failure = SeedRunner.Run(options, 1, FixedSeeds, lines, TimeProvider.System);
        output.WriteLine(lines.ToString());
        Assert.True(failure is null, failure is null ? "" : options.Explain(failure));
        Assert.True(FixedSeeds > Scenario.Known.Count * 10, "each scenario needs its share");
    }

    [Fact]
    public void A_fresh_cluster_does_so_too()
    {
        var seed = RandomNumberGenerator.GetInt32(1 << 20, int.MaxValue);
        var options = new RunOptions();
        TestContext.Current.SendDiagnosticMessage($"fresh seed: {options.Command(seed)}");
        output.WriteLine(options.Command(seed));
        var result = options.Run(seed);
        Assert.True(result.Violation is null, result.Violation is null ? "" : options.Explain(result));
    }

    [Fact]
    public void Something_happens_in_every_scenario()
    {
        for (var seed = 0; seed < Scenario.Known.Count; seed++)
        {
            var result = new RunOptions().Run(seed);
            Assert.True(
                result.Violation is null && result.Elections > 1 && result.Acknowledged > 20
                    && (result.Writes > 20 || new RunOptions().Of(seed).Targets == 0),
                $"{Scenario.Known[seed]}: {result}");
        }
    }

    [Fact]
    public void Nodes_are_called_down_and_newborn_clusters_are_given_up()
    {
        var many = Ten("3-proxies-targets");
        Assert.All(many, result => Assert.Null(result.Violation));
        Assert.True(many.Sum(result => result.Downs) > 5 && many.Sum(result => result.Writes) > 500, string.Join(", ", many));
        var newborn = Ten("3-proxies-founders");
        Assert.All(newborn, result => Assert.Null(result.Violation));
        Assert.True(newborn.Sum(result => result.GivenUp) > 2, string.Join(", ", newborn));
    }

    /// <summary>
    /// One that was forced twice, killed before the first was on its disk: the checks held that first reign, which nobody ever
    /// saw, against the primary that was elected later.
    /// </summary>
    [Fact]
    public void A_reign_that_was_lost_before_it_was_on_a_disk_deposes_nobody()
    {
        var result = new RunOptions { Scenario = "3-proxies-disaster" }.Run(728282452);
        Assert.True(result.Violation is null, result.Violation?.ToString());
    }

    private static List<RunResult> Ten(string scenario) =>
        [.. Enumerable.Range(1, 10).Select(seed => new RunOptions { Scenario = scenario }.Run(seed))];
}
