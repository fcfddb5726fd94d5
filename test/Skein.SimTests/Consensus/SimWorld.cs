using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.SimTests.Consensus;

/// <summary>
/// A whole cluster in one thread: the production core of every node over a network and disks that lose, delay, repeat
/// and forget. One seed decides everything, so that a failing seed is the whole bug report.
/// </summary>
internal sealed class SimWorld
{
    private const string Uuid = "simulated001";

    private readonly SimOptions _options;
    private readonly Random _random;
    private readonly ConsensusOptions _consensus;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly HashSet<(string From, string To)> _cut = [];
    private readonly Dictionary<long, (string Bucket, long AskedAfter)> _open = [];
    private readonly SimCheckers _checkers = new();
    private long _order;
    private long _proposals;
    private bool _faults = true;
    private int _incarnations;

    public SimWorld(SimOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        _consensus = new ConsensusOptions { Mutation = options.Mutation };
        for (var i = 1; i <= options.Proxies; i++)
        {
            Add(NodeRoles.Proxy, i);
        }
        for (var i = 1; i <= options.Targets; i++)
        {
            Add(NodeRoles.Target, i);
        }
    }

    public long Now { get; private set; }

    public SortedDictionary<string, SimNode> Nodes { get; } = new(StringComparer.Ordinal);

    public SimCheckers Checkers => _checkers;

    /// <summary>Runs the whole life of the cluster and throws at the first violation.</summary>
    public void Run()
    {
        Form();
        At(200, Client);
        At(500, Nemesis);
        At(100, Policy);
        RunUntil(_options.FaultTime);
        Calm();
        RunUntil(_options.FaultTime + _options.QuietTime);
        CheckQuiet();
    }

    private void Add(string role, int number)
    {
        var port = (role == NodeRoles.Proxy ? 1000 : 2000) + number;
        var info = new NodeInfo
        {
            PublicNet = NodeAddress.Create("http", "sim", port),
            ControlNet = NodeAddress.Create("http", "sim", port + 10_000),
            DataNet = NodeAddress.Create("http", "sim", port + 20_000),
            Type = role,
            Id = $"{role}-{number:D3}",
            Incarnation = $"i{++_incarnations}",
        };
        Nodes.Add(info.Id, new SimNode(info) { Skew = _random.Next(0, 1_000_000) });
    }

    /// <summary>The first proxy forms the cluster with everybody in the map; it alone votes.</summary>
    private void Form()
    {
        var founder = Nodes.Values.First(node => node.Info.Role == NodeRole.Proxy);
        var first = PrimaryService.FirstDocument(founder.Info, Uuid, "", ClusterConfig.Default);
        foreach (var node in Nodes.Values)
        {
            first = new AddNode(node.Info).Apply(first);
        }
        var document = ControlDocumentCodec.Seal(ContactUrls.Apply(first) with { Stamp = new DocumentStamp(1, 1, 1) });
        foreach (var node in Nodes.Values)
        {
            node.Disk = new ConsensusState(new Epoch(1, 1), "", document, document);
            Start(node);
        }
    }

    private void At(long time, Action action) => _events.Enqueue(action, (time, _order++));

    private void RunUntil(long end)
    {
        while (_events.TryPeek(out _, out var next) && next.Time <= end)
        {
            var action = _events.Dequeue();
            Now = next.Time;
            action();
        }
        Now = end;
    }

    private void Start(SimNode node)
    {
        node.Life++;
        node.PausedUntil = 0;
        node.Core = new ConsensusCore(
            node.Id, node.Info.Incarnation, node.Disk, _consensus, new Random(_random.Next()), Now + node.Skew);
        node.Published = node.Disk.Committed;
        node.Heard.Clear();
        node.Holds.Clear();
        Wake(node, Now);
    }

    private static void Crash(SimNode node)
    {
        node.Core = null;
        node.Life++;
    }

    private void Wake(SimNode node, long time)
    {
        var life = node.Life;
        node.WakeAt = time;
        At(time, () =>
        {
            if (node.Life != life || node.Core is null || node.WakeAt != time)
            {
                return;
            }
            if (node.PausedUntil > Now)
            {
                Wake(node, node.PausedUntil);
                return;
            }
            Do(node, core => core.Tick(Now + node.Skew));
        });
    }

    /// <summary>One step of a node, with the disk and the network behind it.</summary>
    private void Do(SimNode node, Func<ConsensusCore, ConsensusOutput> step)
    {
        var core = node.Core!;
        ConsensusOutput output;
        try
        {
            output = step(core);
        }
        catch (StoreException e)
        {
            throw new ViolationException($"no step fails: {node.Id}: {e.Message}");
        }
        _checkers.Observe(node.Id, core, output);
        // A crash before the write is on disk: nothing of the step has left the node.
        if (_faults && output.MustPersist && _random.NextDouble() < 0.002)
        {
            Crash(node);
            return;
        }
        if (output.MustPersist)
        {
            node.Disk = output.State;
        }
        if (output.Publish is { } published)
        {
            _checkers.Published(node.Id, node.Published, published);
            node.Published = published;
        }
        // A crash after the write and before, or in the middle of, the messages.
        var sent = _faults && output.MustPersist && _random.NextDouble() < 0.002
            ? _random.Next(output.Messages.Count + 1)
            : int.MaxValue;
        foreach (var (to, message) in output.Messages.Take(sent))
        {
            Post(node.Id, to, message);
        }
        if (sent != int.MaxValue)
        {
            Crash(node);
            return;
        }
        foreach (var outcome in output.Outcomes)
        {
            if (_open.Remove(outcome.Id, out var asked) && outcome.Document is { } document)
            {
                _checkers.Acknowledge(asked.Bucket, asked.AskedAfter, document);
            }
        }
        Wake(node, Math.Max(Now + 1, output.WakeAt - node.Skew));
    }

    private void Post(string from, string to, ConsensusMessage message)
    {
        var copies = _faults && _random.NextDouble() < _options.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            if (_faults && _random.NextDouble() < _options.Loss)
            {
                continue;
            }
            var delay = 1 + _random.Next(10);
            if (_faults && _random.NextDouble() < 0.05)
            {
                delay += _random.Next(1500);
            }
            At(Now + delay, () => Deliver(from, to, message));
        }
    }

    private void Deliver(string from, string to, ConsensusMessage message)
    {
        if (_cut.Contains((from, to)) || !Nodes.TryGetValue(to, out var node) || node.Core is null)
        {
            return;
        }
        if (node.PausedUntil > Now)
        {
            At(node.PausedUntil, () => Deliver(from, to, message));
            return;
        }
        node.Heard[from] = Now;
        if (message is AppendReply reply)
        {
            node.Holds[from] = reply.Holds;
        }
        Do(node, core => core.Receive(message, Now + node.Skew));
    }

    /// <summary>Clients ask every node that believes to be primary for new buckets.</summary>
    private void Client()
    {
        foreach (var node in Nodes.Values.Where(node => node.Core?.Role == ConsensusRole.Primary).ToList())
        {
            if (node.PausedUntil <= Now && _random.NextDouble() < 0.7)
            {
                Propose(node);
            }
        }
        At(Now + 20 + _random.Next(200), Client);
    }

    private void Propose(SimNode node)
    {
        var id = ++_proposals;
        var name = $"b{id}";
        _open[id] = (name, _checkers.MaxAcknowledged);
        var change = new CreateBucket(
            BucketName.Ais(name), (config, bucketId) => BucketProps.Create(config, Providers.Ais, bucketId, 0));
        Do(node, core => core.Propose(new Proposal(id, change, "client", ""), Now + node.Skew));
    }

    /// <summary>
    /// What primaries do beside: they push committed documents to nodes that do not vote, and keep the voters up.
    /// </summary>
    private void Policy()
    {
        foreach (var node in Nodes.Values.Where(node => node.Core?.IsEstablished == true && node.PausedUntil <= Now).ToList())
        {
            var document = node.Published;
            foreach (var other in Nodes.Values.Where(other => other.Id != node.Id))
            {
                var lost = _cut.Contains((node.Id, other.Id)) || (_faults && _random.NextDouble() < 0.2);
                if (!lost && other.Core is not null && other.PausedUntil <= Now)
                {
                    Learn(node, other, document);
                }
            }
            if (node.Core is null)
            {
                continue;
            }
            Rejoin(node);
            ChangeVoters(node);
        }
        At(Now + 100 + _random.Next(100), Policy);
    }

    private void Learn(SimNode primary, SimNode other, SealedDocument document)
    {
        if (document.Stamp > other.Published.Stamp)
        {
            Do(other, core => core.LearnCommitted(document, Now + other.Skew));
        }
        if (other.Core is not null && !_cut.Contains((other.Id, primary.Id)))
        {
            primary.Heard[other.Id] = Now;
            primary.Holds[other.Id] = other.Published.Stamp;
        }
    }

    /// <summary>A node that comes with another incarnation is admitted anew, as production does at a join.</summary>
    private void Rejoin(SimNode primary)
    {
        foreach (var other in Nodes.Values)
        {
            var known = primary.Published.Document.Map.Find(other.Id);
            if (primary.Core is not null && other.Core is not null && known?.Incarnation != other.Info.Incarnation
                && !_cut.Contains((other.Id, primary.Id)) && !_cut.Contains((primary.Id, other.Id)))
            {
                Do(primary, core => core.Propose(
                    new Proposal(++_proposals, new AddNode(other.Info), other.Id, "join"), Now + primary.Skew));
            }
        }
    }

    private void ChangeVoters(SimNode node)
    {
        if (node.Core is null || _random.NextDouble() < 0.3)
        {
            return;
        }
        var document = node.Published;
        var next = _options.Mutation == ConsensusMutation.TwoVotersChangedAtOnce
            ? TwoAtOnce(document.Document, node.Id)
            : VoterPolicy.Next(
                document.Document,
                node.Id,
                id => new VoterHealth(
                    node.Heard.TryGetValue(id, out var heard) && Now - heard < 500
                        && node.Holds.TryGetValue(id, out var holds) && holds == document.Stamp,
                    node.Heard.TryGetValue(id, out var last) ? Now - last : 10_000),
                2500);
        if (next is not null)
        {
            Do(node, core => core.Propose(
                new Proposal(++_proposals, next, node.Id, "voters"), Now + node.Skew));
        }
    }

    /// <summary>For the mutation: any set of voters at once, the primary among them.</summary>
    private SetVoters TwoAtOnce(ControlDocument document, string primary)
    {
        var proxies = document.Map.Proxies.Values.Where(node => node.Id != primary)
            .OrderBy(_ => _random.Next())
            .Take(_random.Next(0, 3))
            .Append(document.Map.Proxies[primary]);
        return new SetVoters([.. proxies.Select(node => new VoterInfo(node.Id, node.Incarnation, false))]);
    }

    /// <summary>Breaks and mends things.</summary>
    private void Nemesis()
    {
        if (!_faults)
        {
            return;
        }
        var node = Nodes.Values.ElementAt(_random.Next(Nodes.Count));
        switch (_random.Next(10))
        {
            case 0 or 1 when node.Core is not null:
                Crash(node);
                break;
            case 2 or 3 or 4:
                foreach (var down in Nodes.Values.Where(candidate => candidate.Core is null))
                {
                    Start(down);
                }
                break;
            case 5:
                Split();
                break;
            case 6:
                _cut.Clear();
                break;
            case 7:
                node.PausedUntil = Now + _random.Next(3000);
                break;
            case 8:
                // One way only.
                foreach (var other in Nodes.Keys)
                {
                    _cut.Add(_random.Next(2) == 0 ? (node.Id, other) : (other, node.Id));
                }
                break;
            case 9 when _options.Wipes:
                Wipe(node);
                break;
        }
        At(Now + 50 + _random.Next(900), Nemesis);
    }

    private void Split()
    {
        _cut.Clear();
        var left = Nodes.Keys.Where(_ => _random.Next(2) == 0).ToHashSet(StringComparer.Ordinal);
        foreach (var from in Nodes.Keys)
        {
            foreach (var to in Nodes.Keys)
            {
                if (left.Contains(from) != left.Contains(to))
                {
                    _cut.Add((from, to));
                }
            }
        }
    }

    /// <summary>
    /// A disk is lost. Only as many as the voters can bear: never while another voter is blank or down, since losing
    /// two of three disks is a loss of data that no protocol mends.
    /// </summary>
    private void Wipe(SimNode node)
    {
        var newest = Nodes.Values.Select(other => other.Disk.Accepted).MaxBy(document => document.Stamp)!;
        var voters = newest.Document.Voters;
        var whole = voters.All(voter => Nodes[voter.Id].Info.Incarnation == voter.Incarnation
            && Nodes[voter.Id].Core is not null
            && Nodes[voter.Id].Disk.Accepted.Stamp == newest.Stamp
            && Nodes[voter.Id].Disk.Committed.Stamp == newest.Stamp);
        if (!whole || voters.Length < 3)
        {
            return;
        }
        Crash(node);
        node.Info = node.Info with { Incarnation = $"i{++_incarnations}" };
        node.Disk = ConsensusState.Blank;
        Start(node);
    }

    private void Calm()
    {
        _faults = false;
        _cut.Clear();
        foreach (var node in Nodes.Values)
        {
            node.PausedUntil = Math.Min(node.PausedUntil, Now);
            if (node.Core is null)
            {
                Start(node);
            }
        }
    }

    private void CheckQuiet()
    {
        var leaders = Nodes.Values.Where(node => node.Core!.IsEstablished).ToList();
        if (leaders.Count != 1)
        {
            throw new ViolationException(
                $"liveness: {leaders.Count} primaries {_options.QuietTime} ms after the last fault ("
                + string.Join(", ", Nodes.Values.Select(node => $"{node.Id} {node.Core!.Role} {node.Core.Epoch}")) + ")");
        }
        var leader = leaders[0];
        var before = _checkers.Acknowledged;
        RunUntil(Now + 2000);
        if (_checkers.Acknowledged == before)
        {
            throw new ViolationException("liveness: no change is made although all is quiet");
        }
        _events.Clear();
        foreach (var node in Nodes.Values)
        {
            var lag = leader.Published.Stamp.Version - node.Published.Stamp.Version;
            if (lag > 40 || node.Published.Stamp.Term != leader.Published.Stamp.Term)
            {
                throw new ViolationException(
                    $"liveness: {node.Id} holds {node.Published.Stamp}, the primary {leader.Published.Stamp}");
            }
        }
        CheckVoters(leader.Published.Document);
    }

    private void CheckVoters(ControlDocument document)
    {
        var voters = document.Voters;
        var proxies = Math.Min(_options.Proxies, VoterPolicy.Wanted);
        var wanted = proxies % 2 == 1 ? proxies : _options.Targets > 0 ? proxies + 1 : proxies - 1;
        if (_options.Mutation == ConsensusMutation.None && voters.Length != wanted)
        {
            throw new ViolationException(
                $"voters: {voters.Length} of {wanted} when all is quiet: {string.Join(", ", voters)}");
        }
        if (voters.Any(voter => Nodes[voter.Id].Info.Incarnation != voter.Incarnation))
        {
            throw new ViolationException($"voters: a lost incarnation still votes: {string.Join(", ", voters)}");
        }
    }
}
