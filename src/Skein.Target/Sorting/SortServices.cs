using Skein.Core.Errors;
using Skein.Gateway.Peers;
using Skein.Target.Batches;
using Skein.Target.Copies;
using Skein.Target.Objects;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>What every distributed sort works with.</summary>
internal sealed record SortServices
{
    /// <summary>This target's objects, the other targets, and the control plane.</summary>
    public required PartSources Sources { get; init; }

    /// <summary>Calls as a client would make them.</summary>
    public required ObjectCalls Calls { get; init; }

    /// <summary>Takes shards to targets that own their names by now.</summary>
    public required ObjectCopier Copier { get; init; }

    /// <summary>Names of shards.</summary>
    public required WalkNames Names { get; init; }

    /// <summary>Asks the other targets how they stand.</summary>
    public required WalkPeers Standing { get; init; }

    /// <summary>Fetches order files.</summary>
    public required OrderFile OrderFile { get; init; }

    /// <summary>How long is borne what does not answer.</summary>
    public required WalkPatience Patience { get; init; }

    /// <summary>This target's objects.</summary>
    public TargetServices Target => Sources.Services;

    /// <summary>Calls the other targets.</summary>
    public PeerClient Peers => Sources.Peers;

    /// <summary>Clock.</summary>
    public TimeProvider Time => Sources.Services.Time;

    /// <summary>
    /// Does something, and again while it fails for a reason that passes, for at most <see cref="WalkPatience.Destination"/>.
    /// </summary>
    /// <exception cref="StoreException">When it fails for another reason, or for too long.</exception>
    public async Task<T> PatientlyAsync<T>(Func<Task<T>> action, CancellationToken cancellation)
    {
        var started = Time.GetTimestamp();
        var pause = SortLimits.ShortestPause;
        while (true)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (StoreException error) when (
                error.Code is StoreErrorCode.NotReady or StoreErrorCode.Unreachable or StoreErrorCode.Busy
                && Time.GetElapsedTime(started) < Patience.Destination)
            {
                await Task.Delay(pause, Time, cancellation).ConfigureAwait(false);
                pause = Longer(pause);
            }
        }
    }

    /// <summary>The pause after a pause.</summary>
    public static TimeSpan Longer(TimeSpan pause) =>
        pause * 2 < SortLimits.LongestPause ? pause * 2 : SortLimits.LongestPause;
}
