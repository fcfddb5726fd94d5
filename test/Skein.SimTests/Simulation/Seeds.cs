using System.Globalization;
using System.Security.Cryptography;

namespace Skein.SimTests.Simulation;

/// <summary>
/// Which worlds are simulated. <c>SKEIN_SIM_SEED</c> is the first seed and <c>SKEIN_SIM_RUNS</c> the number of them.
/// Without either: a fixed set, and a fresh one whose seed a failure prints.
/// </summary>
internal static class Seeds
{
    /// <summary>The seeds.</summary>
    /// <param name="runs">How many when nothing is said.</param>
    public static IEnumerable<int> Of(int runs)
    {
        var seed = Read("SKEIN_SIM_SEED");
        var count = Read("SKEIN_SIM_RUNS");
        if (seed is not null)
        {
            return Enumerable.Range(seed.Value, count ?? 1);
        }
        var some = count ?? runs;
        return Enumerable.Range(1, some)
            .Concat(Enumerable.Range(RandomNumberGenerator.GetInt32(1 << 20, int.MaxValue / 2), some / 10));
    }

    /// <summary>Runs a world for each seed; a failure says how to repeat it.</summary>
    public static void Run(int runs, Action<int> world)
    {
        foreach (var seed in Of(runs))
        {
            try
            {
                world(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"./dev sim --seed {seed} --runs 1: {e.Message}", e);
            }
        }
    }

    private static int? Read(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
