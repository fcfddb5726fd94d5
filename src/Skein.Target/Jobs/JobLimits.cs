namespace Skein.Target.Jobs;

/// <summary>The bounds of what a target keeps about jobs.</summary>
public static class JobLimits
{
    /// <summary>Most jobs that run at a time.</summary>
    public const int Running = 256;

    /// <summary>Ended jobs of one kind that are remembered.</summary>
    public const int HistoryPerKind = 32;

    /// <summary>Errors of one job that are kept with the name of their object; more are only counted.</summary>
    public const int KeptErrors = 32;

    /// <summary>Longest text of one error, in characters.</summary>
    public const int ErrorText = 512;

    /// <summary>Largest file of remembered jobs that is read, in bytes.</summary>
    public const int HistoryFile = 16 << 20;

    /// <summary>How long a target that stops waits for its jobs to end.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
}
