using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Simulator.World;

/// <summary>
/// What a primary does besides leading (pushes documents, lets nodes in, keeps the voters up), and what a person does
/// to a cluster: hands the lead over, takes nodes out, puts them under maintenance.
/// </summary>
internal sealed class SimOperator(SimWorld world)
{
    private const long ReplaceAfter = 2500;
    private const long CaughtUpWithin = 1000;
    private const long RemindAfter = 400;
    private const long NeverHeard = 10_000;

    private readonly Dictionary<long, Action<ProposalOutcome>> _asked = [];

    public void Start() => world.At(100, Work);

    /// <summary>The primary that may take changes and runs, if there is one; any, where there seem to be several.</summary>
    public SimNode? Primary() =>
        world.Nodes.Find(node => node.Core?.IsEstablished == true && node.Runs(world.Now) && node.Uuid == SimWorld.Uuid);

    /// <summary>Somebody wants a change of the cluster.</summary>
    /// <param name="primary">Who is asked.</param>
    /// <param name="change">The change.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="then">Told what became of it, if that is ever known.</param>
    public void Propose(SimNode primary, ControlChange change, string who, Action<ProposalOutcome>? then = null)
    {
        if (primary.Core is not null)
        {
            var proposal = new Proposal(world.Clients.NextProposal(), change, who, "");
            if (then is not null)
            {
                _asked[proposal.Id] = then;
            }
            world.Do(primary, proposal, (core, now) => core.Propose(proposal, now));
        }
    }

    /// <summary>A node says what became of a proposal.</summary>
    public void Answered(ProposalOutcome outcome)
    {
        if (_asked.Remove(outcome.Id, out var then))
        {
            then(outcome);
        }
    }

    private void Work()
    {
        foreach (var node in world.Nodes)
        {
            if (node.Core?.IsEstablished == true && node.Runs(world.Now))
            {
                Push(node);
                Admit(node);
                KeepVoters(node);
                if (!world.Faults)
                {
                    RemoveDead(node);
                    EndMaintenance(node);
                }
            }
        }
        world.At(world.Now + 100 + world.Random.Next(100), Work);
    }

    /// <summary>Sends what the primary has published to everybody in the map: at once, and again and again.</summary>
    public void Push(SimNode primary)
    {
        var document = primary.Published;
        foreach (var node in world.Nodes)
        {
            // Who has it is only reminded now and then: so the primary knows that it lives.
            var knows = primary.Holds.TryGetValue(node.Id, out var holds) && holds >= document.Stamp
                && primary.Heard[node.Id] > world.Now - RemindAfter;
            if (node != primary && !knows && document.Document.Map.Find(node.Id) is not null)
            {
                world.Network.Push(primary, node, document);
            }
        }
    }

    /// <summary>A node that is not in the map, or is there in another incarnation, asks to be let in.</summary>
    private void Admit(SimNode primary)
    {
        foreach (var node in world.Nodes)
        {
            var known = primary.Published.Document.Map.Find(node.Id);
            if (primary.Core is not null && node.Runs(world.Now) && known?.Incarnation != node.Info.Incarnation
                && MayComeIn(primary, node, known)
                && (!world.Faults || world.Happens(0.5))
                && !world.Network.IsCut(node, primary) && !world.Network.IsCut(primary, node))
            {
                var id = node.Id;
                Propose(primary, new AddNode(node.Info), id, outcome => LetIn(primary, id, outcome));
            }
        }
    }

    /// <summary>
    /// Who was let in is alive. It is given the document with the answer, which may be lost: so it does not count as holding
    /// it, or its older lease would be forgotten.
    /// </summary>
    private void LetIn(SimNode primary, string id, ProposalOutcome outcome)
    {
        if (outcome.Document is { } document)
        {
            primary.Primary.AliveAt[id] = primary.SteadyTime(world.Now);
            if (world.Variant.Shell == ShellMutation.AdmittedCountsAsHolding)
            {
                primary.Primary.Said[id] = document.Stamp;
            }
        }
    }

    /// <summary>A founder that nobody knows searches by itself; one that belongs to another cluster does not want to.</summary>
    private static bool MayComeIn(SimNode primary, SimNode node, NodeInfo? known) =>
        (node.Uuid.Length == 0 || node.Uuid == primary.Uuid)
        && (known is not null || (primary.Uuid == SimWorld.Uuid && !(node.IsFounder && node.Uuid.Length == 0)));

    private void KeepVoters(SimNode primary)
    {
        if (primary.Core is null || world.Happens(0.3))
        {
            return;
        }
        var document = primary.Published;
        var next = world.Variant.Core == ConsensusMutation.TwoVotersChangedAtOnce
            ? TwoAtOnce(document.Document, primary.Id)
            : VoterPolicy.Next(
                document.Document,
                primary.Id,
                id => new VoterHealth(
                    primary.Heard.TryGetValue(id, out var heard) && world.Now - heard < CaughtUpWithin
                        && primary.Holds.TryGetValue(id, out var holds) && holds == document.Stamp,
                    primary.Heard.TryGetValue(id, out var last) ? world.Now - last : NeverHeard),
                ReplaceAfter);
        if (next is not null)
        {
            Propose(primary, next, primary.Id);
        }
    }

    /// <summary>For the mutation: any set of voters at once, the primary among them.</summary>
    private SetVoters TwoAtOnce(ControlDocument document, string primary)
    {
        var proxies = document.Map.Proxies.Values.Where(node => node.Id != primary)
            .OrderBy(_ => world.Random.Next())
            .Take(world.Random.Next(0, 3))
            .Append(document.Map.Proxies[primary]);
        return new SetVoters([.. proxies.Select(node => new VoterInfo(node.Id, node.Incarnation, false))]);
    }

    private void RemoveDead(SimNode primary)
    {
        foreach (var dead in world.Nodes.Where(node => node.IsDead && primary.Published.Document.Map.Find(node.Id) is not null))
        {
            Propose(primary, new RemoveNode(dead.Id), "operator");
        }
    }

    private void EndMaintenance(SimNode primary)
    {
        foreach (var node in primary.Published.Document.Map.AllNodes.Where(node => node.Flags.HasFlag(NodeFlags.Maintenance)))
        {
            Propose(primary, new SetNodeFlags(node.Id, NodeFlags.None, NodeFlags.Maintenance), "operator");
        }
    }
}
