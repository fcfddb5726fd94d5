using Microsoft.Extensions.Logging;
using Skein.Core.Maps;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Proxy.Buckets;
using Skein.Proxy.Forwarding;
using Skein.Proxy.Jobs;
using Skein.Proxy.Objects;
using Skein.Proxy.Remote;

namespace Skein.Proxy;

/// <summary>What a proxy is: it knows where objects are, merges listings, commits bucket changes, and forwards.</summary>
public sealed class ProxyRole
{
    /// <summary>Makes the role.</summary>
    /// <param name="facts">Who this node is.</param>
    /// <param name="metadata">What it knows of the cluster.</param>
    /// <param name="control">The control plane.</param>
    /// <param name="peers">Calls other nodes.</param>
    /// <param name="invoker">Sends forwarded requests; from <see cref="PeerHttp.CreateHandler"/>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public ProxyRole(
        INodeFacts facts,
        IMetadataSource metadata,
        IControlPlane control,
        PeerClient peers,
        HttpMessageInvoker invoker,
        TimeProvider time,
        ILogger logger)
    {
        Router = new ObjectRouter();
        BucketCommands = new BucketCommands(control, metadata, time);
        Rebalance = new RebalanceCommands(control, metadata);
        var remote = new RemoteBuckets(peers, control, metadata, time);
        RemoteBuckets = remote;
        Intra = new RemoteBucketEndpoints(remote, control, metadata);
        Lister = new RemoteListing(new ListObjectsMerge(peers, control, metadata, time), remote);
        Jobs = new ClusterJobs(peers, time);
        Promotion = new Promotion(peers, Jobs, time);
        Summaries = new ClusterSummaries(Jobs, peers, time);
        Renames = new RenameKeeper(control, metadata, Jobs, time, logger);
        Forwarder = new ReverseForwarder(invoker, facts, metadata, time, logger);
    }

    /// <summary>Sends requests for objects to their targets.</summary>
    public ObjectRouter Router { get; }

    /// <summary>Changes buckets.</summary>
    public IBucketCommands BucketCommands { get; }

    /// <summary>Makes objects of the targets' files.</summary>
    public IPromotion Promotion { get; }

    /// <summary>Starts and stops rebalance.</summary>
    public IRebalanceCommands Rebalance { get; }

    /// <summary>Buckets whose objects are kept elsewhere.</summary>
    public IRemoteBuckets RemoteBuckets { get; }

    /// <summary>What other proxies ask.</summary>
    public IIntraHandler Intra { get; }

    /// <summary>Lists over all targets.</summary>
    public IObjectLister Lister { get; }

    /// <summary>The jobs of all targets.</summary>
    public IClusterJobs Jobs { get; }

    /// <summary>Sums up buckets.</summary>
    public IBucketSummaries Summaries { get; }

    /// <summary>Ends renames of buckets; to be disposed of before what it works with.</summary>
    public RenameKeeper Renames { get; }

    /// <summary>Forwards requests.</summary>
    public IRequestForwarder Forwarder { get; }
}
