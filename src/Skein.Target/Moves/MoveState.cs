using Skein.Core.Objects;

namespace Skein.Target.Moves;

/// <summary>What the parts of a target that move objects, and those that serve clients, share.</summary>
/// <param name="selfId">This target.</param>
/// <param name="clock">Clock of writes.</param>
/// <param name="load">How much clients want.</param>
internal sealed class MoveState(string selfId, HybridClock clock, ForegroundLoad load)
{
    private byte _loadThere;

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

    /// <summary>How much clients wanted of the owner that answered last.</summary>
    public LoadLevel LoadThere
    {
        get => (LoadLevel)Volatile.Read(ref _loadThere);
        set => Volatile.Write(ref _loadThere, (byte)value);
    }

    /// <summary>The greater of the loads of both sides.</summary>
    public LoadLevel LoadHereAndThere => (LoadLevel)Math.Max((byte)Load.Level, (byte)LoadThere);

    /// <summary>Told the size of every object that has come from another target.</summary>
    public Action<long>? Received { get; init; }
}
