using Skein.Cluster.Metadata;
using Skein.Cluster.Operations;
using Skein.Cluster.Peers;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Lifecycle;

/// <summary>
/// What administrators ask about nodes that leave service or come back. For the primary; what follows is the business of
/// <see cref="LifecycleKeeper"/>.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document.</param>
/// <param name="primary">Changes it.</param>
/// <param name="succession">Hands the lead over.</param>
/// <param name="transport">Asks who lives.</param>
/// <param name="peers">Commands nodes.</param>
public sealed class LifecycleCommands(
    string selfId,
    MetadataOwner owner,
    PrimaryService primary,
    PrimarySuccession succession,
    IPeerTransport transport,
    ILifecyclePeers peers)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The nodes that a request names: at least one, each a node of the map, none twice.</summary>
    /// <exception cref="StoreException">When they are not.</exception>
    public IReadOnlyList<string> NodesOf(RemoveNodeMessage message)
    {
        var several = message.NodeIds is { Count: > 0 } ids ? ids : null;
        if (several is not null && !string.IsNullOrEmpty(message.NodeId))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "\"sid\" and \"sids\" exclude each other: use one of them");
        }
        var map = owner.Current.Document.Map;
        var found = new List<string>();
        foreach (var name in several ?? [message.NodeId ?? ""])
        {
            var id = Bare(name);
            if (map.Find(id) is null)
            {
                throw new StoreException(StoreErrorCode.NotFound, $"p[{selfId}]: node {name} does not exist");
            }
            if (found.Contains(id))
            {
                throw new StoreException(StoreErrorCode.InvalidRequest, $"node {id} is named twice in \"sids\"");
            }
            found.Add(id);
        }
        return found;
    }

    /// <summary>The change that an action on nodes is; null for one that is no single change.</summary>
    public static LifecycleChange? ChangeOf(
        string action, IReadOnlyList<string> ids, RemoveNodeMessage message, string who) => action switch
        {
            Actions.StartMaintenance => new BeginTransition(ids, Way(LifecycleAction.Maintenance, message, who)),
            Actions.ShutdownNode => new BeginTransition(ids, Way(LifecycleAction.Shutdown, message, who)),
            Actions.DecommissionNode => new BeginTransition(ids, Way(LifecycleAction.Decommission, message, who)),
            Actions.StopMaintenance => new BringBack(ids),
            _ => null,
        };

    /// <summary>Does it.</summary>
    /// <param name="action">What; one of <see cref="Actions.IsOfNodes"/>.</param>
    /// <param name="message">To whom, and how.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>
    /// Id of the rebalance that it begins, or empty. Null when this node was named itself, and another leads now.
    /// </returns>
    /// <exception cref="StoreException">When it makes no sense, or cannot be done.</exception>
    public async Task<string?> RunAsync(
        string action, RemoveNodeMessage message, string who, CancellationToken cancellation)
    {
        var ids = NodesOf(message);
        if (action == Actions.RemoveUnsafe)
        {
            return await RemoveAsync(ids, message, who, cancellation).ConfigureAwait(false) ? "" : null;
        }
        var change = ChangeOf(action, ids, message, who) ?? throw new StoreException(
            StoreErrorCode.InvalidRequest, $"action \"{action}\" is not for nodes");
        var present = owner.Current.Document;
        if (change is BringBack)
        {
            change.Apply(present); // what makes no sense is said before anybody is asked
            await MustLiveAsync(present, ids, cancellation).ConfigureAwait(false);
        }
        else if (ids.Contains(selfId))
        {
            await GoAsideAsync(action, ids, change, who, cancellation).ConfigureAwait(false);
            return null;
        }
        var before = long.MaxValue;
        var document = await primary
            .ProposeAsync(
                new ChangeIf(
                    change,
                    current =>
                    {
                        before = current.Rebalance.Version;
                        return true;
                    },
                    ""),
                who, action, cancellation)
            .ConfigureAwait(false);
        return document.Document.Rebalance.Version > before ? document.Document.Rebalance.Id : "";
    }

    private static NodeTransition Way(LifecycleAction action, RemoveNodeMessage message, string who)
    {
        var leaves = action == LifecycleAction.Decommission;
        return new NodeTransition(
            action,
            message.SkipRebalance,
            leaves && message.RemoveUserData,
            leaves && message.KeepInitialConfig,
            leaves && message.NoShutdown,
            who);
    }

    /// <summary>People write <c>t[id]</c> as they see it.</summary>
    private static string Bare(string name) =>
        name.Length > 3 && name[0] is 'p' or 't' && name[1..].StartsWith('[') && name.EndsWith(']') ? name[2..^1] : name;

    /// <summary>Another proxy takes the lead, since this node is named itself.</summary>
    private async Task GoAsideAsync(
        string action, IReadOnlyList<string> ids, LifecycleChange? change, string who, CancellationToken cancellation)
    {
        var document = owner.Current.Document;
        if (succession.Candidates(ids) is { Count: > 0 } candidates)
        {
            change?.Apply(document with { Map = document.Map.WithPrimary(candidates[0].Id) });
            if (await succession.HandOverAsync(ids, who, PrimaryTransfer.Limit, cancellation).ConfigureAwait(false))
            {
                return;
            }
        }
        throw new StoreException(
            StoreErrorCode.InvalidRequest,
            $"p[{selfId}] is the current primary, cannot perform action \"{action}\" on itself");
    }

    private async Task MustLiveAsync(ControlDocument document, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var nodes = ids.Select(id => document.Map.Find(id)).OfType<NodeInfo>().ToList();
        var answers = await Task
            .WhenAll(nodes.Select(node => transport.IdentifyAsync(node.ControlNet.Url, CallTimeout, cancellation)))
            .ConfigureAwait(false);
        for (var i = 0; i < nodes.Count; i++)
        {
            if (answers[i]?.Id != nodes[i].Id)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"{nodes[i].DisplayName} is unreachable: Get \"{nodes[i].ControlNet.Url}/v1/health\": no answer; "
                        + "start it first");
            }
        }
    }

    /// <summary>
    /// Out of the map at once. One that lives forgets the cluster and stands by, else it would come back by itself.
    /// </summary>
    private async Task<bool> RemoveAsync(
        IReadOnlyList<string> ids, RemoveNodeMessage message, string who, CancellationToken cancellation)
    {
        if (!message.SkipRebalance)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "unsafe must be unsafe");
        }
        if (ids.Contains(selfId))
        {
            await GoAsideAsync(Actions.RemoveUnsafe, ids, null, who, cancellation).ConfigureAwait(false);
            return false;
        }
        foreach (var id in ids)
        {
            if (owner.Current.Document.Map.Find(id) is not { } node)
            {
                continue; // somebody else was faster
            }
            await peers
                .CommandAsync(node, new NodeCommand(NodeOrder.Decommission) { NoShutdown = true, IsUnsafe = true }, cancellation)
                .ConfigureAwait(false);
            await primary.ProposeAsync(new RemoveNode(id), who, Actions.RemoveUnsafe, cancellation).ConfigureAwait(false);
        }
        return true;
    }
}
