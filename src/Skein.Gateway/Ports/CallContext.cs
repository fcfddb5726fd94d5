using Skein.Core.Maps;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Ports;

/// <summary>Who asks, from where, and under which view of the cluster. One per request.</summary>
public sealed record CallContext
{
    /// <summary>The control document that the whole request is served under.</summary>
    public required SealedDocument Metadata { get; init; }

    /// <summary>Where the request came in.</summary>
    public required NetworkKind Network { get; init; }

    /// <summary>Id of the calling node; empty for a client, and for whoever calls on a purely public network.</summary>
    public string CallerId { get; init; } = "";

    /// <summary>Display name of the calling node; empty for a client.</summary>
    public string CallerName { get; init; } = "";

    /// <summary>Document stamp of the node that redirected or called; <see cref="DocumentStamp.None"/> when not given.</summary>
    public DocumentStamp CallerStamp { get; init; }

    /// <summary>True when a proxy (or target) redirected the client to this node.</summary>
    public bool IsRedirected { get; init; }

    /// <summary>Address of the peer, for the log and the timeline.</summary>
    public string Who { get; init; } = "";

    /// <summary>True for a call from node to node.</summary>
    public bool IsIntra => CallerId.Length != 0;
}
