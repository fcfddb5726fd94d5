using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;
using Skein.Simulator.World;

namespace Skein.Simulator.Runs;

/// <summary>What came of the search for one known defect.</summary>
/// <param name="Variant">The defect.</param>
/// <param name="Seeds">Seeds that were run.</param>
/// <param name="Found">The run in which it was noticed; null when it was not.</param>
internal sealed record MutationResult(Variant Variant, int Seeds, RunResult? Found);

/// <summary>
/// A simulator that cannot find a defect proves nothing: runs every known one until a checker notices it.
/// </summary>
internal static class MutationTable
{
    /// <summary>Most seeds for one defect.</summary>
    public const int MaxSeeds = 5000;

    /// <summary>Defects that no checker can notice, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Harmless { get; } = new Dictionary<string, string>();

    /// <summary>Runs all and prints a line for each.</summary>
    /// <returns>True when each was noticed or is known to be harmless.</returns>
    public static bool Run(int seeds, TextWriter output, TimeProvider time)
    {
        var started = time.GetTimestamp();
        output.WriteLine($"{"known defect",-30} {"noticed by",-44} {"seed",6} {"seeds",6}");
        var all = true;
        foreach (var variant in Variant.All)
        {
            var result = Find(variant, seeds);
            all &= result.Found is not null || Harmless.ContainsKey(variant.Name);
            output.WriteLine(Print(result));
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds:0.0} s"));
        return all;
    }

    /// <summary>Runs seeds from 1 until one notices the defect.</summary>
    public static MutationResult Find(Variant variant, int seeds)
    {
        var options = new RunOptions { Variant = variant, Scenario = ScenarioFor(variant) };
        RunResult? found = null;
        var gate = new Lock();
        Parallel.For(1, seeds + 1, (seed, loop) =>
        {
            var result = options.Run(seed);
            if (result.Violation is not null)
            {
                lock (gate)
                {
                    found = found is null || seed < found.Seed ? result : found;
                }
                loop.Break();
            }
        });
        return new MutationResult(variant, found?.Seed ?? seeds, found);
    }

    private static string Print(MutationResult result) => result.Found is { } found
        ? $"{result.Variant.Name,-30} {found.Violation!.Checker,-44} {found.Seed,6} {result.Seeds,6}"
        : Harmless.TryGetValue(result.Variant.Name, out var reason)
            ? $"{result.Variant.Name,-30} harmless: {reason}"
            : $"{result.Variant.Name,-30} NOT NOTICED in {result.Seeds} seeds: the checkers have a hole";

    /// <summary>The scenario in which a defect shows soonest; empty for all.</summary>
    private static string ScenarioFor(Variant variant) => variant switch
    {
        { Disk: DiskMutation.NotFlushedAtStart } => "3-proxies-killed-at-writes",
        { Disk: not DiskMutation.None } => "3-proxies-bad-disks",
        { Shell: ShellMutation.NewbornKept or ShellMutation.EstablishedGivenUp } => "3-proxies-founders",
        { Shell: ShellMutation.AdmittedCountsAsHolding } => "4-proxies-newcomers",
        { Shell: not ShellMutation.None } or { Lease: not LeaseMutation.None } or { Detector: not DetectorMutation.None } =>
            "3-proxies-targets",
        _ => variant.Core switch
        {
            ConsensusMutation.WitnessStands => "2-proxies-witness",
            ConsensusMutation.AnswersUnconfirmed => "3-proxies-paused",
            ConsensusMutation.CountsOtherTerms => "3-proxies-lossy",
            ConsensusMutation.VotersWithoutLivingMajority => "4-proxies-voters",
            ConsensusMutation.WitnessKeepsDocument => "3-proxies-wipes",
            ConsensusMutation.ForceKeepsGeneration => "3-proxies-disaster",
            ConsensusMutation.FenceIgnored => "5-proxies-disaster",
            ConsensusMutation.BlankVoterVotes => "3-proxies-wipes",
            ConsensusMutation.StandsOnWithOtherVoters => "4-proxies-newcomers",
            _ => "",
        },
    };
}
