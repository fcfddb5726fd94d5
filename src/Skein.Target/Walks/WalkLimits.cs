namespace Skein.Target.Walks;

/// <summary>The bounds of jobs over buckets. Every loop and wait of theirs names one of these.</summary>
public static class WalkLimits
{
    /// <summary>Jobs over buckets that run on a target at a time.</summary>
    public const int Jobs = 64;

    /// <summary>Objects that one job deals with at a time, when the client does not say.</summary>
    public const int DefaultWorkers = 16;

    /// <summary>Most objects that one job deals with at a time.</summary>
    public const int MaxWorkers = 64;

    /// <summary>Names that are read at a time.</summary>
    public const int PageNames = 1000;

    /// <summary>Largest file of one job, in bytes.</summary>
    public const int FileBytes = 64 << 20;

    /// <summary>Time between two notes on disk of how far a job is.</summary>
    public static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(1);

    /// <summary>Pause before an object is tried again: doubles up to <see cref="LongestPause"/>.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>See <see cref="ShortestPause"/>.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>How long names are waited for: a listing index that is rebuilt, proxies that elect.</summary>
    public static readonly TimeSpan NamesPatience = TimeSpan.FromMinutes(30);

    /// <summary>Pause between two questions to those that take part.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait for the answer of one that takes part.</summary>
    public static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long one that takes part may know nothing of a job: longer than a proxy takes to tell everybody. After that it has
    /// lost what it knew.
    /// </summary>
    public static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long a renaming waits for a primary to end it when all objects have moved.</summary>
    public static readonly TimeSpan RenamePatience = TimeSpan.FromMinutes(10);

    /// <summary>How long a job over listed or templated names stays idle, and listed, before it ends.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    /// <summary>Ended jobs of which is remembered under which owners they ended.</summary>
    public const int Remembered = 256;
}

/// <summary>How long a job over a bucket bears what does not answer.</summary>
public sealed record WalkPatience
{
    /// <summary>The values of a target.</summary>
    public static WalkPatience Default { get; } = new();

    /// <summary>
    /// How long a target that an object has to go to may fail without a break before its objects are given up, each with
    /// its error. Two minutes: longer than a restart, an election and the taking over of its names.
    /// </summary>
    public TimeSpan Destination { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a target that takes part, and is in service by the map, may be silent.</summary>
    public TimeSpan Participant { get; init; } = TimeSpan.FromMinutes(5);
}
