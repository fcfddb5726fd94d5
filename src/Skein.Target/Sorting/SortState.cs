using Skein.Core.Errors;
using Skein.Core.Sorting;

namespace Skein.Target.Sorting;

/// <summary>What a target knows of a sort while it runs.</summary>
/// <param name="progress">What it has done.</param>
/// <param name="maxRecordBytes">Memory that its records may take, in bytes.</param>
internal sealed class SortState(SortProgress progress, long maxRecordBytes) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private long _recordBytes;

    /// <summary>What it has done.</summary>
    public SortProgress Progress => progress;

    /// <summary>Where the bytes of its records are.</summary>
    public ContentStore Content { get; } = new();

    /// <summary>Records of this target, and on the one that sorts of all; read them when nobody adds any more.</summary>
    public List<SortRecord> Records { get; private set; } = [];

    /// <summary>Bytes of the shards that this target has read.</summary>
    public long ShardBytes { get; private set; }

    /// <summary>Bytes of the files in them.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Adds records.</summary>
    /// <exception cref="StoreException">When they are more than there is memory for.</exception>
    public void Add(IReadOnlyList<SortRecord> records)
    {
        lock (_lock)
        {
            _recordBytes += records.Sum(record => record.Cost);
            if (_recordBytes > maxRecordBytes)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"the list of records takes more than {maxRecordBytes} bytes of memory (max_mem_usage): sort fewer shards "
                        + "at a time, or allow more");
            }
            Records.AddRange(records);
        }
    }

    /// <summary>Counts what was read.</summary>
    public void Count(long shardBytes, long contentBytes)
    {
        lock (_lock)
        {
            ShardBytes += shardBytes;
            ContentBytes += contentBytes;
        }
    }

    /// <summary>The records are needed no more.</summary>
    public void Forget() => Records = [];

    /// <summary>Something is wrong with the input.</summary>
    /// <exception cref="StoreException">When that is to end the sort.</exception>
    public void React(SortReaction reaction, string text)
    {
        switch (reaction)
        {
            case SortReaction.Ignore:
                break;
            case SortReaction.Warn:
                progress.Warn(text);
                break;
            default:
                throw new StoreException(StoreErrorCode.InvalidRequest, text);
        }
    }

    /// <summary>Closes what is open.</summary>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
