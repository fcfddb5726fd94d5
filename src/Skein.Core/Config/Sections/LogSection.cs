using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Logging of the node (<c>log</c>).</summary>
public sealed record LogSection : ConfigSection
{
    /// <summary>
    /// Verbosity, 0 (errors) to 5 (everything), optionally followed by module bits as AIStore writes them. Default
    /// 3.
    /// </summary>
    public string Level { get; init; } = "3";

    /// <summary>Size at which a log file is rotated. Range KiB to GiB. Default 4 MiB.</summary>
    public long MaxSize { get; init; } = 4 * ByteSize.MiB;

    /// <summary>
    /// Total size of all log files at which the oldest are removed. Range MiB to 10 GiB. Default 128 MiB.
    /// </summary>
    public long MaxTotal { get; init; } = 128 * ByteSize.MiB;

    /// <summary>Longest time that a log line stays in memory. Range 0 to 1h. Default 40s.</summary>
    public TimeSpan FlushTime { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Interval between lines of statistics in the log. Range 0 to 10m. Default 1m.</summary>
    public TimeSpan StatsTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether log lines go to standard error only. Default false.</summary>
    public bool ToStandardError { get; init; }

    internal static SectionSchema<LogSection> Schema { get; } = new SectionSchema<LogSection>()
        .Text(
            "level", s => s.Level, (s, v) => s with { Level = v },
            "Verbosity, 0 (errors) to 5 (everything), optionally followed by module bits as AIStore writes them.")
        .Size(
            "max_size", s => s.MaxSize, (s, v) => s with { MaxSize = v }, (ByteSize.KiB, ByteSize.GiB),
            "Size at which a log file is rotated.")
        .Size(
            "max_total", s => s.MaxTotal, (s, v) => s with { MaxTotal = v }, (ByteSize.MiB, 10 * ByteSize.GiB),
            "Total size of all log files at which the oldest are removed.")
        .Duration(
            "flush_time", s => s.FlushTime, (s, v) => s with { FlushTime = v }, ("0", "1h"),
            "Longest time that a log line stays in memory.")
        .Duration(
            "stats_time", s => s.StatsTime, (s, v) => s with { StatsTime = v }, ("0", "10m"),
            "Interval between lines of statistics in the log.")
        .Boolean(
            "to_stderr", s => s.ToStandardError, (s, v) => s with { ToStandardError = v },
            "Whether log lines go to standard error only.")
        .Rule(s => s.MaxTotal < 2 * s.MaxSize
            ? $"invalid log.max_total={ByteSize.Format(s.MaxTotal)}, must be >= "
                + $"2*(log.max_size={ByteSize.Format(s.MaxSize)})"
            : null);
}
