using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Measuring and throttling of disks (<c>disk</c>).</summary>
public sealed record DiskSection : ConfigSection
{
    /// <summary>
    /// Disk utilization in percent below which background work is not slowed down. Range 1 to 100. Default 20.
    /// </summary>
    public int LowWatermark { get; init; } = 20;

    /// <summary>
    /// Disk utilization in percent above which background work is slowed down more. Range 1 to 100. Default 80.
    /// </summary>
    public int HighWatermark { get; init; } = 80;

    /// <summary>
    /// Disk utilization in percent above which background work is slowed down most. Range 1 to 100. Default 95.
    /// </summary>
    public int MaxWatermark { get; init; } = 95;

    /// <summary>Interval of measuring an idle disk. Range 1ms to 1h. Default 2s.</summary>
    public TimeSpan LongInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Interval of measuring a busy disk; not above iostat_time_long. Range 1ms to 1h. Default 100ms.
    /// </summary>
    public TimeSpan ShortInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    internal static SectionSchema<DiskSection> Schema { get; } = new SectionSchema<DiskSection>()
        .Integer(
            "disk_util_low_wm", s => s.LowWatermark, (s, v) => s with { LowWatermark = (int)v }, (1, 100),
            "Disk utilization in percent below which background work is not slowed down.")
        .Integer(
            "disk_util_high_wm", s => s.HighWatermark, (s, v) => s with { HighWatermark = (int)v }, (1, 100),
            "Disk utilization in percent above which background work is slowed down more.")
        .Integer(
            "disk_util_max_wm", s => s.MaxWatermark, (s, v) => s with { MaxWatermark = (int)v }, (1, 100),
            "Disk utilization in percent above which background work is slowed down most.")
        .Duration(
            "iostat_time_long", s => s.LongInterval, (s, v) => s with { LongInterval = v }, ("1ms", "1h"),
            "Interval of measuring an idle disk.")
        .Duration(
            "iostat_time_short", s => s.ShortInterval, (s, v) => s with { ShortInterval = v }, ("1ms", "1h"),
            "Interval of measuring a busy disk; not above iostat_time_long.")
        .Accept("iostat_time_smooth")
        .Rule(s => s.HighWatermark <= s.LowWatermark || s.MaxWatermark <= s.HighWatermark
            ? $"invalid disk watermarks: disk_util_low_wm={s.LowWatermark}, disk_util_high_wm={s.HighWatermark}, "
                + $"disk_util_max_wm={s.MaxWatermark} (expecting: 0 < low < high < max <= 100)"
            : null)
        .Rule(s => s.LongInterval < s.ShortInterval
            ? $"invalid disk.iostat_time_long={GoDuration.Format(s.LongInterval)}, must be >= "
                + $"disk.iostat_time_short={GoDuration.Format(s.ShortInterval)}"
            : null);
}
