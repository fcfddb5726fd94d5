using Skein.Cluster.Liveness;
using Skein.Cluster.Membership;
using Skein.Cluster.Metasync;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Peers;

/// <summary>
/// How a node speaks to others about the cluster. A call never throws for what the network or the other node does: the
/// reply says it. It ends within the time given. The simulator has its own implementation.
/// </summary>
public interface IPeerTransport
{
    /// <summary>Asks to be let in.</summary>
    Task<JoinReply> JoinAsync(string url, JoinRequest request, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Sends a document.</summary>
    Task<PushReply> PushAsync(string url, SealedDocument document, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks for the other node's document.</summary>
    /// <returns>The document; null when the other has none or did not answer.</returns>
    Task<SealedDocument?> PullAsync(string url, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Says that this node is alive, and what it knows.</summary>
    Task<KeepAliveReply> KeepAliveAsync(
        string url, KeepAliveRequest request, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks another node whether it reaches a third one.</summary>
    /// <returns>What it reached; nothing when the node that was asked did not answer.</returns>
    Task<ProbeReport> ProbeAsync(string url, string nodeId, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Asks who listens there.</summary>
    /// <returns>The node; null when nobody answers.</returns>
    Task<NodeInfo?> IdentifyAsync(string url, TimeSpan timeout, CancellationToken cancellation);
}
