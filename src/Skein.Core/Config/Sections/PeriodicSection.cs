using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Intervals of periodic work (<c>periodic</c>).</summary>
public sealed record PeriodicSection : ConfigSection
{
    /// <summary>Interval at which statistics are collected and published. Range 1s to 1m. Default 10s.</summary>
    public TimeSpan StatsTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Interval at which the control document is sent again to nodes that missed it. Range 10ms to 10s. Default 2s.
    /// </summary>
    public TimeSpan RetrySyncTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Interval at which targets report the progress of jobs. Range 1s to 1m. Default 30s.</summary>
    public TimeSpan NotificationTime { get; init; } = TimeSpan.FromSeconds(30);

    internal static SectionSchema<PeriodicSection> Schema { get; } = new SectionSchema<PeriodicSection>()
        .Duration(
            "stats_time", s => s.StatsTime, (s, v) => s with { StatsTime = v }, ("1s", "1m"),
            "Interval at which statistics are collected and published.")
        .Duration(
            "retry_sync_time", s => s.RetrySyncTime, (s, v) => s with { RetrySyncTime = v }, ("10ms", "10s"),
            "Interval at which the control document is sent again to nodes that missed it.")
        .Duration(
            "notif_time", s => s.NotificationTime, (s, v) => s with { NotificationTime = v }, ("1s", "1m"),
            "Interval at which targets report the progress of jobs.");
}
