using Skein.Simulator.Checks;
using Skein.Simulator.Transcripts;
using Skein.Simulator.World;

namespace Skein.Simulator.Runs;

/// <summary>What one simulated cluster came to.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Steps">Events.</param>
/// <param name="Commits">Documents that were committed.</param>
/// <param name="Elections">Epochs that had a primary.</param>
/// <param name="Acknowledged">Changes that clients were told of.</param>
/// <param name="Violation">What broke; null when nothing did.</param>
internal sealed record RunResult(
    int Seed, long Steps, int Commits, int Elections, int Acknowledged, ViolationException? Violation)
{
    /// <summary>Writes of objects that were acknowledged.</summary>
    public int Writes { get; init; }

    /// <summary>How many times a node was called down.</summary>
    public int Downs { get; init; }

    /// <summary>Newborn clusters that were given up.</summary>
    public int GivenUp { get; init; }
}

/// <summary>Which clusters to simulate.</summary>
internal sealed record RunOptions
{
    public const long AllSteps = long.MaxValue;

    /// <summary>Name or file of a scenario; empty for all that come with the program, in turn.</summary>
    public string Scenario { get; init; } = "";

    public Variant Variant { get; init; } = Variant.Correct;

    public long MaxSteps { get; init; } = AllSteps;

    public Scenario Of(int seed) => Scenario.Length == 0 ? World.Scenario.OfSeed(seed) : World.Scenario.Load(Scenario);

    /// <summary>Runs one cluster.</summary>
    public RunResult Run(int seed, Transcript? transcript = null)
    {
        var world = new SimWorld(Of(seed), seed, Variant, transcript);
        ViolationException? violation = null;
        try
        {
            world.Run(MaxSteps);
        }
        catch (ViolationException e)
        {
            violation = e;
        }
        return new RunResult(
            seed, world.Steps, world.Checks.Commits, world.Checks.Elections, world.Clients.Acknowledged, violation)
        {
            Writes = world.Writes.Acknowledged,
            Downs = world.LivenessChecks.Downs,
            GivenUp = world.Founders.GivenUp,
        };
    }

    /// <summary>The command that runs the same cluster again.</summary>
    public string Command(int seed) => $"./dev sim --seed {seed}"
        + (Scenario.Length == 0 ? "" : $" --scenario {Scenario}")
        + (Variant == Variant.Correct ? "" : $" --mutation {Variant.Name}")
        + (MaxSteps == AllSteps ? "" : $" --steps {MaxSteps}");

    /// <summary>Everything about a failure: what broke, how to see it again, what led to it.</summary>
    public string Explain(RunResult failed)
    {
        var transcript = new Transcript(TranscriptEntries) { IsBrief = true };
        var again = Run(failed.Seed, transcript);
        var same = again.Violation?.Message == failed.Violation!.Message
            ? ""
            : "\nThe second run of the seed was not the same: the simulator is not deterministic, which is a defect.";
        return $"""
            {transcript}

            seed {failed.Seed}, scenario {Of(failed.Seed).Name}: {failed.Violation.Checker}
            {failed.Violation.Message}
            Above are the last {TranscriptEntries} events that changed something. To see it again:
              {Command(failed.Seed)}{same}
            """;
    }

    private const int TranscriptEntries = 300;
}
