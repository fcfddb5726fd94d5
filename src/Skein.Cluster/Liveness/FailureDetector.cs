using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Liveness;

/// <summary>Times of failure detection, in milliseconds.</summary>
public sealed record FailureDetectorOptions
{
    /// <summary>Interval of <see cref="FailureDetector.Tick"/>.</summary>
    public long Period { get; init; } = 250;

    /// <summary>Silence after which a node is asked.</summary>
    public long ProbeAfter { get; init; } = 1500;

    /// <summary>Silence after which a node counts no longer as well.</summary>
    public long SuspectAfter { get; init; } = 3000;

    /// <summary>Silence after which a node that nobody reaches is down.</summary>
    public long DownAfter { get; init; } = 10_000;

    /// <summary>Interval of asking a silent node.</summary>
    public long ProbeInterval { get; init; } = 500;

    /// <summary>A pause of this process after which what it asked before is not believed.</summary>
    public long LongPause { get; init; } = 1000;

    /// <summary>Interval of asking a node that is heard of: its own way in may be dead.</summary>
    public long RoutineProbeInterval { get; init; } = 5000;

    /// <summary>Observation after the second return; doubles with each further one.</summary>
    public long ObservationStep { get; init; } = 5000;

    /// <summary>Longest observation.</summary>
    public long ObservationMax { get; init; } = 300_000;

    /// <summary>After this time without a return, a node counts as steady again.</summary>
    public long SteadyAfter { get; init; } = 600_000;

    /// <summary>For the simulator: a known defect to be found. <see cref="DetectorMutation.None"/> in production.</summary>
    internal DetectorMutation Mutation { get; init; }
}

/// <summary>Known-bad variants of the detector. The simulator must catch each; none is reachable in production.</summary>
internal enum DetectorMutation
{
    None,
    NoBrake,
    DownWithoutAsking,
    NeverBack,
}

/// <summary>What became of asking a node.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Control">True when its control network answered this node or one of the others that were asked to try.</param>
/// <param name="Data">The same for its public and its data network.</param>
public readonly record struct ProbeReport(string NodeId, bool Control, bool Data);

/// <summary>A change of a node's state, and the reason.</summary>
/// <param name="Change">The change.</param>
/// <param name="Why">In words.</param>
public sealed record LivenessChange(SetNodeFlags Change, string Why);

/// <summary>What to do next.</summary>
/// <param name="Probe">Nodes to ask; each is answered by <see cref="FailureDetector.OnProbe"/> in the end.</param>
/// <param name="Changes">Changes to make.</param>
/// <param name="Alerts">What an administrator should know now.</param>
public sealed record LivenessStep(
    IReadOnlyList<string> Probe, IReadOnlyList<LivenessChange> Changes, IReadOnlyList<string> Alerts);

/// <summary>
/// The primary's judgement of who is down, as a step function without I/O, clock or threads. The rules:
/// <list type="number">
/// <item>Silence alone condemns nobody: a silent node is asked on every network, directly and through others (as in SWIM,
/// Das et al., 2002), and is down only when nobody reaches it.</item>
/// <item>A node that others reach and that does not reach the primary, or that is heard of and that nobody reaches on its
/// public or data network, is suspect. Down or suspect, it owns no names.</item>
/// <item>Time in which this process did not run does not count as silence of others.</item>
/// <item>When more than a third of the targets, and more than one, vanish together, or the last one does, the fault is
/// probably elsewhere: nothing is changed, an alert says so.</item>
/// <item>A node out of service owns nothing and may be silent: nothing bad is said of it.</item>
/// <item>A node is back when it is heard of and reached. One that comes back again and again is observed for longer each
/// time.</item>
/// </list>
/// </summary>
/// <param name="selfId">The primary: never judged.</param>
/// <param name="options">Times.</param>
public sealed class FailureDetector(string selfId, FailureDetectorOptions options)
{
    private const int RoundsToBeSure = 2;

    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    private long _expected = long.MaxValue;

    private enum Verdict
    {
        Unsure,
        Well,
        Suspect,
        Down,
    }

    /// <summary>A node was asked.</summary>
    public void OnProbe(ProbeReport report, long now)
    {
        if (!_watches.TryGetValue(report.NodeId, out var watch))
        {
            return;
        }
        watch.IsProbing = false;
        if (watch.IsDisturbed && !(report.Control && report.Data))
        {
            watch.IsDisturbed = false;
            return;
        }
        watch.IsDisturbed = false;
        watch.FailedRounds = report.Control ? 0 : watch.FailedRounds + 1;
        watch.FailedDataRounds = report.Data ? 0 : watch.FailedDataRounds + 1;
        watch.ReachedAt = report.Control ? now : watch.ReachedAt;
        watch.DataReachedAt = report.Data ? now : watch.DataReachedAt;
    }

    /// <summary>Time has passed.</summary>
    /// <param name="document">The committed document.</param>
    /// <param name="heardAt">When a node was last heard of, by the same clock; null for never.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public LivenessStep Tick(ControlDocument document, Func<string, long?> heardAt, long now)
    {
        ForgivePause(now);
        var probe = new List<string>();
        var changes = new List<LivenessChange>();
        var condemned = new List<(NodeInfo Node, LivenessChange Change)>();
        var vanished = 0;
        foreach (var node in document.Map.AllNodes.Where(node => node.Id != selfId))
        {
            var watch = WatchOf(node.Id, now);
            var isOut = (node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) != 0;
            if (watch.IsOut && !isOut && node.IsActive)
            {
                // Brought back into service: its silence counts from now on, not together with that of others.
                (watch.HeardAt, watch.ReachedAt, watch.DataReachedAt) = (now, now, now);
                (watch.FailedRounds, watch.FailedDataRounds) = (0, 0);
            }
            watch.IsOut = isOut;
            watch.HeardAt = Math.Max(watch.HeardAt, heardAt(node.Id) ?? long.MinValue);
            if (IsProbeDue(watch, now))
            {
                watch.IsProbing = true;
                watch.ProbedAt = now;
                probe.Add(node.Id);
            }
            var verdict = Judge(watch, now);
            if (isOut && verdict != Verdict.Well)
            {
                continue; // out of service it may be silent; what was said of it before is taken back when it is not
            }
            vanished += node is { Role: NodeRole.Target, IsActive: true } && verdict != Verdict.Well ? 1 : 0;
            if (ChangeOf(node, watch, verdict, now) is { } change)
            {
                if (change.Change.Set == NodeFlags.None || node.Role == NodeRole.Proxy || !node.IsActive)
                {
                    changes.Add(change);
                }
                else
                {
                    condemned.Add((node, change));
                }
            }
        }
        Forget(document.Map);
        var alerts = Brake(document.Map, condemned, vanished);
        if (alerts.Count == 0 || options.Mutation == DetectorMutation.NoBrake)
        {
            changes.AddRange(condemned.Select(entry => entry.Change));
        }
        alerts.AddRange(document.Map.AllNodes.Where(node => !node.IsActive).Select(Standing).Where(text => text.Length != 0));
        return new LivenessStep(probe, changes, alerts);
    }

    private static string Standing(NodeInfo node) =>
        (node.Flags & NodeFlags.Down) != 0 ? $"{node.DisplayName} is down: nobody reaches it"
        : (node.Flags & NodeFlags.Suspect) != 0 ? $"{node.DisplayName} is suspect: it is reached on some ways only"
        : (node.Flags & NodeFlags.NoMountpath) != 0
            ? $"{node.DisplayName} owns no data: none of its mountpaths is in service; repair, enable or attach one"
        : "";

    private static List<string> Brake(ClusterMap map, List<(NodeInfo Node, LivenessChange Change)> condemned, int vanished)
    {
        var alerts = new List<string>();
        var active = map.ActiveTargets.Count;
        if (condemned.Count == 0)
        {
            return alerts;
        }
        var names = string.Join(", ", condemned.Select(entry => entry.Node.DisplayName));
        if (condemned.Count >= active)
        {
            alerts.Add($"{names}: no target would be left, so nothing is changed; look at the network and the machines");
        }
        else if (vanished > Math.Max(1, active / 3))
        {
            alerts.Add(
                $"{vanished} of {active} targets vanished together ({names} nobody reaches): more than a third, so nothing is "
                + "changed; look at the network, or take nodes out of the map by hand");
        }
        return alerts;
    }

    /// <summary>This process was paused or starved: nobody was silent in that time, it was deaf.</summary>
    private void ForgivePause(long now)
    {
        var late = _expected == long.MaxValue ? 0 : now - _expected;
        if (late > options.Period / 2)
        {
            foreach (var watch in _watches.Values)
            {
                watch.HeardAt = Math.Min(now, watch.HeardAt + late);
                watch.ReachedAt = Math.Min(now, watch.ReachedAt + late);
                watch.DataReachedAt = Math.Min(now, watch.DataReachedAt + late);
                // A question that was under way in a long pause may have ended for that reason alone.
                watch.IsDisturbed |= watch.IsProbing && late >= options.LongPause;
            }
        }
        _expected = now + options.Period;
    }

    private Watch WatchOf(string id, long now)
    {
        if (!_watches.TryGetValue(id, out var watch))
        {
            watch = new Watch { HeardAt = now, ReachedAt = now, DataReachedAt = now, ProbedAt = now };
            _watches.Add(id, watch);
        }
        return watch;
    }

    private void Forget(ClusterMap map)
    {
        if (_watches.Count > map.Count)
        {
            foreach (var id in _watches.Keys.Where(id => map.Find(id) is null).ToList())
            {
                _watches.Remove(id);
            }
        }
    }

    private bool IsProbeDue(Watch watch, long now)
    {
        var interval = now - watch.HeardAt >= Math.Min(options.ProbeAfter, options.SuspectAfter) || watch.FailedDataRounds > 0
            ? options.ProbeInterval
            : options.RoutineProbeInterval;
        return !watch.IsProbing && now - watch.ProbedAt >= interval;
    }

    private Verdict Judge(Watch watch, long now)
    {
        var silence = now - watch.HeardAt;
        if (silence >= options.DownAfter)
        {
            if (options.Mutation == DetectorMutation.DownWithoutAsking)
            {
                return Verdict.Down;
            }
            if (now - watch.ReachedAt < options.DownAfter && watch.FailedRounds == 0)
            {
                return Verdict.Suspect;
            }
            return watch.FailedRounds >= RoundsToBeSure ? Verdict.Down : Verdict.Unsure;
        }
        if (silence >= options.SuspectAfter)
        {
            return Verdict.Unsure;
        }
        if (watch.FailedDataRounds > 0)
        {
            return now - watch.DataReachedAt >= options.DownAfter && watch.FailedDataRounds >= RoundsToBeSure
                ? Verdict.Suspect
                : Verdict.Unsure;
        }
        return Verdict.Well;
    }

    private LivenessChange? ChangeOf(NodeInfo node, Watch watch, Verdict verdict, long now)
    {
        const NodeFlags Bad = NodeFlags.Down | NodeFlags.Suspect;
        var seconds = (now - watch.HeardAt) / 1000;
        if (verdict != Verdict.Well)
        {
            watch.WellSince = long.MaxValue;
        }
        switch (verdict)
        {
            case Verdict.Down when (node.Flags & NodeFlags.Down) == 0:
                return new LivenessChange(
                    new SetNodeFlags(node.Id, NodeFlags.Down, NodeFlags.Suspect),
                    $"silent for {seconds} s, and nobody reaches it");
            case Verdict.Suspect when (node.Flags & NodeFlags.Suspect) == 0:
                return new LivenessChange(
                    new SetNodeFlags(node.Id, NodeFlags.Suspect, NodeFlags.Down),
                    seconds * 1000 >= options.SuspectAfter
                        ? $"silent for {seconds} s, but others reach it"
                        : "nobody reaches its public or data network");
            case Verdict.Well when (node.Flags & Bad) != 0:
                watch.WellSince = Math.Min(watch.WellSince, now);
                if (now - watch.WellSince < Observation(watch, now) || options.Mutation == DetectorMutation.NeverBack)
                {
                    return null;
                }
                watch.Returns++;
                watch.ReturnedAt = now;
                return new LivenessChange(new SetNodeFlags(node.Id, NodeFlags.None, Bad), "heard of and reached again");
            default:
                return null;
        }
    }

    private long Observation(Watch watch, long now)
    {
        if (watch.Returns > 0 && now - watch.ReturnedAt >= options.SteadyAfter)
        {
            watch.Returns = 0;
        }
        return watch.Returns == 0
            ? 0
            : Math.Min(options.ObservationMax, options.ObservationStep << Math.Min(watch.Returns - 1, 16));
    }

    private sealed class Watch
    {
        public long HeardAt { get; set; }

        public long ReachedAt { get; set; }

        public long DataReachedAt { get; set; }

        public long ProbedAt { get; set; }

        public bool IsOut { get; set; }

        public bool IsProbing { get; set; }

        public bool IsDisturbed { get; set; }

        public int FailedRounds { get; set; }

        public int FailedDataRounds { get; set; }

        public long WellSince { get; set; } = long.MaxValue;

        public int Returns { get; set; }

        public long ReturnedAt { get; set; }
    }
}
