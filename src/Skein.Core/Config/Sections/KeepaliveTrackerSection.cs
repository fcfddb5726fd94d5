using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Watching of one kind of node (<c>keepalivetracker.proxy</c>, <c>keepalivetracker.target</c>).</summary>
public sealed record KeepaliveTrackerSection : ConfigSection
{
    /// <summary>How silence is judged; there is one way. One of: heartbeat. Default heartbeat.</summary>
    public string Name { get; init; } = "heartbeat";

    /// <summary>
    /// Interval of AIStore keepalives; Skein uses skein.keepalive_interval instead. Range 10ms to 1h. Default 10s.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Number of missed intervals that count as silence. Range 1 to 255. Default 3.</summary>
    public int Factor { get; init; } = 3;

    internal static SectionSchema<KeepaliveTrackerSection> Schema { get; } =
        new SectionSchema<KeepaliveTrackerSection>()
        .Choice(
            "name", s => s.Name, (s, v) => s with { Name = v }, ["heartbeat"],
            "How silence is judged; there is one way.")
        .Duration(
            "interval", s => s.Interval, (s, v) => s with { Interval = v }, ("10ms", "1h"),
            "Interval of AIStore keepalives; Skein uses skein.keepalive_interval instead.")
        .Integer(
            "factor", s => s.Factor, (s, v) => s with { Factor = (int)v }, (1, 255),
            "Number of missed intervals that count as silence.");
}
