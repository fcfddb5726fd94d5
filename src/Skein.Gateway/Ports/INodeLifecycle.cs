using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>How nodes leave service and come back: what administrators ask, and what the primary tells a node.</summary>
public interface INodeLifecycle
{
    /// <summary>Takes nodes out of service, brings them back, or removes them; for the primary.</summary>
    /// <param name="action">One of <see cref="Actions.IsOfNodes"/>.</param>
    /// <param name="message">Which nodes, and how.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>
    /// Id of the rebalance that this begins, or empty. Null when this node was named itself and has handed the lead over:
    /// the request is the new primary's.
    /// </returns>
    /// <exception cref="StoreException">When it makes no sense, or cannot be done.</exception>
    Task<string?> ChangeAsync(string action, RemoveNodeMessage message, string who, CancellationToken cancellation);

    /// <summary>Says what <see cref="ChangeAsync"/> would do; for the primary.</summary>
    /// <exception cref="StoreException">When it makes no sense.</exception>
    Task<LifecyclePlan> PlanAsync(string action, RemoveNodeMessage message, CancellationToken cancellation);

    /// <summary>
    /// Ends the whole cluster: every other node is told, then this one ends after its answer; for the primary.
    /// </summary>
    /// <param name="action">One of <see cref="Actions.IsOfCluster"/>.</param>
    /// <param name="message">How.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="cancellation">Gives up.</param>
    Task EndClusterAsync(string action, RemoveNodeMessage message, string who, CancellationToken cancellation);

    /// <summary>Does what the primary tells this node: it is durable when this ends, and happens after the answer.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="message">How.</param>
    /// <param name="callerId">Who says so.</param>
    /// <param name="callerStamp">The document under which it was said; this node has at least that one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When it is not the primary who says so, or not this node's way.</exception>
    Task ObeyAsync(
        string action, RemoveNodeMessage message, string callerId, DocumentStamp callerStamp, CancellationToken cancellation);
}
