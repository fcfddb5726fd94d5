using Skein.Core.Errors;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Space;

/// <summary>How full a mountpath is: asked for once in a while, and anew when the disk has said that it is full.</summary>
internal sealed class SpaceGauge(Mountpath mountpath, SpaceWatch watch, TimeProvider time)
{
    /// <summary>How long an answer of the file system stands.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private volatile Reading? _last;

    /// <summary>The capacity, at most <see cref="Lifetime"/> old.</summary>
    /// <exception cref="StoreException">When the file system does not answer.</exception>
    public MountpathCapacity Read()
    {
        var last = _last;
        if (last is null || time.GetElapsedTime(last.At) >= Lifetime)
        {
            _last = last = new Reading(mountpath.Capacity(), time.GetTimestamp());
        }
        return last.Capacity;
    }

    /// <summary>The next question goes to the file system.</summary>
    public void Forget() => _last = null;

    /// <summary>Refuses a write for which there is no room.</summary>
    /// <param name="size">Announced size in bytes; null when it is not known.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.OutOfSpace"/>.</exception>
    public void ThrowIfFull(long? size)
    {
        var capacity = Read();
        var limit = watch.Config().OutOfSpace;
        if (capacity.PercentUsed > limit)
        {
            throw new StoreException(
                StoreErrorCode.OutOfSpace,
                $"no space left on mountpath {mountpath}: {capacity.PercentUsed}% are used, space.out_of_space is {limit}%; "
                    + "delete objects, add disks, or raise that limit");
        }
        if (size > capacity.AvailableBytes)
        {
            throw new StoreException(
                StoreErrorCode.OutOfSpace,
                $"no space left on mountpath {mountpath}: {size} bytes are wanted, {capacity.AvailableBytes} available");
        }
    }

    private sealed record Reading(MountpathCapacity Capacity, long At);
}
