using Skein.Cluster.Consensus;
using Skein.Cluster.Liveness;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.World;

namespace Skein.Simulator.Checks;

/// <summary>Watches who is called down, with the true state of all nodes in view.</summary>
internal sealed class LivenessChecks(SimWorld world)
{
    /// <summary>Two targets that are condemned within this time were both silent when the first one was.</summary>
    private const long Together = 700;

    private const int RoundsToBeSure = 2;

    /// <summary>How many times a node was called down.</summary>
    public int Downs { get; private set; }

    /// <summary>A primary's detector has found something.</summary>
    public void Decided(SimNode primary, IReadOnlyList<LivenessChange> changes)
    {
        var document = primary.Published.Document;
        var active = document.Map.ActiveTargets.Count;
        var condemned = changes
            .Where(change => change.Change.Set != NodeFlags.None && change.Why.Contains("silent", StringComparison.Ordinal)
                && document.Map.Targets.TryGetValue(change.Change.NodeId, out var target) && target.IsActive)
            .Select(change => change.Change.NodeId)
            .ToList();
        if (condemned.Count == 0)
        {
            return;
        }
        if (condemned.Count >= active)
        {
            throw new ViolationException(
                "the brake holds", $"{primary.Id} condemns {string.Join(", ", condemned)}: no target would be left");
        }
        var epoch = primary.Core!.Epoch;
        var recent = primary.Primary.Condemned;
        recent.RemoveAll(one => one.At < world.Now - Together || one.Epoch != epoch);
        recent.AddRange(condemned.Select(id => new Condemned(id, world.Now, epoch, active)));
        var together = recent.Select(one => one.Id).Distinct().Count();
        if (together > Math.Max(1, recent.Max(one => one.Active) / 3))
        {
            throw new ViolationException(
                "the brake holds",
                $"{primary.Id} condemns {string.Join(", ", recent.Select(one => one.Id).Distinct())} within {Together} ms, "
                    + $"of {recent.Max(one => one.Active)} targets");
        }
    }

    /// <summary>A change is about to be proposed; returns what to ask when it is made.</summary>
    public Action<ProposalOutcome> Judge(SimNode primary, LivenessChange change)
    {
        var node = world.Node(change.Change.NodeId);
        var isDown = change.Change.Set.HasFlag(NodeFlags.Down);
        if (isDown && primary.Primary.FailedRounds.GetValueOrDefault(node.Id) < RoundsToBeSure)
        {
            throw new ViolationException(
                "nobody is called down who was not asked", $"{primary.Id} calls {node.Id} down: {change.Why}");
        }
        var mayWrite = node.Core is not null && node.Target.Lease.IsHeld;
        return outcome =>
        {
            if (outcome.Document is null || !isDown)
            {
                return;
            }
            Downs++;
            if (mayWrite)
            {
                throw new ViolationException(
                    "nobody is called down whose lease is alive", $"{primary.Id} called {node.Id} down: {change.Why}");
            }
        };
    }

    /// <summary>What was condemned lately.</summary>
    /// <param name="Id">The target.</param>
    /// <param name="At">When.</param>
    /// <param name="Epoch">In which reign.</param>
    /// <param name="Active">How many targets were active then.</param>
    internal sealed record Condemned(string Id, long At, Epoch Epoch, int Active);
}
