using System.Diagnostics;
using System.Text;

namespace Skein.TestKit.Clusters;

/// <summary>A program that has run to its end.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program and waits for its end.</summary>
    /// <param name="program">Path, or a name to be found in PATH.</param>
    /// <param name="arguments">Arguments.</param>
    /// <param name="variables">Environment variables to set, or to take away where null.</param>
    /// <exception cref="TimeoutException">When it does not end within a minute; it is killed then.</exception>
    public static Task<ProgramRun> RunAsync(
        string program, IEnumerable<string> arguments, params (string Name, string? Value)[] variables) =>
        RunAsync(Limit, program, arguments, variables);

    /// <summary>The same with a limit of its own.</summary>
    /// <exception cref="TimeoutException">When it does not end in time; it is killed then.</exception>
    public static async Task<ProgramRun> RunAsync(
        TimeSpan patience, string program, IEnumerable<string> arguments, params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ProgramRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end");
        }
    }

    /// <summary>The run itself when the exit code is 0.</summary>
    /// <exception cref="InvalidOperationException">When it is not; with all output.</exception>
    public ProgramRun Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"exit code {ExitCode}\n{Output}\n{Error}");
}
