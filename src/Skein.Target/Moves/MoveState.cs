using Skein.Core.Objects;

namespace Skein.Target.Moves;

/// <summary>What the parts of a target that move objects, and those that serve clients, share.</summary>
/// <param name="selfId">This target.</param>
/// <param name="clock">Clock of writes.</param>
/// <param name="load">How much clients want.</param>
internal sealed class MoveState(string selfId, HybridClock clock, ForegroundLoad load)
{
    private long _receivedObjects;
    private long _receivedBytes;

    /// <summary>Id of this target.</summary>
    public string SelfId { get; } = selfId;

    /// <summary>The clock of writes: told of what comes from elsewhere.</summary>
    public HybridClock Clock { get; } = clock;

    /// <summary>Commits under way.</summary>
    public CommitTracker Commits { get; } = new();

    /// <summary>Names that are being moved or deleted.</summary>
    public NameGuards Guards { get; } = new();

    /// <summary>How much clients want at the moment.</summary>
    public ForegroundLoad Load { get; } = load;

    /// <summary>Objects and bytes that this target has taken from others since it was started.</summary>
    public (long Objects, long Bytes) ReceivedSoFar =>
        (Interlocked.Read(ref _receivedObjects), Interlocked.Read(ref _receivedBytes));

    /// <summary>An object has been taken.</summary>
    public void Received(long bytes)
    {
        Interlocked.Increment(ref _receivedObjects);
        Interlocked.Add(ref _receivedBytes, bytes);
    }
}
