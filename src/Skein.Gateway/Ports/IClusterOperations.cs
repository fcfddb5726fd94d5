using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>What operators ask of the control plane: how it is, what has happened, and changes of who leads.</summary>
public interface IClusterOperations
{
    /// <summary>How the control plane is, as this node knows it.</summary>
    ControlStatus ReadControl();

    /// <summary>What this node's own timeline holds.</summary>
    Task<TimelineReply> ReadOwnTimelineAsync(TimelineRange range, CancellationToken cancellation);

    /// <summary>The timeline, with what this node lacks asked of the other proxies.</summary>
    Task<TimelineReply> ReadTimelineAsync(TimelineRange range, CancellationToken cancellation);

    /// <summary>Compares two versions of the control document.</summary>
    /// <exception cref="StoreException">When one does not exist or is no longer kept.</exception>
    Task<TimelineDiff> CompareAsync(string from, string to, CancellationToken cancellation);

    /// <summary>Hands the lead over to another proxy; for the primary.</summary>
    /// <exception cref="StoreException">When it cannot lead, or did not in time.</exception>
    Task SetPrimaryAsync(string proxyId, string who, CancellationToken cancellation);

    /// <summary>Brings in a node that stands by; for the primary.</summary>
    /// <param name="controlUrl">URL of the node's control network.</param>
    /// <param name="nonElectable">True for a proxy that must never become primary.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StoreException">When nobody answers there, or the node is refused.</exception>
    Task<JoinedNodeReply> BringInAsync(string controlUrl, bool nonElectable, CancellationToken cancellation);

    /// <summary>Makes this node the primary without a majority; a dry run unless the loss is accepted.</summary>
    /// <exception cref="StoreException">When it cannot lead, or nothing has to be forced.</exception>
    Task<ForcedPrimaryReply> ForcePrimaryAsync(bool acceptLoss, string who, CancellationToken cancellation);
}
