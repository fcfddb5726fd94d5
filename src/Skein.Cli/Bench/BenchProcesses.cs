using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Skein.Cli.Output;
using Skein.Core.Buckets;
using Skein.Core.Config;

namespace Skein.Cli.Bench;

/// <summary>Runs the measured part in several processes of this program and adds up what they say.</summary>
/// <param name="program">Path of this program.</param>
/// <param name="endpoint">URL of the proxy in use.</param>
internal sealed class BenchProcesses(string program, string endpoint)
{
    /// <summary>Runs them at the same time.</summary>
    /// <exception cref="CliException">When one fails; with what it said.</exception>
    public Task<BenchDocument[]> RunAsync(
        BenchPlan plan, BucketName bucket, string prefix, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, plan.Processes).Select(part => OneAsync(
            Arguments(plan, bucket, prefix, part), cancellation)));

    /// <summary>The command line of one of the processes.</summary>
    public IReadOnlyList<string> Arguments(BenchPlan plan, BucketName bucket, string prefix, int part)
    {
        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        var workers = Math.Max(1, Share(plan.Workers, plan.Processes, part));
        List<string> words =
        [
            "bench", "mixed", bucket.ToString(), "--mix", plan.Mix.Text, "--size", plan.Sizes.Text,
            "--workers", Number(workers), "--processes", Number(plan.Processes), "--part", Number(part), "--prefix", prefix,
            "--objects", Number(plan.Objects), "--range-length", Number(plan.RangeLength), "--seed", Number(plan.Seed),
            "--warm-up", GoDuration.Format(plan.WarmUp), "--endpoint", endpoint, "--json",
        ];
        if (plan.Duration is { } duration)
        {
            words.AddRange(["--duration", GoDuration.Format(duration)]);
        }
        if (plan.Count is { } count)
        {
            words.AddRange(["--count", Number(Math.Max(1, Share(count, plan.Processes, part)))]);
        }
        if (plan.Rate is { } rate)
        {
            words.AddRange(["--rate", Number(rate / plan.Processes)]);
        }
        return words;
    }

    /// <summary>One result of several that were measured at the same time.</summary>
    public static BenchDocument Sum(BenchPlan plan, IReadOnlyList<BenchDocument> parts)
    {
        var time = TimeSpan.FromSeconds(parts.Max(part => part.Seconds));
        var results = new List<BenchResult>();
        foreach (var operation in plan.Mix.Operations)
        {
            var recorder = new LatencyRecorder(operation);
            foreach (var result in parts.SelectMany(part => part.Results)
                .Where(result => result.Operation == BenchMix.Name(operation)))
            {
                recorder.Add(result);
            }
            results.Add(recorder.Result(time));
        }
        return parts[0] with
        {
            Workers = parts.Sum(part => part.Workers),
            Processes = parts.Count,
            Rate = plan.Rate,
            Seconds = time.TotalSeconds,
            Results = results,
        };
    }

    private static long Share(long whole, int parts, int part) => (whole / parts) + (part < whole % parts ? 1 : 0);

    private async Task<BenchDocument> OneAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new CliException($"{program} cannot be started");
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize(output, CliJsonContext.Default.BenchDocument)!
                : throw new CliException("a process of the benchmark failed: " + (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
