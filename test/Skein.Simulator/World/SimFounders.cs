using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Cluster.Membership;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Maps;
using Skein.Simulator.Checks;

namespace Skein.Simulator.World;

/// <summary>
/// Proxies that are started with --bootstrap, as somebody does by mistake: whoever hears of no cluster forms one, goes on to
/// ask the others, and gives a newborn cluster up for one that lets it in. Who lets in is decided by the production policy,
/// and whether a cluster may be given up by the production rule.
/// </summary>
internal sealed class SimFounders(SimWorld world)
{
    private const int BetweenLooks = 250;
    private const int PatienceOfBootstrap = 1000;
    private const double ShareOfBuckets = 0.04;

    /// <summary>Founders that look for a cluster before they form one, with their life and how long they wait.</summary>
    private readonly Dictionary<(string Id, int Life), long> _looking = [];
    private int _formed;

    /// <summary>How many newborn clusters were given up.</summary>
    public int GivenUp { get; private set; }

    public void Start()
    {
        foreach (var node in world.Nodes.Where(node => node.IsFounder))
        {
            world.At(world.Random.Next((int)world.Scenario.FaultTime / 3), () => Look(node));
        }
    }

    private void Look(SimNode node)
    {
        world.At(world.Now + (BetweenLooks / 2) + world.Random.Next(BetweenLooks), () => Look(node));
        if (!node.Runs(world.Now))
        {
            return;
        }
        var isNewborn = node.Published.Document.IsNewbornOf(node.Id);
        if (node.Uuid.Length == 0)
        {
            Bootstrap(node);
        }
        else if (isNewborn || (node.Core!.PrimaryId is "" && world.Happens(0.3)) || Leads(node))
        {
            var others = world.Nodes.Where(other => other != node && other.Info.IsElectable).ToList();
            Ask(node, others[world.Random.Next(others.Count)]);
        }
        if (isNewborn && world.Faults && world.Happens(ShareOfBuckets))
        {
            // Somebody begins to use it: from now on something depends on it.
            world.Operator.Propose(
                node,
                new CreateBucket(
                    BucketName.Ais("mine"), (config, number) => BucketProps.Create(config, Providers.Ais, number, 0)),
                "somebody");
        }
    }

    /// <summary>One that leads a cluster of its own asks now and then too: it must not be let in.</summary>
    private bool Leads(SimNode node) => node.Uuid != SimWorld.Uuid && world.Happens(0.2);

    private void Bootstrap(SimNode node)
    {
        var look = (node.Id, node.Life);
        if (!_looking.TryGetValue(look, out var until))
        {
            _looking[look] = world.Now + PatienceOfBootstrap;
            foreach (var other in world.Nodes.Where(other => other != node && other.Info.IsElectable))
            {
                Ask(node, other);
            }
        }
        else if (until == long.MaxValue)
        {
            Ask(node, world.Nodes[world.Random.Next(world.Nodes.Count)]); // there is a cluster: it searches
        }
        else if (world.Now >= until)
        {
            Form(node);
        }
    }

    private void Form(SimNode node)
    {
        var uuid = string.Create(
            CultureInfo.InvariantCulture, $"{(char)('a' + world.Random.Next(26))}-newborn-{++_formed}");
        var first = world.Seal(ContactUrls.Apply(PrimaryService.FirstDocument(node.Info, uuid, "", SimWorld.Config)) with
        {
            Stamp = new DocumentStamp(1, 1, 1),
        });
        world.ChecksOf(uuid).Formed(first);
        world.Do(node, $"forms cluster {uuid}", (core, now) => core.LearnCommitted(first, now));
        if (node.Core is not null)
        {
            world.Begin(node, node.Storage.Stored); // it is the only voter: it need not wait for anybody
            world.Wake(node, world.Now);
        }
    }

    private void Ask(SimNode node, SimNode other)
    {
        var life = node.Life;
        var current = node.Published;
        var request = new JoinRequest(node.Info, current.Uuid, current.Stamp, JoinRequest.CurrentProtocol, false)
        {
            IsNewborn = current.Document.IsNewbornOf(node.Id)
                || world.Variant.Shell == ShellMutation.EstablishedGivenUp,
        };
        world.Network.Carry(node, other, () => Serve(other, request, reply => world.Network.Carry(other, node, () =>
        {
            if (node.Life == life)
            {
                Hear(node, reply);
            }
        })));
    }

    /// <summary>As the primary service does, with a call back to the one that asks.</summary>
    private void Serve(SimNode node, JoinRequest request, Action<JoinReply> respond)
    {
        var decidedOn = node.Published.Document;
        if (!node.Core!.IsEstablished)
        {
            respond(!decidedOn.Exists || node.Core.PrimaryId.Length == 0
                ? new JoinReply.NotReady("no primary is known")
                : new JoinReply.NotPrimary([node.Core.PrimaryId]));
            return;
        }
        var decision = JoinPolicy.Decide(decidedOn, request);
        switch (decision)
        {
            case JoinDecision.Wait wait:
                respond(new JoinReply.NotReady(wait.Reason));
                break;
            case JoinDecision.Refuse refuse:
                respond(new JoinReply.Refused(refuse.Reason));
                break;
            default:
                var newcomer = world.Node(request.Node.Id);
                world.Network.Carry(node, newcomer, () =>
                {
                    var answers = newcomer.Info;
                    world.Network.Carry(newcomer, node, () =>
                    {
                        if (answers == request.Node)
                        {
                            Admit(node, request, decidedOn, (decision as JoinDecision.Admit)?.Change, respond);
                        }
                    });
                });
                break;
        }
    }

    private void Admit(
        SimNode node, JoinRequest request, ControlDocument decidedOn, AddNode? change, Action<JoinReply> respond)
    {
        if (change is null)
        {
            if (JoinPolicy.StillHolds(decidedOn, node.Published.Document, request))
            {
                respond(new JoinReply.Admitted(node.Published));
            }
            return;
        }
        var guarded = new ChangeIf(
            change, present => JoinPolicy.StillHolds(decidedOn, present, request), "the cluster changed meanwhile");
        world.Operator.Propose(node, guarded, node.Id, outcome =>
        {
            if (outcome.Document is { } document)
            {
                respond(new JoinReply.Admitted(document));
            }
        });
    }

    private void Hear(SimNode node, JoinReply reply)
    {
        if (reply is JoinReply.NotPrimary or JoinReply.Refused or JoinReply.Admitted
            && node.Uuid.Length == 0 && _looking.ContainsKey((node.Id, node.Life)))
        {
            _looking[(node.Id, node.Life)] = long.MaxValue;
        }
        if (reply is JoinReply.NotPrimary hint && world.Find(hint.PrimaryUrls[0]) is { } primary && primary != node)
        {
            if (node.Uuid.Length == 0 || node.Published.Document.IsNewbornOf(node.Id))
            {
                Ask(node, primary);
            }
        }
        else if (reply is JoinReply.Admitted admitted)
        {
            Take(node, admitted.Document);
        }
    }

    private void Take(SimNode node, SealedDocument document)
    {
        if (node.Uuid.Length == 0 || node.Uuid == document.Uuid)
        {
            world.Do(node, "is let in", (core, now) => core.LearnCommitted(document, now));
            return;
        }
        var mine = node.Core!.State;
        var next = mine.GiveUpFor(document, node.Id);
        if (world.Variant.Shell == ShellMutation.EstablishedGivenUp)
        {
            next ??= new ConsensusState(
                new Epoch(document.Stamp.Generation, document.Stamp.Term), "", document, document);
        }
        if (next is not null && world.Variant.Shell != ShellMutation.NewbornKept)
        {
            GiveUp(node, mine, next);
        }
    }

    private void GiveUp(SimNode node, ConsensusState mine, ConsensusState next)
    {
        world.Transcript?.Note(world.Now, node.Id, $"gives {mine.Accepted.Uuid} up for {next.Accepted.Uuid}");
        NewbornChecks.GivenUp(world, node, mine, next);
        node.Promises = new Promises();
        if (!world.Persist(node, next))
        {
            return; // killed in the middle of it: it is of the one cluster or of the other
        }
        GivenUp++;
        world.ChecksOf(next.Accepted.Uuid).Stored(node, next.Accepted.Stamp);
        world.Begin(node, next);
        world.Wake(node, world.Now);
    }
}
