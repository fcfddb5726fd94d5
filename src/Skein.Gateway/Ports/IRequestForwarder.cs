using Microsoft.AspNetCore.Http;
using Skein.Core.Nodes;

namespace Skein.Gateway.Ports;

/// <summary>Passes a request on to another node and its answer back, as it stands.</summary>
public interface IRequestForwarder
{
    /// <summary>Forwards to a node's control network.</summary>
    /// <param name="context">The request; its body has not been read, unless <paramref name="body"/> is given.</param>
    /// <param name="node">Where it goes.</param>
    /// <param name="pathAndQuery">Path and query there, encoded, beginning with a slash.</param>
    /// <param name="body">The body when it has been read already; null to stream the request's own.</param>
    /// <param name="cancellation">Cancelled when the client is gone.</param>
    /// <returns>What became of it; unless it is answered, nothing has been said to the client.</returns>
    Task<ForwardOutcome> ForwardAsync(
        HttpContext context, NodeInfo node, string pathAndQuery, ReadOnlyMemory<byte>? body, CancellationToken cancellation);
}

/// <summary>What became of a request that was passed on.</summary>
public enum ForwardOutcome
{
    /// <summary>The node has answered, and so has this one.</summary>
    Answered,

    /// <summary>There was no connection to the node: it has certainly not seen the request.</summary>
    NotReached,

    /// <summary>No answer came: what was asked for may have been done, or may still be.</summary>
    NoAnswer,
}
