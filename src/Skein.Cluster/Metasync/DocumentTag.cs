using Skein.Cluster.Leases;
using Skein.Cluster.Rebalance;
using Skein.Core.Maps;

namespace Skein.Cluster.Metasync;

/// <summary>A document by name: what every message between nodes carries instead of the body.</summary>
/// <param name="Uuid">Cluster; empty for no document.</param>
/// <param name="Stamp">Place in the order.</param>
/// <param name="Hash">SHA-256 of the body, lower-case hex; empty for no document.</param>
public sealed record DocumentTag(string Uuid, DocumentStamp Stamp, string Hash)
{
    /// <summary>No document.</summary>
    public static DocumentTag None { get; } = new("", DocumentStamp.None, "");

    /// <summary>The tag of a document.</summary>
    public static DocumentTag Of(SealedDocument document) => new(document.Uuid, document.Stamp, document.Hash);

    /// <summary>As it stands in a header: <c>uuid stamp hash</c>, with <c>-</c> for what is empty.</summary>
    public override string ToString() => $"{(Uuid.Length == 0 ? "-" : Uuid)} {Stamp} {(Hash.Length == 0 ? "-" : Hash)}";

    /// <summary>Reads what <see cref="ToString"/> printed.</summary>
    public static bool TryParse(string? text, out DocumentTag tag)
    {
        tag = None;
        var parts = text?.Split(' ');
        if (parts is not { Length: 3 } || !DocumentStamp.TryParse(parts[1], out var stamp))
        {
            return false;
        }
        tag = new DocumentTag(parts[0] == "-" ? "" : parts[0], stamp, parts[2] == "-" ? "" : parts[2]);
        return true;
    }
}

/// <summary>What came of sending a document.</summary>
/// <param name="Delivered">True when the other node answered.</param>
/// <param name="Tag">What the other node holds now; meaningful when delivered.</param>
/// <param name="Reason">What went wrong; empty when all is well.</param>
public sealed record PushReply(bool Delivered, DocumentTag Tag, string Reason);

/// <summary>The primary's answer to a keepalive.</summary>
/// <param name="Delivered">True when somebody answered.</param>
/// <param name="IsPrimary">True when the one that answered is the primary.</param>
/// <param name="Known">True when the primary has this node in its map.</param>
/// <param name="Tag">What the one that answered holds.</param>
/// <param name="Lease">What a target is given.</param>
/// <param name="Reason">What went wrong; empty when all is well.</param>
public sealed record KeepAliveReply(
    bool Delivered, bool IsPrimary, bool Known, DocumentTag Tag, LeaseGrant Lease, string Reason)
{
    /// <summary>Nobody answered.</summary>
    public static KeepAliveReply Lost(string reason) => new(false, false, false, DocumentTag.None, LeaseGrant.None, reason);
}

/// <summary>What a node says when it says that it is alive.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Tag">What it holds.</param>
/// <param name="Floor">Document version below which it knows no lease to be valid; 0 on a proxy.</param>
/// <param name="Rebalance">What it found among its objects; null on a proxy, and before it has looked.</param>
/// <param name="HasNoMountpath">True on a target none of whose mountpaths is in service.</param>
public sealed record KeepAliveRequest(
    string NodeId,
    string Incarnation,
    DocumentTag Tag,
    long Floor,
    RebalanceReport? Rebalance = null,
    bool HasNoMountpath = false);
