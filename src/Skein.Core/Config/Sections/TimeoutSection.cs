using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Limits of time between nodes (<c>timeout</c>).</summary>
public sealed record TimeoutSection : ConfigSection
{
    /// <summary>Limit of one small control call between nodes. Range 10ms to 1m. Default 2s.</summary>
    public TimeSpan ControlPlaneOperation { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Limit of a slow control call; at least twice cplane_operation. Range 20ms to 10m. Default 4s.
    /// </summary>
    public TimeSpan MaxKeepalive { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a busy node may take to finish a control operation. Range 10s to 1h. Default 20s.</summary>
    public TimeSpan MaxHostBusy { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a primary waits at start for the nodes that it knows. Range 30s to 1h. Default 1m.</summary>
    public TimeSpan StartupTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a starting node may take to join; at least twice startup_time, 0 means exactly that. Range 0 to 3h.
    /// Default 3m.
    /// </summary>
    public TimeSpan JoinStartupTime { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Limit for sending one object from node to node. Range 1m to 24h. Default 5m.</summary>
    public TimeSpan SendFileTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a read waits for an object that somebody else is fetching from a remote bucket. Range 0 to 1h. Default 5s.
    /// </summary>
    public TimeSpan ColdGetConflict { get; init; } = TimeSpan.FromSeconds(5);

    internal static SectionSchema<TimeoutSection> Schema { get; } = new SectionSchema<TimeoutSection>()
        .Duration(
            "cplane_operation", s => s.ControlPlaneOperation, (s, v) => s with { ControlPlaneOperation = v },
            ("10ms", "1m"),
            "Limit of one small control call between nodes.")
        .Duration(
            "max_keepalive", s => s.MaxKeepalive, (s, v) => s with { MaxKeepalive = v }, ("20ms", "10m"),
            "Limit of a slow control call; at least twice cplane_operation.")
        .Duration(
            "max_host_busy", s => s.MaxHostBusy, (s, v) => s with { MaxHostBusy = v }, ("10s", "1h"),
            "How long a busy node may take to finish a control operation.")
        .Duration(
            "startup_time", s => s.StartupTime, (s, v) => s with { StartupTime = v }, ("30s", "1h"),
            "How long a primary waits at start for the nodes that it knows.")
        .Duration(
            "join_startup_time", s => s.JoinStartupTime, (s, v) => s with { JoinStartupTime = v }, ("0", "3h"),
            "How long a starting node may take to join; at least twice startup_time, 0 means exactly that.")
        .Duration(
            "send_file_time", s => s.SendFileTime, (s, v) => s with { SendFileTime = v }, ("1m", "24h"),
            "Limit for sending one object from node to node.")
        .Add(new ValueField<TimeoutSection, TimeSpan>(
            "cold_get_conflict",
            "How long a read waits for an object that somebody else is fetching from a remote bucket.",
            new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(1)),
            s => s.ColdGetConflict,
            (s, v) => s with { ColdGetConflict = v })
        { HidesDefault = new TimeoutSection().ColdGetConflict })
        .Accept("ec_streams_time", "object_md")
        .Normalize(s => s.JoinStartupTime == TimeSpan.Zero ? s with { JoinStartupTime = 2 * s.StartupTime } : s)
        .Rule(s => s.MaxKeepalive < 2 * s.ControlPlaneOperation
            ? $"invalid timeout.max_keepalive={GoDuration.Format(s.MaxKeepalive)}, must be >= "
                + $"2*(cplane_operation={GoDuration.Format(s.ControlPlaneOperation)})"
            : null)
        .Rule(s => s.JoinStartupTime < 2 * s.StartupTime
            ? $"invalid timeout.join_startup_time={GoDuration.Format(s.JoinStartupTime)}, must be >= "
                + $"2*(timeout.startup_time={GoDuration.Format(s.StartupTime)})"
            : null);
}
