namespace Skein.UnitTests.Storage;

/// <summary>Runs a scene again and again, and stops it before each of its steps in turn.</summary>
internal static class CrashSweep
{
    /// <summary>How often the first step of a kind is aimed at.</summary>
    private const int MaxAttempts = 4;

    /// <summary>Runs until a run comes to its end, and until every kind of step has been hit.</summary>
    /// <param name="expected">The kinds of steps that have to be hit.</param>
    /// <param name="mostSteps">More steps than a run has.</param>
    /// <param name="run">One run; it checks what it finds after the stop.</param>
    public static async Task RunAsync(IReadOnlyCollection<string> expected, int mostSteps, Func<CrashPlan, Task> run)
    {
        var seen = new HashSet<string>();
        var completed = false;
        for (var crashAt = 1; !completed; crashAt++)
        {
            Assert.True(crashAt < mostSteps);
            completed = !await HitAsync(new CrashPlan(crashAt));
        }
        // The index has a thread of its own, so that a kind of step may slip past the numbers: it is aimed at by its name.
        foreach (var kind in expected.Except(seen).ToList())
        {
            for (var attempt = 0; attempt < MaxAttempts && !await HitAsync(new CrashPlan(1, kind)); attempt++)
            {
                // The thread was slower than the run.
            }
        }
        Assert.Superset(expected.ToHashSet(), seen);

        async Task<bool> HitAsync(CrashPlan plan)
        {
            await run(plan);
            seen.Add(plan.Where);
            return plan.IsDead;
        }
    }
}
