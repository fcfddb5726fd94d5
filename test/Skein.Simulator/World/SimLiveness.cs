using Skein.Cluster.Liveness;
using Skein.Core.Config.Sections;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Simulator.World;

/// <summary>
/// Runs the production failure detector on whoever leads, as the liveness loop does: it asks directly and, where that
/// fails, through others, and proposes what the detector finds.
/// </summary>
internal sealed class SimLiveness(SimWorld world)
{
    private const int Period = 100;
    private const int ProbeTimeout = 250;

    private int _turn;

    public void Start() => world.At(Period, Look);

    private static FailureDetectorOptions Options(SkeinSection config, Variant variant) => new()
    {
        Period = Period,
        ProbeAfter = (long)config.KeepaliveInterval.TotalMilliseconds * 3 / 2,
        SuspectAfter = (long)config.SuspectAfter.TotalMilliseconds / (IsHasty(variant) ? 4 : 1),
        DownAfter = (long)config.DownAfter.TotalMilliseconds / (IsHasty(variant) ? 6 : 1),
        ProbeInterval = 200,
        LongPause = 300,
        RoutineProbeInterval = 1000,
        ObservationStep = 500,
        ObservationMax = 2000,
        SteadyAfter = 10_000,
        Mutation = variant.Detector,
    };

    private static bool IsHasty(Variant variant) => variant.Shell == ShellMutation.DownBeforeLeaseEnds;

    private void Look()
    {
        world.At(world.Now + Period, Look);
        foreach (var node in world.Nodes)
        {
            if (!node.Runs(world.Now))
            {
                continue;
            }
            if (node.Core!.IsEstablished)
            {
                Look(node);
            }
            else
            {
                node.Primary.Detector = null;
                node.Primary.Reports.Clear();
            }
        }
    }

    private void Look(SimNode primary)
    {
        var part = primary.Primary;
        var now = primary.SteadyTime(world.Now);
        var document = primary.Published.Document;
        var detector = part.Detector ??= new FailureDetector(primary.Id, Options(document.Config.Skein, world.Variant));
        foreach (var report in part.Reports)
        {
            detector.OnProbe(report, now);
            part.FailedRounds[report.NodeId] = report.Control ? 0 : part.FailedRounds.GetValueOrDefault(report.NodeId) + 1;
        }
        part.Reports.Clear();
        var step = detector.Tick(document, id => part.AliveAt.TryGetValue(id, out var at) ? at : null, now);
        foreach (var id in step.Probe)
        {
            Probe(primary, id);
        }
        world.LivenessChecks.Decided(primary, step.Changes);
        foreach (var change in step.Changes)
        {
            if (primary.Core is not null)
            {
                var judged = world.LivenessChecks.Judge(primary, change);
                world.Operator.Propose(primary, change.Change, primary.Id, judged);
            }
        }
    }

    /// <summary>Asks directly, and where that fails through others.</summary>
    private void Probe(SimNode primary, string id)
    {
        var answer = new Answer();
        Try(primary, id, answer, static (_, arrive) => arrive());
        After(primary, ProbeTimeout, () =>
        {
            if (answer is { Control: true, Data: true })
            {
                primary.Primary.Reports.Add(new ProbeReport(id, true, true));
                return;
            }
            foreach (var helper in HelpersFor(primary, id))
            {
                world.Network.Carry(primary, helper, () => Try(
                    helper, id, answer, (from, arrive) => world.Network.Carry(from, primary, arrive)));
            }
            After(
                primary, 2 * ProbeTimeout,
                () => primary.Primary.Reports.Add(new ProbeReport(id, answer.Control, answer.Data)));
        });
    }

    private void Try(SimNode from, string id, Answer answer, Action<SimNode, Action> back)
    {
        if (world.Find(id) is not { } node)
        {
            return;
        }
        world.Network.Carry(from, node, () =>
        {
            var data = node.DataCutUntil <= world.Now;
            world.Network.Carry(node, from, () => back(from, () =>
            {
                answer.Control = true;
                answer.Data |= data;
            }));
        });
    }

    /// <summary>A timer of a process: it rings late while the process is stopped, and never after its end.</summary>
    private void After(SimNode node, int milliseconds, Action action)
    {
        var life = node.Life;
        world.At(world.Now + milliseconds, () => Ring(node, life, action));
    }

    private void Ring(SimNode node, int life, Action action)
    {
        if (node.Life != life || node.Core is null)
        {
            return;
        }
        if (node.PausedUntil > world.Now)
        {
            world.At(node.PausedUntil, () => Ring(node, life, action));
            return;
        }
        action();
    }

    private List<SimNode> HelpersFor(SimNode primary, string id)
    {
        var others = primary.Published.Document.Map.AllNodes
            .Where(node => node.Id != id && node.Id != primary.Id && node.IsActive).ToList();
        var start = others.Count == 0 ? 0 : ++_turn % others.Count;
        return [.. others.Skip(start).Concat(others.Take(start)).Take(LivenessLoop.Helpers).Select(node => world.Node(node.Id))];
    }

    private sealed class Answer
    {
        public bool Control { get; set; }

        public bool Data { get; set; }
    }
}
