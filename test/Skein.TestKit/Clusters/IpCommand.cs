namespace Skein.TestKit.Clusters;

/// <summary>The program <c>ip</c> of iproute2.</summary>
internal static class IpCommand
{
    /// <summary>Where it is; null when it is not installed.</summary>
    public static string? Path { get; } = Programs.Find("ip");

    /// <summary>Runs it and returns what it prints.</summary>
    /// <exception cref="InvalidOperationException">When it fails; with its arguments and its words.</exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var run = await TryAsync(arguments);
        return run.ExitCode == 0
            ? run.Output
            : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {run.Error.Trim()}");
    }

    /// <summary>Runs it; the caller looks whether it worked.</summary>
    public static Task<ProgramRun> TryAsync(params string[] arguments) => ProgramRun.RunAsync(Path ?? "ip", arguments);
}
