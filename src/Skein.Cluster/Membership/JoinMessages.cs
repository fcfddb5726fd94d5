using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Membership;

/// <summary>What a node says when it wants to be let in.</summary>
/// <param name="Node">Itself.</param>
/// <param name="ClusterUuid">Cluster it belongs to; empty when it never was in one.</param>
/// <param name="Stamp">Its newest document.</param>
/// <param name="Protocol">Version of the intra-cluster protocol.</param>
/// <param name="ByAdministrator">True when an operator brings the node in.</param>
public sealed record JoinRequest(
    NodeInfo Node, string ClusterUuid, DocumentStamp Stamp, int Protocol, bool ByAdministrator)
{
    /// <summary>True when nothing depends on the cluster that the node belongs to: it gives it up to be let in.</summary>
    public bool IsNewborn { get; init; }

    /// <summary>The protocol that this build speaks.</summary>
    public const int CurrentProtocol = 2;
}

/// <summary>The answer to a <see cref="JoinRequest"/>.</summary>
public abstract record JoinReply
{
    /// <summary>Admitted: the whole document.</summary>
    /// <param name="Document">With the node in its map.</param>
    public sealed record Admitted(SealedDocument Document) : JoinReply;

    /// <summary>The node asked is not the primary.</summary>
    /// <param name="PrimaryUrls">Where the primary is: control URL, then public URL; empty when it does not know.</param>
    public sealed record NotPrimary(IReadOnlyList<string> PrimaryUrls) : JoinReply;

    /// <summary>Not now; ask again.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record NotReady(string Reason) : JoinReply;

    /// <summary>Refused.</summary>
    /// <param name="Reason">Why, and what to do.</param>
    public sealed record Refused(string Reason) : JoinReply;

    /// <summary>No answer.</summary>
    /// <param name="Reason">What went wrong.</param>
    public sealed record Unreachable(string Reason) : JoinReply;
}
