using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Operations;

/// <summary>Brings in a node that stands by, because an administrator says where it is. For the primary.</summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document.</param>
/// <param name="primary">Admits.</param>
/// <param name="metasyncer">Sends the document to the newcomer.</param>
/// <param name="transport">Way to the newcomer.</param>
public sealed class AdministrativeJoin(
    string selfId, MetadataOwner owner, PrimaryService primary, Metasyncer metasyncer, IPeerTransport transport)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Asks who listens at a URL and admits it; waits until it has the document or cannot be given it.</summary>
    /// <param name="url">URL of the node's control network.</param>
    /// <param name="nonElectable">True for a proxy that must never become primary.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The node; one that is a member already is no error.</returns>
    /// <exception cref="StoreException">When nobody answers there, or the node is refused.</exception>
    public async Task<NodeInfo> RunAsync(string url, bool nonElectable, CancellationToken cancellation)
    {
        var address = JoinCandidates.Normalize(url);
        var node = address.Length == 0
            ? null
            : await transport.IdentifyAsync(address, CallTimeout, cancellation).ConfigureAwait(false);
        if (node is null)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"p[{selfId}]: failed to obtain node info from t[]: Get \"{address}/v1/daemon?what=snode\": "
                    + (address.Length == 0 ? $"\"{url}\" is no URL" : "no answer"));
        }
        var current = owner.Current;
        var held = await transport.PullAsync(node.ControlNet.Url, CallTimeout, cancellation).ConfigureAwait(false);
        if (held is not null && held.Uuid != current.Uuid)
        {
            throw new StoreException(
                StoreErrorCode.JoinRefused,
                $"{node.DisplayName} belongs to cluster \"{held.Uuid}\", this is cluster \"{current.Uuid}\": "
                    + "to move it here, stop it and delete its metadata folder");
        }
        if (nonElectable && node.Role == NodeRole.Proxy)
        {
            node = node with { FlagBits = node.FlagBits | (ulong)NodeFlags.NonElectable };
        }
        var request = new JoinRequest(
            node, "", held?.Stamp ?? DocumentStamp.None, JoinRequest.CurrentProtocol, ByAdministrator: true);
        switch (await primary.AdmitAsync(request, cancellation).ConfigureAwait(false))
        {
            case JoinReply.Admitted admitted:
                await ArriveAsync(node.Id, admitted.Document, cancellation).ConfigureAwait(false);
                return node;
            case JoinReply.Refused refused:
                throw new StoreException(StoreErrorCode.JoinRefused, refused.Reason);
            case JoinReply.NotReady wait:
                throw new StoreException(StoreErrorCode.NotReady, wait.Reason);
            default:
                throw new StoreException(
                    StoreErrorCode.NotReady, $"p[{selfId}] is not the primary: the primary is in transition, try again");
        }
    }

    /// <summary>The newcomer waits for its document, which is pushed to it as to every node of the map.</summary>
    private async Task ArriveAsync(string nodeId, SealedDocument document, CancellationToken cancellation)
    {
        var timeout = document.Document.Config.Skein.MetasyncTimeout;
        var missing = await metasyncer.WaitForAllAsync(document, timeout, cancellation).ConfigureAwait(false);
        if (missing.Any(node => node.Id == nodeId))
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{nodeId} is in the cluster map, but has not taken the document yet; it is sent until it does");
        }
    }
}
