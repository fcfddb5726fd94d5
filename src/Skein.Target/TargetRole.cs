using Microsoft.Extensions.Logging;
using Skein.Cluster.Leases;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.Target.Objects;
using Skein.Target.Transfers;

namespace Skein.Target;

/// <summary>What a target is: it serves objects and listings from its disks, and follows the control document.</summary>
public sealed class TargetRole : IAsyncDisposable
{
    private readonly BucketReactions _reactions;

    /// <summary>Makes the role.</summary>
    /// <param name="facts">Who this node is.</param>
    /// <param name="store">The objects; stays the caller's to dispose, after the role.</param>
    /// <param name="gate">Lets only the writes pass that this target may take.</param>
    /// <param name="peers">Calls other targets.</param>
    /// <param name="counters">Counts what is served.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public TargetRole(
        INodeFacts facts,
        ObjectStore store,
        IWriteGate gate,
        PeerClient peers,
        NodeCounters counters,
        TimeProvider time,
        ILogger logger)
    {
        var buckets = new BucketReferences();
        _reactions = new BucketReactions(store, logger);
        Router = new ObjectRouter(facts);
        Lister = new ListObjects(store, buckets, facts);
        Objects = new ObjectHandler(new TargetServices
        {
            Facts = facts,
            Store = store,
            Buckets = buckets,
            Clock = new HybridClock(time),
            Neighbours = new Neighbours(peers, facts, time),
            Sender = new BufferedContentSender(),
            Gate = gate,
            Counters = counters,
        });
    }

    /// <summary>Sends redirected clients on when another target owns their object.</summary>
    public IObjectRouter Router { get; }

    /// <summary>Serves objects.</summary>
    public IObjectHandler Objects { get; }

    /// <summary>Lists this target's objects.</summary>
    public IObjectLister Lister { get; }

    /// <summary>Takes note of a new document: subscribe it to the node's metadata.</summary>
    public void OnDocument(SealedDocument document) => _reactions.OnDocument(document);

    /// <summary>Stops what runs in the background.</summary>
    public ValueTask DisposeAsync() => _reactions.DisposeAsync();
}
