using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.TestKit.Histories;

namespace Skein.Simulator.World;

/// <summary>Reads through the primary: a change that changes nothing, and so is answered only by one who leads.</summary>
internal sealed record ReadDocument : ControlChange
{
    public override string Describe() => "read";

    public override ControlDocument Apply(ControlDocument current) => current;
}

/// <summary>
/// Clients that create, destroy and list a few buckets, one request at a time each, and write down what they were told.
/// </summary>
internal sealed class SimClients(SimWorld world)
{
    private const int Buckets = 5;
    private const int Patience = 2500;
    private const double LossOfAnswers = 0.02;

    private static readonly BucketName Data = BucketName.Ais("data");

    private readonly Dictionary<long, Request> _open = [];
    private readonly List<Request> _waiting = [];
    private readonly List<History> _histories = [new()];
    private long _generation = 1;
    private long _proposals;
    private bool _stopped;

    /// <summary>What was asked and answered, one for each generation.</summary>
    public IReadOnlyList<History> Histories => _histories;

    private History History => _histories[^1];

    /// <summary>How many changes were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Creates the bucket of the objects; these clients leave it alone.</summary>
    public static CreateBucket DataBucket { get; } =
        new(Data, (config, number) => BucketProps.Create(config, Providers.Ais, number, 0));

    /// <summary>Name of a bucket by its number.</summary>
    public static string Bucket(int number) => "b" + number.ToString(CultureInfo.InvariantCulture);

    public long NextProposal() => ++_proposals;

    public void Start()
    {
        for (var client = 1; client <= world.Scenario.Clients; client++)
        {
            var number = client;
            world.At(100 + world.Random.Next(400), () => Ask(number));
        }
    }

    /// <summary>No more requests.</summary>
    public void Stop() => _stopped = true;

    /// <summary>One request for a bucket, outside of the clients' own rhythm.</summary>
    public void Create(SimNode node, string bucket) => Propose(node, 0, OperationKind.Create, bucket);

    /// <summary>
    /// A forced recovery: another history begins, with what the forced document says. What is still asked may yet show in
    /// it; whatever the lost generation still answers tells nothing any more.
    /// </summary>
    public void Forced(SealedDocument document)
    {
        _generation = document.Stamp.Generation;
        _histories.Add(new History([.. Names(document)]));
        foreach (var request in _waiting)
        {
            request.Operation = History.Invoke($"c{request.Client}", request.Kind, request.Bucket, world.Now);
        }
    }

    /// <summary>A node says what became of a proposal.</summary>
    public void Answered(ProposalOutcome outcome, long generation)
    {
        if (!_open.Remove(outcome.Id, out var asked) || (world.Faults && world.Happens(LossOfAnswers)))
        {
            return;
        }
        world.At(world.Now + 1 + world.Random.Next(10), () => Hear(asked, outcome, generation));
    }

    private void Hear(Request asked, ProposalOutcome outcome, long generation)
    {
        if (!_waiting.Contains(asked) || generation < _generation)
        {
            return; // too late: the client has given up, or what answers is no more
        }
        if (outcome.Document is { } document && asked.Kind == OperationKind.List)
        {
            History.ReturnList(asked.Operation, Names(document), world.Now);
        }
        else if (outcome.Document is not null)
        {
            Acknowledged++;
            History.Return(asked.Operation, OperationAnswer.Done, world.Now);
        }
        else
        {
            History.Return(asked.Operation, Meaning(outcome.Error!), world.Now);
        }
        world.Transcript?.Note(world.Now, $"c{asked.Client}", $"was told: {History.Operations[asked.Operation]}");
        // Somebody who was refused by a node that does not lead asks again soon.
        GoOn(asked, 20 + world.Random.Next(300));
    }

    private static IEnumerable<string> Names(SealedDocument document) =>
        document.Document.Buckets.Buckets.Keys.Where(name => name != Data).Select(name => name.Name);

    private static OperationAnswer Meaning(Exception error) => error switch
    {
        StoreException { Code: StoreErrorCode.BucketExists or StoreErrorCode.BucketNotFound } => OperationAnswer.Refused,
        StoreException { Code: StoreErrorCode.NotReady } refused
            when !refused.Message.Contains("will show", StringComparison.Ordinal) => OperationAnswer.Failed,
        _ => OperationAnswer.Unknown,
    };

    private void GoOn(Request request, int delay)
    {
        if (_waiting.Remove(request))
        {
            Later(request.Client, delay);
        }
    }

    private void Later(int client, int delay)
    {
        if (client != 0)
        {
            world.At(world.Now + delay, () => Ask(client));
        }
    }

    private void Ask(int client)
    {
        if (_stopped)
        {
            return;
        }
        var node = Choose();
        if (node is null)
        {
            Later(client, 100 + world.Random.Next(100));
            return;
        }
        var kind = world.Random.Next(10) switch
        {
            < 4 => OperationKind.Create,
            < 7 => OperationKind.Destroy,
            _ => OperationKind.List,
        };
        Propose(node, client, kind, kind == OperationKind.List ? "" : Bucket(world.Random.Next(Buckets)));
    }

    /// <summary>Mostly one of those that believe that they lead, each of them alike; sometimes any.</summary>
    private SimNode? Choose()
    {
        var leaders = world.Living.Where(node => node.Core?.Role == ConsensusRole.Primary).ToList();
        if (leaders.Count != 0 && !world.Happens(0.05))
        {
            return leaders[world.Random.Next(leaders.Count)];
        }
        var any = world.Nodes[world.Random.Next(world.Nodes.Count)];
        return any.Core is null || !IsOfTheirs(any) ? null : any;
    }

    /// <summary>They know nothing of clusters that founders form.</summary>
    private static bool IsOfTheirs(SimNode node) => node.Uuid is SimWorld.Uuid or "";

    private void Propose(SimNode node, int client, OperationKind kind, string bucket)
    {
        var request = new Request(client, kind, bucket)
        {
            Operation = History.Invoke($"c{client}", kind, bucket, world.Now),
        };
        _waiting.Add(request);
        var id = NextProposal();
        _open[id] = request;
        ControlChange change = kind switch
        {
            OperationKind.Create => new CreateBucket(
                BucketName.Ais(bucket), (config, number) => BucketProps.Create(config, Providers.Ais, number, 0)),
            OperationKind.Destroy => new DestroyBucket(BucketName.Ais(bucket)),
            _ => new ReadDocument(),
        };
        var life = node.Life;
        world.At(world.Now + 1 + world.Random.Next(10), () => Arrive(node, life, new Proposal(id, change, $"c{client}", "")));
        world.At(world.Now + Patience, () =>
        {
            // The operation stays open in the history: it may show later.
            _open.Remove(id);
            GoOn(request, 1);
        });
    }

    private void Arrive(SimNode node, int life, Proposal proposal)
    {
        if (node.Core is null || node.Life != life || !IsOfTheirs(node))
        {
            return;
        }
        if (node.PausedUntil > world.Now)
        {
            world.At(node.PausedUntil + world.Random.Next(5), () => Arrive(node, life, proposal));
            return;
        }
        world.Do(node, proposal, (core, now) => core.Propose(proposal, now));
    }

    private sealed class Request(int client, OperationKind kind, string bucket)
    {
        public int Client => client;

        public OperationKind Kind => kind;

        public string Bucket => bucket;

        /// <summary>Its number in the present history.</summary>
        public int Operation { get; set; }
    }
}
