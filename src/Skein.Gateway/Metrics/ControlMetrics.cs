using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Gateway.Metrics;

/// <summary>Who leads, who votes, who is behind, and what the control document says of the cluster.</summary>
internal static class ControlMetrics
{
    private const double Milli = 1000;

    private static readonly (string Name, ulong Flag)[] Alerts =
    [
        ("resilvering", NodeStateInfo.Resilvering),
        ("resilver_interrupted", NodeStateInfo.ResilverInterrupted),
        ("out_of_space", NodeStateInfo.OutOfSpace),
        ("low_capacity", NodeStateInfo.LowCapacity),
        ("disk_fault", NodeStateInfo.DiskFault),
        ("maintenance", NodeStateInfo.Maintenance),
    ];

    public static IEnumerable<Metric> Own() => [.. Node(), .. Plane(), .. Cluster()];

    private static IEnumerable<Metric> Node() =>
    [
        Value("skein_node_ready", "1 when the node serves requests in its cluster.", reading => Bit(reading.Facts.IsReady)),
        new("skein_node_alert", MetricKind.Gauge, "1 while the node raises the alert.",
            reading =>
            [
                .. Alerts.Select(alert => new MetricSample(Bit((reading.Facts.StateFlags & alert.Flag) != 0), alert.Name)),
                new MetricSample(Bit(!reading.HearsPrimary), "no_primary"),
            ])
        {
            Labels = ["alert"],
        },
    ];

    private static IEnumerable<Metric> Plane() =>
    [
        Value("skein_control_is_primary", "1 on the node that leads.", reading => Bit(reading.IsPrimary)),
        Value("skein_control_hears_primary", "0 while the node hears of no primary.", reading => Bit(reading.HearsPrimary)),
        OfControl("skein_control_generation", "Generation of the cluster; a forced recovery raises it.",
            control => [new(control.Generation)]),
        OfControl("skein_control_term", "Term of the consensus; each election raises it.", control => [new(control.Term)]),
        OfControl("skein_control_version", "Version of the control document that the node holds.",
            control => [new(control.Version)]),
        OfControl("skein_control_voters", "Nodes that vote.", control => [new(control.Voters.Count)]),
        OfControl("skein_control_leader", "1 for the primary that the node hears.",
            control => control.Primary.Length == 0 ? [] : [new(1, control.Primary)], "primary_id"),
        OfControl("skein_control_quorum_age_seconds", "Time since a majority was known to follow; on the primary.",
            control => control.QuorumAge < 0 ? [] : [new(control.QuorumAge / Milli)]),
        OfControl("skein_control_alerts", "Things that need a person, as the primary sees them.",
            control => [new(control.Alerts.Count)]),
        OfControl("skein_control_node_lag", "Document versions that a node is behind; on the primary.",
            control => control.Nodes.Where(node => node.Lag >= 0).Select(node => new MetricSample(node.Lag, node.Id)), "peer_id"),
        OfControl("skein_control_silence_seconds", "Time since a node was heard of; on the primary.",
            control => control.Nodes.Where(node => node.LastHeard >= 0)
                .Select(node => new MetricSample(node.LastHeard / Milli, node.Id)), "peer_id"),
        OfControl("skein_control_lease_seconds", "Time that the lease of a target still runs; on the primary.",
            control => control.IsFromPrimary
                ? control.Nodes.Where(node => node.Role == "target").Select(node => new MetricSample(node.Lease / Milli, node.Id))
                : [], "peer_id"),
    ];

    private static IEnumerable<Metric> Cluster() =>
    [
        new("skein_cluster_nodes", MetricKind.Gauge, "Nodes of the cluster map, by role and state.",
            reading => reading.Document.Map.AllNodes.GroupBy(node => (node.Type, State: StateOf(node)))
                .Select(nodes => new MetricSample(nodes.Count(), nodes.Key.Type, nodes.Key.State)))
        {
            Labels = ["role", "state"],
        },
        Value("skein_cluster_map_version", "Version of the cluster map.", reading => reading.Document.Map.Version),
        Value("skein_cluster_buckets", "Buckets.", reading => reading.Document.Buckets.Buckets.Count),
        Value("skein_cluster_buckets_version", "Version of the bucket metadata.", reading => reading.Document.Buckets.Version),
        Value("skein_cluster_settled", "1 when every object lies where the map says.",
            reading => Bit(reading.Document.IsSettled)),
        Value("skein_rebalance_running", "1 while a rebalance runs.",
            reading => Bit(reading.Document.Rebalance.Run.State == RebalanceState.Running)),
        OfControl("skein_rebalance_targets_left", "Targets that may still hold objects which belong elsewhere.",
            control => [new(control.Rebalance.NotClean.Count)]),
    ];

    private static string StateOf(NodeInfo node) =>
        node.Flags.HasFlag(NodeFlags.Down) ? "down"
        : node.Flags.HasFlag(NodeFlags.Suspect) ? "suspect"
        : node.Flags.HasFlag(NodeFlags.NoMountpath) ? "no_mountpath"
        : node.Flags.HasFlag(NodeFlags.Decommission) ? "decommission"
        : node.Flags.HasFlag(NodeFlags.Maintenance) ? "maintenance"
        : "online";

    private static Metric Value(string name, string help, Func<MetricReading, double> value) =>
        new(name, MetricKind.Gauge, help, reading => [new MetricSample(value(reading))]);

    private static Metric OfControl(
        string name, string help, Func<ControlStatus, IEnumerable<MetricSample>> values, params string[] labels) =>
        new(name, MetricKind.Gauge, help, reading => reading.Control is { } control ? values(control) : [])
        {
            Labels = labels,
        };

    private static double Bit(bool value) => value ? 1 : 0;
}
