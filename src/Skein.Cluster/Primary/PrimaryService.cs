using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Primary;

/// <summary>
/// What the primary does; exists on every proxy and works on one. It alone changes the control document.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="metasyncer">Sender of documents.</param>
/// <param name="transport">Way to others.</param>
/// <param name="log">Log.</param>
public sealed class PrimaryService(
    string selfId,
    MetadataOwner owner,
    Metasyncer metasyncer,
    IPeerTransport transport,
    ILogger<PrimaryService> log)
{
    private static readonly TimeSpan CallBackTimeout = TimeSpan.FromMilliseconds(1000);

    /// <summary>True while this node leads and its first document of the term is committed.</summary>
    public bool IsPrimary => owner.Status.IsEstablished;

    /// <summary>
    /// Makes a change: committed, published, and held by every node of the map or the time for that is out.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="why">Reason, or empty.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The document with the change.</returns>
    /// <exception cref="StoreException">When the change makes no sense or this node is not the primary.</exception>
    public async Task<SealedDocument> ProposeAsync(
        ControlChange change, string who, string why, CancellationToken cancellation)
    {
        var document = await owner.CommitAsync(change, who, why, cancellation).ConfigureAwait(false);
        await metasyncer
            .WaitForAllAsync(document, document.Document.Config.Skein.MetasyncTimeout, cancellation)
            .ConfigureAwait(false);
        return document;
    }

    /// <summary>Decides about a node that wants to be let in, and lets it in.</summary>
    public async Task<JoinReply> AdmitAsync(JoinRequest request, CancellationToken cancellation)
    {
        var current = owner.Current;
        if (!IsPrimary)
        {
            return Redirect(owner, selfId);
        }
        var decision = JoinPolicy.Decide(current.Document, request);
        if (decision is JoinDecision.Refuse refuse)
        {
            return Refuse(request, refuse.Reason);
        }
        if (decision is JoinDecision.Wait wait)
        {
            return new JoinReply.NotReady(wait.Reason);
        }
        if (decision is JoinDecision.AskKnown ask)
        {
            var other = await transport
                .IdentifyAsync(ask.Known.ControlNet.Url, CallBackTimeout, cancellation)
                .ConfigureAwait(false);
            if (other is not null && other.Id == request.Node.Id && other.Incarnation != request.Node.Incarnation)
            {
                return Refuse(
                    request,
                    $"{other.DisplayName} is alive at {other.ControlNet.Url}: two nodes cannot have one id, "
                        + "start this one with another id");
            }
        }
        var reached = await transport
            .IdentifyAsync(request.Node.ControlNet.Url, CallBackTimeout, cancellation)
            .ConfigureAwait(false);
        if (reached is null || reached.Id != request.Node.Id || reached.Incarnation != request.Node.Incarnation)
        {
            return Refuse(
                request,
                reached is null
                    ? $"the primary cannot reach {request.Node.DisplayName} at {request.Node.ControlNet.Url}: "
                        + "check host_net of its local configuration, and firewalls"
                    : $"{request.Node.ControlNet.Url} is answered by {reached.DisplayName}, "
                        + $"not by {request.Node.DisplayName}: check host_net of its local configuration");
        }
        return await CommitJoinAsync(request, decision, current.Document, cancellation).ConfigureAwait(false);
    }

    private async Task<JoinReply> CommitJoinAsync(
        JoinRequest request, JoinDecision decision, ControlDocument decidedOn, CancellationToken cancellation)
    {
        var change = decision switch
        {
            JoinDecision.Admit admit => admit.Change,
            JoinDecision.AskKnown known => known.Change,
            _ => null,
        };
        if (change is null)
        {
            var present = owner.Current;
            return JoinPolicy.StillHolds(decidedOn, present.Document, request)
                ? new JoinReply.Admitted(present)
                : new JoinReply.NotReady("another node with this id has come in: ask again");
        }
        try
        {
            var document = await owner
                .CommitAsync(
                    new ChangeIf(
                        change,
                        present => JoinPolicy.StillHolds(decidedOn, present, request),
                        "the cluster changed meanwhile: ask again"),
                    request.Node.DisplayName,
                    "join",
                    cancellation)
                .ConfigureAwait(false);
            if (!request.ByAdministrator)
            {
                // The joiner gets the document by the reply; one that an administrator brings in has to be sent it.
                metasyncer.Given(request.Node.Id, document.Stamp);
            }
            return new JoinReply.Admitted(document);
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.NotReady)
        {
            return new JoinReply.NotReady(e.Message);
        }
        catch (StoreException e)
        {
            return Refuse(request, e.Message);
        }
    }

    private JoinReply.Refused Refuse(JoinRequest request, string reason)
    {
        ClusterLog.Refusing(log, request.Node.DisplayName, reason);
        return new JoinReply.Refused(reason);
    }

    /// <summary>What a node that does not lead says to one that wants to be let in.</summary>
    public static JoinReply Redirect(MetadataOwner owner, string selfId)
    {
        if (!owner.Current.Document.Exists)
        {
            return new JoinReply.NotReady("this node belongs to no cluster yet");
        }
        var votes = owner.Current.Document.Voters.Any(voter => voter.Id == selfId);
        if (votes && owner.Status.PrimaryId.Length == 0)
        {
            return new JoinReply.NotReady("there is no primary at the moment; an election is under way");
        }
        return owner.Primary is { } primary && primary.Id != selfId
            ? new JoinReply.NotPrimary([primary.ControlNet.Url, primary.PublicNet.Url])
            : new JoinReply.NotReady("this node is about to become the primary");
    }

    /// <summary>Makes the first document of a new cluster with this proxy as its only node, voter and primary.</summary>
    public static ControlDocument FirstDocument(
        NodeInfo self, string uuid, string creationTime, Core.Config.ClusterConfig config) => new()
        {
            Map = new ClusterMap(ClusterMap.NoNodes.Add(self.Id, self), ClusterMap.NoNodes, self.Id, uuid, creationTime, 1),
            Buckets = Core.Buckets.BucketMetadata.Empty with { Uuid = uuid },
            Config = config with { Uuid = uuid, Version = 1 },
            Voters = [new VoterInfo(self.Id, self.Incarnation, false)],
        };
}
