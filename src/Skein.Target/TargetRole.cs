using Microsoft.Extensions.Logging;
using Skein.Cluster.Leases;
using Skein.Cluster.Rebalance;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Archives;
using Skein.Target.Batches;
using Skein.Target.Buckets;
using Skein.Target.Copies;
using Skein.Target.Jobs;
using Skein.Target.Mountpaths;
using Skein.Target.Moves;
using Skein.Target.Objects;
using Skein.Target.Promotion;
using Skein.Target.Remote;
using Skein.Target.Sorting;
using Skein.Target.Transfers;
using Skein.Target.Walks;

namespace Skein.Target;

/// <summary>What a target is: it serves objects and listings from its disks, and follows the control document.</summary>
public sealed class TargetRole : IAsyncDisposable
{
    private readonly BucketReactions _reactions;
    private readonly Rebalancer _rebalancer;
    private readonly PromoteService _promotion;
    private readonly RemoteParts _remote;

    /// <summary>Makes the role.</summary>
    /// <param name="facts">Who this node is.</param>
    /// <param name="store">The objects; stays the caller's to dispose, after the role.</param>
    /// <param name="cluster">What it needs of the cluster.</param>
    /// <param name="jobs">The jobs; stay the caller's to dispose, after the role.</param>
    /// <param name="counters">Counts what is served.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TargetRole(
        INodeFacts facts,
        ObjectStore store,
        TargetCluster cluster,
        JobTable jobs,
        NodeCounters counters,
        TimeProvider time,
        ILogger logger)
    {
        var (metadata, control, gate, peers) = cluster;
        var buckets = new BucketReferences();
        var clock = new HybridClock(time);
        var shown = new RebalanceJobs(jobs, counters);
        var moves = new MoveState(facts.Self.Id, clock, new ForegroundLoad(counters, time)) { Received = shown.Received };
        var sender = new MoveSender(store, peers, moves, time);
        var walk = new RebalanceWalk(store, buckets, sender, moves, time, logger);
        _rebalancer = new Rebalancer(walk, shown, time, logger);
        var receiver = new MoveReceiver(store, buckets, peers, metadata, moves, time);
        Survey = new PlacementSurvey(facts.Self.Id, store, buckets, metadata);
        _reactions = new BucketReactions(store, logger);
        Mountpaths = new MountpathService(store, metadata, buckets, jobs, logger);
        Router = new ObjectRouter(facts);
        Lister = new ListObjects(store, buckets, facts);
        var services = new TargetServices
        {
            Facts = facts,
            Store = store,
            Buckets = buckets,
            Clock = clock,
            Metadata = metadata,
            Moves = moves,
            Neighbours = new Neighbours(peers, facts, time),
            Sender = new BufferedContentSender(),
            Gate = gate,
            Counters = counters,
            Time = time,
        };
        var calls = new PeerCalls(metadata, control, time);
        _remote = new RemoteParts(services, calls, time);
        Archives = new ArchiveHandler(services, _remote);
        Kinds = [.. Mountpaths.Kinds, new EvictionKind(services).Job];
        OpenObjects = new OpenObjects(services);
        Objects = _remote.Wrap(new ObjectHandler(services));
        var parts = new PartSources(services, peers, control, _remote);
        Batches = new GetBatch(parts);
        var copies = new CopyReceiver(services, Objects);
        Copier = new ObjectCopier(services, copies, peers, time);
        Actions = new ObjectActions(services, Copier, _remote);
        _promotion = new PromoteService(facts, metadata, Copier, jobs);
        Summaries = new BucketSummaries(store, buckets, metadata, jobs);
        var objects = new ObjectCalls(Objects, peers, metadata, facts, time);
        var sources = new SourceCopies(services, Copier, objects, _remote);
        var names = new WalkNames(store, buckets, peers, time);
        var standing = new WalkPeers(peers, metadata, time);
        Walks = WalkJobs.Create(
            jobs, services, names, standing,
            [.. WalkKinds.Create(sources, time, (Objects, _remote), names), new ArchiveKind(parts, objects)],
            (cluster.Patience, time, logger));
        Walks.Resume();
        Sorts = SortJobs.Create(jobs, parts, objects, Copier, (names, standing), cluster.Patience);
        Intra = new HandlerChain(
            new MoveEndpoints(receiver, store, buckets, calls), new CopyEndpoints(copies, calls),
            new PromoteEndpoints(_promotion, calls), new SortEndpoints(Sorts, calls, time),
            new CopyOrderEndpoints(sources, calls),
            _remote.Endpoints);
    }

    /// <summary>Sends redirected clients on when another target owns their object.</summary>
    public IObjectRouter Router { get; }

    /// <summary>Serves objects.</summary>
    public IObjectHandler Objects { get; }

    /// <summary>Objects that can be sent as they lie on the disk.</summary>
    public IOpenObjects OpenObjects { get; }

    /// <summary>Folders from which files may be promoted; none by default.</summary>
    public IReadOnlyList<string> PromoteRoots
    {
        get => _promotion.Roots;
        set => _promotion.Roots = value;
    }

    /// <summary>Renames, copies, appends and uploads in parts.</summary>
    public IObjectActions Actions { get; }

    /// <summary>Copies objects of this target to wherever their new names belong.</summary>
    public ObjectCopier Copier { get; }

    /// <summary>Serves archives.</summary>
    public IArchiveHandler Archives { get; }

    /// <summary>Puts many objects into one answer.</summary>
    public IBatchHandler Batches { get; }

    /// <summary>Lists this target's objects.</summary>
    public IObjectLister Lister { get; }

    /// <summary>The mountpaths.</summary>
    public MountpathService Mountpaths { get; }

    /// <summary>Sums up buckets.</summary>
    public BucketSummaries Summaries { get; }

    /// <summary>The jobs that <c>start</c> begins.</summary>
    public IReadOnlyList<IJobKind> Kinds { get; }

    /// <summary>The jobs over buckets.</summary>
    public WalkJobs Walks { get; }

    /// <summary>Sorts shards.</summary>
    public SortJobs Sorts { get; }

    /// <summary>Counts what would move among other owners.</summary>
    public PlacementSurvey Survey { get; }

    /// <summary>What targets ask of each other.</summary>
    public IIntraHandler Intra { get; }

    /// <summary>What this target has found among its objects: goes with its keepalives.</summary>
    public RebalanceReport? Report => _rebalancer.Report;

    /// <summary>Called when <see cref="Report"/> says something new.</summary>
    public Action? Reported
    {
        get => _rebalancer.Reported;
        set => _rebalancer.Reported = value;
    }

    /// <summary>Takes note of a new document: subscribe it to the node's metadata.</summary>
    public void OnDocument(SealedDocument document)
    {
        _reactions.OnDocument(document);
        _rebalancer.OnDocument(document);
        Mountpaths.OnDocument(document);
    }

    /// <summary>Stops what runs in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        Sorts.Dispose();
        await _remote.DisposeAsync().ConfigureAwait(false);
        await _rebalancer.DisposeAsync().ConfigureAwait(false);
        await _reactions.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>What a target needs of the cluster.</summary>
/// <param name="Metadata">Present document.</param>
/// <param name="Control">The control plane.</param>
/// <param name="Gate">Lets only the writes pass that this target may take.</param>
/// <param name="Peers">Calls other targets.</param>
public sealed record TargetCluster(IMetadataSource Metadata, IControlPlane Control, IWriteGate Gate, PeerClient Peers)
{
    /// <summary>How long jobs over buckets bear what does not answer.</summary>
    public WalkPatience Patience { get; init; } = WalkPatience.Default;
}
