using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>What a node knows of itself. The node implements it; reading is cheap.</summary>
public interface INodeFacts
{
    /// <summary>The node as the cluster map lists it or will list it.</summary>
    NodeInfo Self { get; }

    /// <summary>True once the node serves requests: it has a document and, on a target, its disks.</summary>
    bool IsReady { get; }

    /// <summary>Time since the node started.</summary>
    TimeSpan Uptime { get; }

    /// <summary>Time since the node saw the cluster started; zero before.</summary>
    TimeSpan ClusterUptime { get; }

    /// <summary>State flags on the wire: <see cref="NodeStateInfo.ClusterStarted"/> and its like.</summary>
    ulong StateFlags { get; }

    /// <summary>Product version and build.</summary>
    BuildFacts Build { get; }

    /// <summary>Memory, CPU and load.</summary>
    SystemInfo ReadSystem();

    /// <summary>Capacity of a target; of a proxy the empty one.</summary>
    TargetCapacity ReadCapacity();

    /// <summary>Mountpaths of a target; null on a proxy.</summary>
    MountpathLists? ReadMountpaths();

    /// <summary>What the disks of a target do, by their names; null on a proxy.</summary>
    SortedDictionary<string, DiskRates>? ReadDisks();

    /// <summary>The node's whole configuration in JSON, secrets masked: local and cluster sections in one object.</summary>
    ReadOnlyMemory<byte> ReadConfig();

    /// <summary>The cluster configuration in JSON, secrets masked.</summary>
    ReadOnlyMemory<byte> ReadClusterConfig();
}

/// <summary>What was built, and where it runs.</summary>
/// <param name="Version">Product version.</param>
/// <param name="Time">Build time; may be empty.</param>
/// <param name="Deployment">Kind of deployment, for example <c>dev</c> or <c>linux</c>.</param>
/// <param name="PodName">Kubernetes pod, or empty.</param>
public sealed record BuildFacts(string Version, string Time, string Deployment, string PodName);
