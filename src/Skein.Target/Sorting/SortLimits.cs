namespace Skein.Target.Sorting;

/// <summary>The bounds of distributed sorts. Every loop, wait and buffer of theirs names one of these.</summary>
internal static class SortLimits
{
    /// <summary>Sorts that run on a target at a time.</summary>
    public const int Jobs = 16;

    /// <summary>Shards that a target reads or writes at a time, when the client does not say.</summary>
    public const int DefaultWorkers = 4;

    /// <summary>Most shards that a target reads or writes at a time.</summary>
    public const int MaxWorkers = 64;

    /// <summary>How many shards are read or written at a time.</summary>
    /// <param name="asked">What the client says; 0 for nothing.</param>
    public static int Workers(int asked) => asked == 0 ? DefaultWorkers : Math.Min(asked, MaxWorkers);

    /// <summary>Plain TAR shards whose files stay open to be read in place; the content of further ones is copied.</summary>
    public const int PinnedShards = 256;

    /// <summary>Largest file that records are sorted by, in bytes.</summary>
    public const int MaxKeyBytes = 4 << 10;

    /// <summary>Bytes that are copied at a time.</summary>
    public const int BufferBytes = 128 << 10;

    /// <summary>Bytes after which a message to another target is sent on.</summary>
    public const int FrameBytes = 256 << 10;

    /// <summary>Largest part of a message that is read: the list of the files of one shard.</summary>
    public const int MaxFrameBytes = 256 << 20;

    /// <summary>Files that are asked of another target with one request.</summary>
    public const int MaxPieces = 16 << 10;

    /// <summary>Largest order file, in bytes.</summary>
    public const long MaxOrderFile = 512 << 20;

    /// <summary>Bytes that one record, one file and one shard cost beside their names, about.</summary>
    public const int RecordCost = 200;

    /// <summary>Warnings of one sort that are kept.</summary>
    public const int KeptWarnings = 32;

    /// <summary>Pause between two questions to other targets: doubles up to <see cref="LongestPause"/>.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>See <see cref="ShortestPause"/>.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
}
