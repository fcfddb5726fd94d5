using Skein.Cluster.Consensus;

namespace Skein.SimTests.Consensus;

public sealed class ConsensusSimulation
{
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("SKEIN_SIM_RUNS"), out var runs) ? runs : 60;

    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("SKEIN_SIM_SEED"), out var seed) ? seed : 1;

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 2, false)]
    [InlineData(4, 2, false)]
    [InlineData(5, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(5, 2, true)]
    public void A_cluster_under_faults_never_splits_and_comes_back(int proxies, int targets, bool wipes)
    {
        for (var seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            var options = new SimOptions { Seed = seed, Proxies = proxies, Targets = targets, Wipes = wipes };
            var failure = Try(options);
            Assert.True(failure is null, $"seed {seed} with {proxies} proxies, {targets} targets, wipes {wipes}: {failure}");
        }
    }

    /// <summary>A simulator that cannot find a defect proves nothing: each known one must be caught.</summary>
    [Theory]
    [InlineData("VoteNotPersisted")]
    [InlineData("AnswerBeforePersist")]
    [InlineData("NoTermBarrier")]
    [InlineData("BlankVoterVotes")]
    [InlineData("StaleTermAccepted")]
    [InlineData("TwoVotersChangedAtOnce")]
    [InlineData("VoteWithoutUpToDateCheck")]
    [InlineData("CommitWithMinority")]
    [InlineData("WitnessStands")]
    [InlineData("PublishBeforeCommit")]
    [InlineData("NoRetryOfDocument")]
    public void A_known_defect_is_caught(string name)
    {
        var mutation = Enum.Parse<ConsensusMutation>(name);
        for (var seed = 1; seed <= 3000; seed++)
        {
            var options = new SimOptions
            {
                Seed = seed,
                Proxies = mutation == ConsensusMutation.WitnessStands ? 2 : 3 + (seed % 3),
                Targets = 2,
                Wipes = mutation == ConsensusMutation.BlankVoterVotes,
                Mutation = mutation,
            };
            if (Try(options) is { } failure)
            {
                TestContext.Current.SendDiagnosticMessage($"{name}: seed {seed}: {failure}");
                return;
            }
        }
        Assert.Fail($"{name} was not caught in 3000 runs: the checkers have a hole");
    }

    private static string? Try(SimOptions options)
    {
        var world = new SimWorld(options);
        try
        {
            world.Run();
            return null;
        }
        catch (ViolationException violation)
        {
            return violation.Message;
        }
    }
}
