using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>What a target does when it cannot reach the primary.</summary>
public enum PartitionPolicy
{
    /// <summary>It serves reads and refuses writes.</summary>
    Consistent,

    /// <summary>It serves reads and writes; of two conflicting writes the later one wins when the nodes meet.</summary>
    Available,
}

/// <summary>Skein's own keys of the cluster configuration (<c>skein</c>).</summary>
public sealed record SkeinSection : ConfigSection
{
    /// <summary>What a target does when it cannot reach the primary. Default consistent.</summary>
    public PartitionPolicy PartitionPolicy { get; init; } = PartitionPolicy.Consistent;

    /// <summary>
    /// How long a voter may be down before another node takes its vote. Range 1s to 24h. Default 30s.
    /// </summary>
    public TimeSpan VoterReplaceAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Interval of keepalives from nodes that do not vote. Range 10ms to 1m. Default 1s.</summary>
    public TimeSpan KeepaliveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Interval of keepalives among voters. Range 5ms to 10s. Default 150ms.</summary>
    public TimeSpan KeepaliveVoters { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Shortest silence of the primary after which a voter stands. Range 20ms to 1m. Default 500ms.</summary>
    public TimeSpan ElectionTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest silence of the primary after which a voter stands. Range 20ms to 2m. Default 1s.</summary>
    public TimeSpan ElectionTimeoutMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a target may write after its last keepalive was answered. Range 50ms to 10m. Default 4s.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Silence of a node after which the primary asks it, directly and through others. Range 100ms to 10m. Default 3s.
    /// </summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Silence after which a node that nobody reaches is down. Range 200ms to 1h. Default 10s.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Delay between the candidate URLs that a joining node tries. Range 1ms to 10s. Default 100ms.</summary>
    public TimeSpan JoinStagger { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts to join. Range 10ms to 1m. Default 2s.</summary>
    public TimeSpan JoinRetryMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Limit of sending the control document to one node. Range 10ms to 1m. Default 2s.</summary>
    public TimeSpan MetasyncTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Ids of the attached remote clusters by alias; maintained by the primary. Empty by default.</summary>
    public RawJson RemoteClusters { get; init; } = RawJson.EmptyObject;

    /// <summary>Durability of new buckets.</summary>
    public DurabilitySection Durability { get; init; } = new();

    internal static SectionSchema<SkeinSection> Schema { get; } = new SectionSchema<SkeinSection>()
        .Add(new ValueField<SkeinSection, PartitionPolicy>(
            "partition_policy",
            "What a target does without a primary: refuse writes (consistent) or take them (available).",
            new WordKind<PartitionPolicy>(
                ("consistent", PartitionPolicy.Consistent), ("available", PartitionPolicy.Available)),
            s => s.PartitionPolicy,
            (s, v) => s with { PartitionPolicy = v }))
        .Duration(
            "voter_replace_after", s => s.VoterReplaceAfter, (s, v) => s with { VoterReplaceAfter = v },
            ("1s", "24h"), "How long a voter may be down before another node takes its vote.")
        .Duration(
            "keepalive_interval", s => s.KeepaliveInterval, (s, v) => s with { KeepaliveInterval = v },
            ("10ms", "1m"), "Interval of keepalives from nodes that do not vote.")
        .Duration(
            "keepalive_voters", s => s.KeepaliveVoters, (s, v) => s with { KeepaliveVoters = v },
            ("5ms", "10s"), "Interval of keepalives among voters; at most half of election_timeout_min.")
        .Duration(
            "election_timeout_min", s => s.ElectionTimeoutMin, (s, v) => s with { ElectionTimeoutMin = v },
            ("20ms", "1m"), "Shortest silence of the primary after which a voter stands for election.")
        .Duration(
            "election_timeout_max", s => s.ElectionTimeoutMax, (s, v) => s with { ElectionTimeoutMax = v },
            ("20ms", "2m"), "Longest such silence; above election_timeout_min, so that voters do not stand at once.")
        .Duration(
            "lease", s => s.Lease, (s, v) => s with { Lease = v },
            ("50ms", "10m"), "How long a target may write after its last answered keepalive; at least two intervals.")
        .Duration(
            "suspect_after", s => s.SuspectAfter, (s, v) => s with { SuspectAfter = v },
            ("100ms", "10m"), "Silence of a node after which the primary asks it, directly and through other nodes.")
        .Duration(
            "down_after", s => s.DownAfter, (s, v) => s with { DownAfter = v },
            ("200ms", "1h"), "Silence after which a node that nobody reaches is down and owns no names; above suspect_after.")
        .Duration(
            "join_stagger", s => s.JoinStagger, (s, v) => s with { JoinStagger = v },
            ("1ms", "10s"), "Delay between the candidate URLs that a joining node tries in parallel.")
        .Duration(
            "join_retry_max", s => s.JoinRetryMax, (s, v) => s with { JoinRetryMax = v },
            ("10ms", "1m"), "Longest pause between two attempts to join.")
        .Duration(
            "metasync_timeout", s => s.MetasyncTimeout, (s, v) => s with { MetasyncTimeout = v },
            ("10ms", "1m"), "Limit of sending the control document to one node.")
        .Add(new ValueField<SkeinSection, RawJson>(
            "remote_clusters", "Ids of the attached remote clusters by alias.", new RawObjectKind(),
            s => s.RemoteClusters, (s, v) => s with { RemoteClusters = v })
        { Settable = false })
        .Section(
            "durability", DurabilitySection.Schema, s => s.Durability, (s, v) => s with { Durability = v },
            "Durability of new buckets.")
        .Rule(s => s.ElectionTimeoutMax <= s.ElectionTimeoutMin
            ? $"invalid skein.election_timeout_max={GoDuration.Format(s.ElectionTimeoutMax)}, must be > "
                + $"skein.election_timeout_min={GoDuration.Format(s.ElectionTimeoutMin)}"
            : null)
        .Rule(s => 2 * s.KeepaliveVoters > s.ElectionTimeoutMin
            ? $"invalid skein.keepalive_voters={GoDuration.Format(s.KeepaliveVoters)}, must be <= "
                + $"skein.election_timeout_min={GoDuration.Format(s.ElectionTimeoutMin)}/2"
            : null)
        .Rule(s => s.DownAfter <= s.SuspectAfter
            ? $"invalid skein.down_after={GoDuration.Format(s.DownAfter)}, must be > "
                + $"skein.suspect_after={GoDuration.Format(s.SuspectAfter)}"
            : null)
        .Rule(s => s.Lease < 2 * s.KeepaliveInterval
            ? $"invalid skein.lease={GoDuration.Format(s.Lease)}, must be >= "
                + $"2*(skein.keepalive_interval={GoDuration.Format(s.KeepaliveInterval)})"
            : null);
}
