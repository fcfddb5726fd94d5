using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Gateway.Ports;

/// <summary>What the gateway and the roles need of the control plane. The node connects it to the cluster's owner.</summary>
public interface IControlPlane
{
    /// <summary>True while this node is the primary and may change the control document.</summary>
    bool IsPrimary { get; }

    /// <summary>The primary as far as this node knows; null when it knows none.</summary>
    NodeInfo? Primary { get; }

    /// <summary>
    /// False while this node has a vote and asks for others' since it hears of no primary: an election is under way, or
    /// this node is cut off.
    /// </summary>
    bool HearsPrimary { get; }

    /// <summary>
    /// Commits a change, publishes it and waits until every node of the map has it or a bounded time is over.
    /// </summary>
    /// <param name="change">What is to be changed.</param>
    /// <param name="who">Node or client on whose request it is made.</param>
    /// <param name="why">Reason for the timeline; may be empty.</param>
    /// <param name="cancellation">Stops the waiting; the change itself may still be committed.</param>
    /// <returns>The document after the change; the present one when the change changes nothing.</returns>
    /// <exception cref="StoreException">
    /// What the change itself throws; <see cref="StoreErrorCode.NotReady"/> when this node is not the primary or has no
    /// majority.
    /// </exception>
    Task<SealedDocument> ProposeAsync(ControlChange change, string who, string why, CancellationToken cancellation);

    /// <summary>
    /// Asks the primary (or whoever is known to be newer) for what this node has missed. With
    /// <see cref="DocumentStamp.None"/> it asks once; else it goes on until the document is at least that new or the
    /// token is cancelled. Never throws for an unreachable primary: the caller goes on with what there is.
    /// </summary>
    Task CatchUpAsync(DocumentStamp atLeast, CancellationToken cancellation);
}
