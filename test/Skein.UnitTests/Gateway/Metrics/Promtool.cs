using System.Diagnostics;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Metrics;

/// <summary>Prometheus' own tool, where it is installed.</summary>
internal static class Promtool
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);

    public static bool IsInstalled => Program is not null;

    /// <summary>What it says of metrics; empty when it has nothing against them.</summary>
    public static Task<string> CheckMetricsAsync(string metrics) => RunAsync(metrics, "check", "metrics");

    /// <summary>Runs it.</summary>
    /// <returns>Empty when it ended well, else what it wrote.</returns>
    public static async Task<string> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(StoreFixture.Cancel);
        var errors = process.StandardError.ReadToEndAsync(StoreFixture.Cancel);
        await process.StandardInput.WriteAsync(input.AsMemory(), StoreFixture.Cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(StoreFixture.Cancel);
        return process.ExitCode == 0 ? "" : $"exit {process.ExitCode}: {await output}{await errors}";
    }
}
