using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Cluster.Leases;
using Skein.Cluster.Primary;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;
using Skein.Simulator.Disks;
using Skein.Simulator.Transcripts;

namespace Skein.Simulator.World;

/// <summary>
/// A whole cluster in one thread: the production core of every node over a network and disks that lose, delay, repeat
/// and forget. Scenario and seed decide everything, so that a failing seed is the whole bug report.
/// </summary>
internal sealed class SimWorld
{
    /// <summary>The cluster that is there from the beginning.</summary>
    public const string Uuid = "simulated001";

    /// <summary>Interval of keepalives in milliseconds; a third of production, as all times that are longer.</summary>
    public const long KeepAlive = 300;

    /// <summary>Times as in production.</summary>
    public static readonly ConsensusOptions Times = new();

    /// <summary>Configuration of every cluster.</summary>
    public static readonly ClusterConfig Config = ClusterConfig.Default with
    {
        Skein = ClusterConfig.Default.Skein with
        {
            KeepaliveInterval = TimeSpan.FromMilliseconds(KeepAlive),
            Lease = TimeSpan.FromMilliseconds(5 * KeepAlive),
            SuspectAfter = TimeSpan.FromMilliseconds(3 * KeepAlive),
            DownAfter = TimeSpan.FromMilliseconds(9 * KeepAlive),
        },
    };

    private readonly Dictionary<string, SimNode> _byId = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly ElectionMonitor _elections = new(Times);
    private readonly bool _realFiles;
    private readonly SimNetwork _network;
    private readonly SimClients _clients;
    private readonly SimOperator _operator;
    private readonly Nemesis _nemesis;
    private readonly SimRecovery _recovery;
    private readonly Dictionary<string, SafetyChecks> _checks = new(StringComparer.Ordinal);
    private long _order;
    private long _documents;
    private int _incarnations;

    public SimWorld(Scenario scenario, int seed, Variant variant, Transcript? transcript = null)
    {
        Scenario = scenario;
        Variant = variant;
        Transcript = transcript;
        Random = new Random(seed);
        _realFiles = Random.NextDouble() < scenario.RealFiles
            || (variant.Disk != DiskMutation.None && scenario.RealFiles > 0);
        _network = new SimNetwork(this);
        _clients = new SimClients(this);
        _operator = new SimOperator(this);
        _nemesis = new Nemesis(this);
        _recovery = new SimRecovery(this);
        KeepAlives = new SimKeepAlives(this);
        Writes = new SimWrites(this);
        Founders = new SimFounders(this);
        LeaseChecks = new LeaseChecks(this);
        LivenessChecks = new LivenessChecks(this);
        Liveness = new SimLiveness(this);
        for (var i = 1; i <= scenario.Proxies + scenario.Newcomers; i++)
        {
            Add(NodeRoles.Proxy, "p", i);
        }
        for (var i = 1; i <= scenario.Targets; i++)
        {
            Add(NodeRoles.Target, "t", i);
        }
        for (var i = 1; i <= scenario.Founders; i++)
        {
            Add(NodeRoles.Proxy, SimNode.Founder, i);
        }
    }

    public Scenario Scenario { get; }

    public Variant Variant { get; }

    public Transcript? Transcript { get; set; }

    public Random Random { get; }

    /// <summary>World time in milliseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Events so far.</summary>
    public long Steps { get; private set; }

    /// <summary>True while things break.</summary>
    public bool Faults { get; private set; } = true;

    public List<SimNode> Nodes { get; } = [];

    /// <summary>Checks of the first cluster.</summary>
    public SafetyChecks Checks => ChecksOf(Uuid);

    public LeaseChecks LeaseChecks { get; }

    public LivenessChecks LivenessChecks { get; }

    public SimLiveness Liveness { get; }

    public SimKeepAlives KeepAlives { get; }

    public SimWrites Writes { get; }

    public SimFounders Founders { get; }

    public SimNetwork Network => _network;

    public SimClients Clients => _clients;

    public SimOperator Operator => _operator;

    public SimRecovery Recovery => _recovery;

    /// <summary>Nodes of the first cluster, and those that are of none.</summary>
    public IEnumerable<SimNode> Members => Nodes.Where(node => node.Uuid is Uuid or "");

    /// <summary>Those of them that are not gone for good.</summary>
    public IEnumerable<SimNode> Living => Members.Where(node => !node.IsDead);

    /// <summary>Checks of a cluster; each has its own line of documents.</summary>
    public SafetyChecks ChecksOf(string uuid)
    {
        if (!_checks.TryGetValue(uuid, out var checks))
        {
            _checks[uuid] = checks = new SafetyChecks();
        }
        return checks;
    }

    /// <summary>What a node knows of its own lead now, by a clock that only goes on.</summary>
    public LeadStatus LeadOf(SimNode node)
    {
        var core = node.Core!;
        var age = Now - node.JumpedBackAt < 4 * Times.ElectionMax ? int.MaxValue : node.LocalTime(Now) - core.QuorumHeardAt;
        return new LeadStatus(core.IsEstablished, core.Epoch, age);
    }

    /// <summary>Runs the whole life of the cluster and throws at the first violation.</summary>
    /// <param name="maxSteps">Ends the run early, without what is checked at the end.</param>
    public void Run(long maxSteps = long.MaxValue)
    {
        Form(hasObjects: true);
        _clients.Start();
        _operator.Start();
        _nemesis.Start();
        KeepAlives.Start();
        Liveness.Start();
        Writes.Start();
        Founders.Start();
        if (!RunUntil(Scenario.FaultTime, maxSteps))
        {
            return;
        }
        Calm();
        if (RunUntil(Scenario.FaultTime + Scenario.QuietTime, maxSteps))
        {
            new QuietChecks(this).Check();
        }
    }

    public SimNode Node(string id) => _byId[id];

    public SimNode? Find(string id) => _byId.GetValueOrDefault(id);

    public bool Happens(double share) => Random.NextDouble() < share;

    public void At(long time, Action action) => _events.Enqueue(action, (time, _order++));

    /// <summary>Lets time pass.</summary>
    /// <returns>False when the steps ran out before.</returns>
    public bool RunUntil(long end, long maxSteps = long.MaxValue)
    {
        while (_events.TryPeek(out _, out var next) && next.Time <= end)
        {
            if (++Steps > maxSteps)
            {
                return false;
            }
            var action = _events.Dequeue();
            Now = next.Time;
            action();
        }
        Now = end;
        return true;
    }

    /// <summary>The first proxy forms the cluster with everybody but the newcomers in the map; it alone votes.</summary>
    /// <param name="hasObjects">There is a bucket for the objects.</param>
    public void Form(bool hasObjects = false)
    {
        var founder = Nodes[0];
        var first = PrimaryService.FirstDocument(founder.Info, Uuid, "", Config);
        first = hasObjects ? SimClients.DataBucket.Apply(first) : first;
        var members = Nodes.Where(node => !IsNewcomer(node)).ToList();
        foreach (var node in members)
        {
            first = new AddNode(node.Info).Apply(first);
        }
        var document = Seal(ContactUrls.Apply(first) with { Stamp = new DocumentStamp(1, 1, 1) });
        Checks.Formed(document);
        foreach (var node in Nodes)
        {
            var isMember = members.Contains(node);
            node.Storage.Load();
            node.Storage.Save(isMember
                ? new ConsensusState(new Epoch(1, 1), "", document, document)
                : ConsensusState.Blank);
            Start(node);
        }
    }

    /// <summary>Starts a node from its disk; one that cannot read it refuses, and gets an empty one.</summary>
    public void Start(SimNode node)
    {
        ConsensusState loaded;
        try
        {
            loaded = node.Storage.Load();
        }
        catch (StoreException e)
        {
            Transcript?.Note(Now, node.Id, $"refuses to start: {e.Message}");
            Wipe(node);
            loaded = node.Storage.Load();
        }
        SafetyChecks.Started(node, loaded);
        ChecksOf(loaded.Accepted.Uuid).Stored(node, loaded.Accepted.Stamp);
        node.Life++;
        node.PausedUntil = 0;
        Begin(node, loaded);
        Transcript?.Note(Now, node.Id, $"starts with {MessageText.Of(loaded)}");
        Wake(node, Now);
    }

    /// <summary>A core with what is on disk.</summary>
    public void Begin(SimNode node, ConsensusState loaded)
    {
        node.Core = new ConsensusCore(
            node.Id, node.Info.Incarnation, loaded, OptionsOf(node), new Random(Random.Next()), node.LocalTime(Now))
        {
            WallClock = () => Now,
        };
        node.Forget(this, loaded.Committed);
        node.Elections = new ElectionRecord { Epoch = loaded.Epoch, WithMajorityAt = Now };
    }

    /// <summary>Ends a process; with <paramref name="power"/> its machine loses power too.</summary>
    public void Crash(SimNode node, bool power)
    {
        if (node.Core is not null)
        {
            Transcript?.Note(Now, node.Id, power ? "loses power" : "is killed");
        }
        node.Core = null;
        node.Life++;
        if (node.Storage.Disk is { } disk)
        {
            disk.PowerLossAt = 0;
        }
        if (power)
        {
            node.Storage.LosePower();
        }
    }

    /// <summary>An empty disk: it is another incarnation now.</summary>
    public void Wipe(SimNode node)
    {
        Transcript?.Note(Now, node.Id, "has an empty disk");
        node.Storage.Wipe();
        if (Variant.Disk != DiskMutation.SameIncarnationAfterDamage)
        {
            node.Info = node.Info with { Incarnation = NextIncarnation() };
            node.Promises = new Promises();
        }
    }

    /// <summary>One step of a node, with the disk and the network behind it.</summary>
    public void Do(SimNode node, object cause, Func<ConsensusCore, long, ConsensusOutput> step)
    {
        var core = node.Core!;
        var before = Transcript is null ? null : new StepSnapshot(core);
        ConsensusOutput output;
        try
        {
            output = step(core, node.LocalTime(Now));
        }
        catch (Exception e) when (e is not ViolationException)
        {
            throw new ViolationException("no step fails", $"{node.Id}: {e}");
        }
        Transcript?.Step(Now, node.Id, cause, before!, core, output);
        var checks = ChecksOf(core.Accepted.Uuid);
        checks.Stepped(node, core, output, Now);
        _elections.Stepped(node, output, cause as ConsensusMessage, Now);
        if (output.MustPersist)
        {
            if (!Persist(node, output.State))
            {
                return;
            }
            checks.Stored(node, output.State.Accepted.Stamp);
        }
        var primaryId = node.Published.Document.Map.PrimaryId;
        if (output.Publish is { } published)
        {
            checks.Published(node, node.Published, published);
            node.Publish(published);
        }
        // A crash after the write and before, or in the middle of, the messages.
        var crashes = Faults && output.MustPersist && Happens(Scenario.CrashAtWrite);
        Send(node, core, output, crashes ? Random.Next(output.Messages.Count + 1) : int.MaxValue);
        if (crashes)
        {
            Crash(node, Happens(0.5));
            return;
        }
        foreach (var outcome in output.Outcomes)
        {
            if (outcome.Document is { } document)
            {
                checks.Acknowledged(node, document);
            }
            _clients.Answered(outcome, core.Epoch.Generation);
            _operator.Answered(outcome);
        }
        if (output.Publish is not null && core.IsEstablished)
        {
            _operator.Push(node);
        }
        else if (node.Published.Document.Map.PrimaryId != primaryId)
        {
            KeepAlives.Hurry(node);
        }
        Wake(node, Math.Max(Now + 1, node.WorldTime(output.WakeAt)));
    }

    /// <summary>A message of the consensus arrives.</summary>
    public void Receive(SimNode node, ConsensusMessage message)
    {
        if (message.Uuid == node.Uuid)
        {
            node.Hear(message.From, (message as AppendReply)?.Holds, Now);
        }
        ElectionMonitor.Receives(node, message, Now);
        var isOfItsCluster = message is AppendRequest && message.Uuid == node.Core!.Accepted.Uuid;
        Do(node, message, (core, now) => core.Receive(message, now));
        if (isOfItsCluster)
        {
            SafetyChecks.Heard(node, message.Epoch.Generation);
        }
    }

    private void Send(SimNode node, ConsensusCore core, ConsensusOutput output, int most)
    {
        foreach (var (to, message) in output.Messages.Take(most))
        {
            node.Promises.Epoch = output.State.Epoch;
            node.Promises.VotedFor = output.State.VotedFor;
            if (message is AppendReply reply && !ChecksOf(core.Accepted.Uuid).IsCommitted(reply.Holds))
            {
                node.Promises.Accepted = reply.Holds;
            }
            // As in production: an address is known only of nodes in the map.
            if (core.Accepted.Document.Map.Find(to) is not null)
            {
                _network.Send(node, to, message);
            }
        }
        if (core.Role == ConsensusRole.Primary && output.Publish is { } committed)
        {
            node.Promises.Accepted = committed.Stamp;
        }
    }

    /// <summary>Makes a state durable; false when the node died of it.</summary>
    public bool Persist(SimNode node, ConsensusState state)
    {
        var crashes = Faults && Happens(Scenario.CrashAtWrite);
        if (crashes && node.Storage.Disk is null)
        {
            // Nothing of the step has left the node.
            Crash(node, power: false);
            return false;
        }
        if (crashes)
        {
            node.Storage.Disk!.PowerLossAt = 1 + Random.Next(14);
        }
        try
        {
            node.Storage.Save(state);
            if (node.Storage.Disk is { } disk)
            {
                disk.PowerLossAt = 0;
            }
            return true;
        }
        catch (PowerLossException)
        {
            Crash(node, Happens(0.7));
            return false;
        }
    }

    public void Wake(SimNode node, long time)
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
            Do(node, "tick", static (core, now) => core.Tick(now));
        });
    }

    /// <summary>Ends all faults.</summary>
    public void Calm()
    {
        Faults = false;
        Transcript?.Note(Now, "-", "all faults end");
        _network.Heal();
        foreach (var node in Nodes)
        {
            node.PausedUntil = Math.Min(node.PausedUntil, Now);
            if (node.Core is null && !node.IsDead)
            {
                Start(node);
            }
        }
    }

    private bool IsNewcomer(SimNode node) =>
        node.Info.Role == NodeRole.Proxy && node.Number >= Scenario.Proxies;

    private ConsensusOptions OptionsOf(SimNode node) => Times with
    {
        Mutation = Variant.Core,
        Seal = document =>
        {
            var made = Seal(document);
            ChecksOf(made.Uuid).Made(made, node.Core!.Accepted);
            return made;
        },
    };

    /// <summary>With real files the production bytes; else a number in the place of the hash, which is quicker.</summary>
    public SealedDocument Seal(ControlDocument document) => _realFiles
        ? ControlDocumentCodec.Seal(document)
        : new SealedDocument(document, default, string.Create(CultureInfo.InvariantCulture, $"h{++_documents}"));

    public string NextIncarnation() => string.Create(CultureInfo.InvariantCulture, $"i{++_incarnations}");

    private void Add(string role, string letter, int number)
    {
        var node = SimNode.Create(this, role, letter, number, _realFiles);
        Nodes.Add(node);
        _byId.Add(node.Id, node);
    }
}
