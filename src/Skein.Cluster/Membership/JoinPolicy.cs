using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Membership;

/// <summary>What the primary does with a request to join.</summary>
public abstract record JoinDecision
{
    /// <summary>Let it in by this change, after a call back to its own URL.</summary>
    public sealed record Admit(AddNode Change) : JoinDecision;

    /// <summary>
    /// The id is in the map with another address: ask there first. When the other node is alive the newcomer is
    /// refused; when nobody answers it is the same node that has moved.
    /// </summary>
    public sealed record AskKnown(NodeInfo Known, AddNode Change) : JoinDecision;

    /// <summary>The node is in the map exactly so: nothing to change.</summary>
    public sealed record AlreadyMember : JoinDecision;

    /// <summary>Refuse.</summary>
    public sealed record Refuse(string Reason) : JoinDecision;

    /// <summary>Not now; ask again.</summary>
    public sealed record Wait(string Reason) : JoinDecision;
}

/// <summary>The primary's rules for admission, as a pure function.</summary>
public static class JoinPolicy
{
    /// <summary>Decides about a request.</summary>
    public static JoinDecision Decide(ControlDocument current, JoinRequest request)
    {
        var node = request.Node;
        if (request.Protocol != JoinRequest.CurrentProtocol)
        {
            return new JoinDecision.Refuse(
                $"{node.DisplayName} speaks protocol {request.Protocol}, this cluster speaks "
                + $"{JoinRequest.CurrentProtocol}: run the same version of skeind everywhere");
        }
        if (!NodeId.IsValid(node.Id))
        {
            return new JoinDecision.Refuse(
                $"node id \"{node.Id}\" is invalid: 8 to 32 letters, digits, '-' and '_', not first or last '-' or '_'");
        }
        if (node.Type is not (NodeRoles.Proxy or NodeRoles.Target))
        {
            return new JoinDecision.Refuse($"node type \"{node.Type}\" is invalid: must be proxy or target");
        }
        foreach (var address in new[] { node.PublicNet, node.ControlNet, node.DataNet })
        {
            if (JoinCandidates.Normalize(address.Url).Length == 0)
            {
                return new JoinDecision.Refuse($"{node.DisplayName} gives no usable URL (\"{address.Url}\")");
            }
        }
        if (request.IsNewborn && request.ClusterUuid != current.Uuid
            && current.IsNewbornOf(current.Map.PrimaryId)
            && string.CompareOrdinal(request.ClusterUuid, current.Uuid) < 0)
        {
            // Two newborn clusters: the one with the lesser id stays.
            return new JoinDecision.Wait($"cluster \"{current.Uuid}\" is newborn too and will be given up");
        }
        if (request.ClusterUuid.Length != 0 && request.ClusterUuid != current.Uuid && !request.IsNewborn)
        {
            return new JoinDecision.Refuse(
                $"{node.DisplayName} belongs to cluster \"{request.ClusterUuid}\", this is cluster \"{current.Uuid}\": "
                + "to move it here, stop it and delete its metadata folder");
        }
        return DecideByMap(current, node);
    }

    /// <summary>
    /// True when a decision may still be carried out. While the newcomer was called back, another node with its id may
    /// have come in; then it has to ask again, and is asked about.
    /// </summary>
    /// <param name="decidedOn">The document that <see cref="Decide"/> was given.</param>
    /// <param name="current">The document that is to be changed.</param>
    /// <param name="request">The request.</param>
    public static bool StillHolds(ControlDocument decidedOn, ControlDocument current, JoinRequest request)
    {
        var before = decidedOn.Map.Find(request.Node.Id);
        var now = current.Map.Find(request.Node.Id);
        return now is null || (before is not null && before.IsSameNode(now)) || now.IsSameNode(request.Node);
    }

    private static JoinDecision DecideByMap(ControlDocument current, NodeInfo node)
    {
        var clash = current.Map.AllNodes.FirstOrDefault(other =>
            other.Id != node.Id
            && (other.PublicNet.Url == node.PublicNet.Url || other.ControlNet.Url == node.ControlNet.Url));
        if (clash is not null && clash.Incarnation == node.Incarnation && node.Incarnation.Length != 0)
        {
            return new JoinDecision.Refuse(
                $"{node.DisplayName} has the address and the metadata of {clash.DisplayName}: one of the two ids is wrong");
        }
        if (current.Map.Find(node.Id) is not { } known)
        {
            return new JoinDecision.Admit(new AddNode(node));
        }
        if (known.Role != node.Role)
        {
            return new JoinDecision.Refuse(
                $"{known.DisplayName} is already in the cluster with another role: start the node with another id");
        }
        var sameAddress = known.PublicNet == node.PublicNet
            && known.ControlNet == node.ControlNet
            && known.DataNet == node.DataNet;
        if (!sameAddress)
        {
            return new JoinDecision.AskKnown(known, new AddNode(node));
        }
        var next = new AddNode(node).Apply(current);
        return ReferenceEquals(next, current)
            ? new JoinDecision.AlreadyMember()
            : new JoinDecision.Admit(new AddNode(node));
    }
}
