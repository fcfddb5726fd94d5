namespace Skein.Target.Moves;

/// <summary>The bounds of what moves between targets. Every buffer and loop of a rebalance names one of these.</summary>
public static class MoveLimits
{
    /// <summary>Most objects of one batch.</summary>
    public const int BatchObjects = 256;

    /// <summary>Bytes at which a batch is full; a larger object is a batch of its own.</summary>
    public const long BatchBytes = 8 << 20;

    /// <summary>Names that are read from the listing index at a time.</summary>
    public const int PageNames = 2000;

    /// <summary>Largest message about a batch, without the bytes of objects.</summary>
    public const int MessageBytes = 4 << 20;

    /// <summary>Bytes of an object that are read or written at a time.</summary>
    public const int ChunkBytes = 128 << 10;

    /// <summary>Most objects of one batch at a load.</summary>
    public static int BatchAt(LoadLevel load) => load switch
    {
        LoadLevel.Idle => BatchObjects,
        LoadLevel.Light => 64,
        LoadLevel.Busy => 16,
        _ => 4,
    };

    /// <summary>Pause after a batch at a load, as a multiple of the time that the batch took.</summary>
    public static int PauseAt(LoadLevel load) => load switch
    {
        LoadLevel.Idle => 0,
        LoadLevel.Light => 1,
        LoadLevel.Busy => 4,
        _ => 64,
    };

    /// <summary>Pause before what could not be moved is tried again: doubles up to <see cref="LongestPause"/>.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>See <see cref="ShortestPause"/>.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Longest that a batch may take, on top of the time that its bytes take at <see cref="LeastRate"/>.</summary>
    public static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(60);

    /// <summary>Bytes a second below which a transfer counts as stuck.</summary>
    public const long LeastRate = 1 << 20;

    /// <summary>Longest that a batch of so many bytes may take.</summary>
    public static TimeSpan TimeFor(long bytes) => BatchTime + TimeSpan.FromSeconds((double)bytes / LeastRate);
}
