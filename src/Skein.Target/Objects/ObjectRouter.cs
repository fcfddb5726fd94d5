using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.Gateway.Ports;

namespace Skein.Target.Objects;

/// <summary>
/// A target serves what it is asked for, except that a redirected client whose object belongs to another target by a map
/// that is at least as new as the redirecting node's is sent on to that one.
/// </summary>
/// <param name="facts">Who this node is.</param>
public sealed class ObjectRouter(INodeFacts facts) : IObjectRouter
{
    /// <inheritdoc/>
    public NodeInfo? Route(RouteObjectRequest request)
    {
        var call = request.Call;
        if (call.IsIntra || !call.IsRedirected)
        {
            return null;
        }
        if (call.CallerStamp != DocumentStamp.None && call.CallerStamp > call.Metadata.Stamp)
        {
            // Whoever redirected knows more than this node, and could not be caught up with in time.
            return null;
        }
        var owner = call.Metadata.Document.Map.Owner(HrwDigest.OfObject(request.Bucket.Uname, request.Name));
        return owner is null || owner.Id == facts.Self.Id ? null : owner;
    }
}
