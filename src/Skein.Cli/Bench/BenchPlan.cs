namespace Skein.Cli.Bench;

/// <summary>What a run is to do.</summary>
internal sealed record BenchPlan
{
    /// <summary>Most workers of one process.</summary>
    public const int MaxWorkers = 1024;

    /// <summary>Most processes.</summary>
    public const int MaxProcesses = 64;

    /// <summary>Most objects that are stored beforehand.</summary>
    public const int MaxObjects = 10_000_000;

    /// <summary>The operations.</summary>
    public required BenchMix Mix { get; init; }

    /// <summary>How large objects are.</summary>
    public required SizeDistribution Sizes { get; init; }

    /// <summary>How many requests are under way at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>How long it takes; null when only the number of operations ends it.</summary>
    public TimeSpan? Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many operations; null when only time ends it.</summary>
    public long? Count { get; init; }

    /// <summary>What happens before this is not counted.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Operations that are due each second; null for as fast as they are answered.</summary>
    public double? Rate { get; init; }

    /// <summary>Objects (or files in archives) that are stored beforehand, to be read or deleted.</summary>
    public int Objects { get; init; } = 1000;

    /// <summary>Length of the part that <see cref="BenchOperation.Range"/> reads, in bytes.</summary>
    public long RangeLength { get; init; } = 64 << 10;

    /// <summary>Seed of sizes, order and content.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Which of several processes this is, from 0.</summary>
    public int Part { get; init; }

    /// <summary>How many processes there are.</summary>
    public int Processes { get; init; } = 1;
}
