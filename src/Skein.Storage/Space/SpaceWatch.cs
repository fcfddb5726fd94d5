using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Space;

/// <summary>Compares how full the mountpaths are with the configured watermarks.</summary>
public sealed class SpaceWatch
{
    /// <summary>Least time between two cleanups that begin by themselves.</summary>
    public static readonly TimeSpan CleanupPause = TimeSpan.FromHours(2);

    private readonly MountpathSet _mountpaths;
    private readonly TimeProvider _time;
    private long _cleaned;

    internal SpaceWatch(MountpathSet mountpaths, TimeProvider time)
    {
        _mountpaths = mountpaths;
        _time = time;
    }

    /// <summary>The watermarks, asked for when they are needed.</summary>
    public Func<SpaceSection> Config { get; set; } = () => new SpaceSection();

    /// <summary>Called, with the reason, when leftovers should be removed.</summary>
    public Action<string>? CleanupWanted { get; set; }

    /// <summary>True when a mountpath is so full that it takes no new objects.</summary>
    public bool IsOutOfSpace => Fullest().Percent > Config().OutOfSpace;

    /// <summary>True when a mountpath is nearly full.</summary>
    public bool IsLow => Fullest().Percent > Config().HighWatermark;

    /// <summary>What is wrong, for people; empty when there is room.</summary>
    public string Problem
    {
        get
        {
            var (fullest, percent) = Fullest();
            var config = Config();
            return percent > config.OutOfSpace
                ? $"out of space: mountpath {fullest} is {percent}% full, space.out_of_space is {config.OutOfSpace}%"
                : percent > config.HighWatermark
                    ? $"low capacity: mountpath {fullest} is {percent}% full, space.highwm is {config.HighWatermark}%"
                    : "";
        }
    }

    /// <summary>Asks for a cleanup when a mountpath is fuller than the watermark for it.</summary>
    internal void Look()
    {
        if (CleanupWanted is not { } wanted
            || (_cleaned != 0 && _time.GetElapsedTime(_cleaned) < CleanupPause))
        {
            return;
        }
        var (fullest, percent) = Fullest();
        var watermark = Config().CleanupWatermark;
        if (percent > watermark)
        {
            _cleaned = _time.GetTimestamp();
            wanted($"mountpath {fullest} is {percent}% full, space.cleanupwm is {watermark}%");
        }
    }

    private (Mountpath? Mountpath, int Percent) Fullest()
    {
        (Mountpath? Mountpath, int Percent) fullest = (null, 0);
        foreach (var mountpath in _mountpaths.View.Available)
        {
            try
            {
                var percent = mountpath.Unit.Space.Read().PercentUsed;
                fullest = percent > fullest.Percent ? (mountpath, percent) : fullest;
            }
            catch (StoreException)
            {
                // a disk that does not answer is the health checker's
            }
        }
        return fullest;
    }
}
