using System.Globalization;

namespace Skein.Simulator.Runs;

/// <summary>Runs many seeds on all processors.</summary>
internal static class SeedRunner
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Runs seeds until one fails or all are done.</summary>
    /// <returns>Null when all went well; else the failure with the smallest seed among those found.</returns>
    public static RunResult? Run(RunOptions options, int first, int count, TextWriter output, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var totals = new Totals();
        RunResult? failure = null;
        var gate = new Lock();
        var printed = started;
        Parallel.For(first, first + count, (seed, loop) =>
        {
            var result = options.Run(seed);
            lock (gate)
            {
                totals.Add(result);
                if (result.Violation is not null)
                {
                    failure = failure is null || seed < failure.Seed ? result : failure;
                    loop.Break();
                }
                if (time.GetElapsedTime(printed) >= BetweenLines)
                {
                    printed = time.GetTimestamp();
                    output.WriteLine(totals.Print(time.GetElapsedTime(started)));
                }
            }
        });
        output.WriteLine(totals.Print(time.GetElapsedTime(started)));
        return failure;
    }

    private sealed class Totals
    {
        private long _runs;
        private long _steps;
        private long _commits;
        private long _elections;
        private long _acknowledged;
        private long _writes;
        private long _downs;
        private long _givenUp;

        public void Add(RunResult result)
        {
            _runs++;
            _steps += result.Steps;
            _commits += result.Commits;
            _elections += result.Elections;
            _acknowledged += result.Acknowledged;
            _writes += result.Writes;
            _downs += result.Downs;
            _givenUp += result.GivenUp;
        }

        public string Print(TimeSpan elapsed) => string.Create(
            CultureInfo.InvariantCulture,
            $"{_runs} clusters, {_steps} events, {_elections} elections, {_commits} documents, {_acknowledged} changes and "
                + $"{_writes} writes acknowledged, {_downs} called down, {_givenUp} given up "
                + $"in {elapsed.TotalSeconds:0.0} s: {_runs / elapsed.TotalSeconds:0} clusters/s");
    }
}
