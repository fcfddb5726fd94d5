using Microsoft.Extensions.Logging;
using Skein.Core.Maps;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;
using Skein.Gateway.Remote;

namespace Skein.Gateway.Pipeline;

/// <summary>Everything the gateway of one node works with. The node fills it; what a role lacks stays null.</summary>
public sealed record GatewayServices
{
    /// <summary>What the node knows of itself.</summary>
    public required INodeFacts Facts { get; init; }

    /// <summary>The node's knowledge of the cluster.</summary>
    public required IMetadataSource Metadata { get; init; }

    /// <summary>The control plane.</summary>
    public required IControlPlane Control { get; init; }

    /// <summary>Operations of the control plane; null in tests of one role.</summary>
    public IClusterOperations? Operations { get; init; }

    /// <summary>How nodes leave service and come back; null in tests of one role.</summary>
    public INodeLifecycle? Lifecycle { get; init; }

    /// <summary>Says where objects live.</summary>
    public required IObjectRouter Router { get; init; }

    /// <summary>Says it for the quickest answers; null on a target.</summary>
    public IQuickRouter? QuickRouter { get; init; }

    /// <summary>Serves objects; null on a proxy.</summary>
    public IObjectHandler? Objects { get; init; }

    /// <summary>Objects that can be sent as they lie on the disk; null on a proxy.</summary>
    public IOpenObjects? OpenObjects { get; init; }

    /// <summary>Serves archives; null on a proxy.</summary>
    public IArchiveHandler? Archives { get; init; }

    /// <summary>Renames, copies, appends and uploads in parts; null on a proxy.</summary>
    public IObjectActions? ObjectActions { get; init; }

    /// <summary>Puts many objects into one answer; null on a proxy.</summary>
    public IBatchHandler? Batches { get; init; }

    /// <summary>Changes the mountpaths; null on a proxy.</summary>
    public IMountpathCommands? Mountpaths { get; init; }

    /// <summary>Changes buckets; null on a target.</summary>
    public IBucketCommands? BucketCommands { get; init; }

    /// <summary>Lists objects: of this target, or of all targets on a proxy.</summary>
    public required IObjectLister Lister { get; init; }

    /// <summary>Forwards requests to other nodes; null on a target.</summary>
    public IRequestForwarder? Forwarder { get; init; }

    /// <summary>The jobs of this target; null on a proxy.</summary>
    public IJobHandler? Jobs { get; init; }

    /// <summary>The jobs of all targets; null on a target.</summary>
    public IClusterJobs? ClusterJobs { get; init; }

    /// <summary>Makes objects of the targets' files; null on a target.</summary>
    public IPromotion? Promotion { get; init; }

    /// <summary>Sums up buckets; null on a target.</summary>
    public IBucketSummaries? Summaries { get; init; }

    /// <summary>Starts and stops a rebalance; null where that is not to be had.</summary>
    public IRebalanceCommands? Rebalance { get; init; }

    /// <summary>Asks remote clusters who they are; null in tests of one role.</summary>
    public RemoteClusterProbe? RemoteProbe { get; init; }

    /// <summary>Remote buckets as a proxy sees them; null on a target.</summary>
    public IRemoteBuckets? RemoteBuckets { get; init; }

    /// <summary>What this node sets for itself; null in tests of one role.</summary>
    public INodeSettings? Settings { get; init; }

    /// <summary>The log files; null where nothing is written to files.</summary>
    public INodeLogs? Logs { get; init; }

    /// <summary>Calls other nodes.</summary>
    public required PeerClient Peers { get; init; }

    /// <summary>Counts requests.</summary>
    public required NodeCounters Counters { get; init; }

    /// <summary>Serves the paths that only nodes call; null in tests of one role.</summary>
    public IIntraHandler? Intra { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Log.</summary>
    public required ILogger Logger { get; init; }
}
