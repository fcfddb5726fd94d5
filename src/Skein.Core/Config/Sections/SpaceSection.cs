using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Watermarks of used capacity (<c>space</c>).</summary>
public sealed record SpaceSection : ConfigSection
{
    /// <summary>Used capacity in percent above which leftovers are removed. Range 1 to 100. Default 65.</summary>
    public int CleanupWatermark { get; init; } = 65;

    /// <summary>Used capacity in percent down to which objects are evicted. Range 1 to 100. Default 75.</summary>
    public int LowWatermark { get; init; } = 75;

    /// <summary>Used capacity in percent above which objects are evicted. Range 1 to 100. Default 90.</summary>
    public int HighWatermark { get; init; } = 90;

    /// <summary>Used capacity in percent above which new objects are refused. Range 1 to 100. Default 95.</summary>
    public int OutOfSpace { get; init; } = 95;

    internal static SectionSchema<SpaceSection> Schema { get; } = new SectionSchema<SpaceSection>()
        .Integer(
            "cleanupwm", s => s.CleanupWatermark, (s, v) => s with { CleanupWatermark = (int)v }, (1, 100),
            "Used capacity in percent above which leftovers are removed.")
        .Integer(
            "lowwm", s => s.LowWatermark, (s, v) => s with { LowWatermark = (int)v }, (1, 100),
            "Used capacity in percent down to which objects are evicted.")
        .Integer(
            "highwm", s => s.HighWatermark, (s, v) => s with { HighWatermark = (int)v }, (1, 100),
            "Used capacity in percent above which objects are evicted.")
        .Integer(
            "out_of_space", s => s.OutOfSpace, (s, v) => s with { OutOfSpace = (int)v }, (1, 100),
            "Used capacity in percent above which new objects are refused.")
        .Accept("batch_size", "dont_cleanup_time")
        .Rule(s => s.CleanupWatermark > s.LowWatermark || s.LowWatermark > s.HighWatermark
            || s.HighWatermark > s.OutOfSpace
            ? $"invalid space config: cleanup={s.CleanupWatermark}%, low={s.LowWatermark}%, high={s.HighWatermark}%, "
                + $"OOS={s.OutOfSpace}% (expecting: 0 < cleanup < low < high < OOS < 100)"
            : null);
}
