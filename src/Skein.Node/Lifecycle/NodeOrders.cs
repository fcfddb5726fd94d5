using Skein.Cluster.Lifecycle;
using Skein.Cluster.Metadata;
using Skein.Cluster.Peers;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Node.Lifecycle;

/// <summary>
/// What a node is told to do with itself: checks that it is the primary who says so, makes it durable, and tells the host.
/// Every command may come again at any time.
/// </summary>
internal sealed class NodeOrders : IDisposable
{
    /// <summary>Longest that a node that has forgotten its cluster waits until the primary has taken it out of the map.</summary>
    public static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LeavePoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(1);

    private readonly NodeInfo _self;
    private readonly string _folder;
    private readonly MetadataOwner _owner;
    private readonly IPeerTransport _transport;
    private readonly Func<Task> _stopMembership;
    private readonly TimeProvider _time;
    private readonly IDisposable _followed;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TaskCompletionSource<NodeCommand> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasEndedBefore;

    /// <summary>Makes it.</summary>
    /// <param name="self">This node.</param>
    /// <param name="folder">Metadata folder.</param>
    /// <param name="owner">Present document.</param>
    /// <param name="feed">Documents as they come.</param>
    /// <param name="transport">Way to the primary.</param>
    /// <param name="stopMembership">Ends the search for the cluster and the keepalives for good.</param>
    /// <param name="time">Clock.</param>
    public NodeOrders(
        NodeInfo self,
        string folder,
        MetadataOwner owner,
        MetadataFeed feed,
        IPeerTransport transport,
        Func<Task> stopMembership,
        TimeProvider time)
    {
        (_self, _folder, _owner, _transport) = (self, folder, owner, transport);
        (_stopMembership, _time) = (stopMembership, time);
        // A process that was started when everything was done already is the next one: it is not ended again.
        _hasEndedBefore = IsToldToEnd(owner.Current.Document);
        _followed = feed.Subscribe(document => _hasEndedBefore = _hasEndedBefore && IsToldToEnd(document.Document));
    }

    /// <summary>Ends when the node has been told to end, with what it was told.</summary>
    public Task<NodeCommand> WhenTold => _told.Task;

    /// <summary>Does what another node says. It happens when the answer is on its way.</summary>
    /// <exception cref="StoreException">When it is not the primary, or it is not this node's way.</exception>
    public async Task ObeyAsync(
        string action, RemoveNodeMessage message, string callerId, DocumentStamp callerStamp, CancellationToken cancellation)
    {
        var current = _owner.Current;
        var command = CommandOf(action, message) ?? throw new StoreException(
            StoreErrorCode.InvalidRequest, $"{_self.DisplayName}: \"{action}\" is nothing that a node is told");
        if (!current.Document.Exists)
        {
            if (command.Order == NodeOrder.Decommission)
            {
                return; // forgotten already
            }
            throw new StoreException(StoreErrorCode.NotReady, $"{_self.DisplayName} belongs to no cluster");
        }
        if (current.Stamp < callerStamp)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{_self.DisplayName} does not know document {callerStamp} yet: ask again");
        }
        if (callerId != current.Document.Map.PrimaryId && callerId != _owner.Primary?.Id)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{_self.DisplayName}: {callerId} is not the primary, \"{action}\" is refused");
        }
        if (!command.WholeCluster && !command.IsUnsafe)
        {
            if (command.Order == NodeOrder.Shutdown && _hasEndedBefore)
            {
                return;
            }
            MustBeOnItsWay(current.Document, command.Order, action);
        }
        await TakeAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a command as given.</summary>
    public async Task TakeAsync(NodeCommand command, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_told.Task.IsCompleted)
            {
                return;
            }
            if (command.Order == NodeOrder.Decommission)
            {
                new NodeDeparture(command.RemoveUserData, command.NoShutdown).Mark(_folder);
                // As soon as it is out of the map it would ask to be let in again.
                await _stopMembership().ConfigureAwait(false);
            }
            _told.TrySetResult(command);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Stays to be asked again, until the primary has taken this node out of the map or the time for that is out: an
    /// answer may get lost.
    /// </summary>
    public async Task WaitUntilOutAsync(CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < LeaveLimit)
        {
            var map = _owner.Current.Document.Map;
            if (map.Primary is { } primary && primary.Id != _self.Id
                && await _transport.PullAsync(primary.ControlNet.Url, CallLimit, cancellation).ConfigureAwait(false) is { } now
                && now.Document.Map.Find(_self.Id)?.Incarnation != _self.Incarnation)
            {
                return;
            }
            await Task.Delay(LeavePoll, _time, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _followed.Dispose();
        _one.Dispose();
    }

    /// <summary>The action on the wire for a command; the other way round of what this node reads.</summary>
    public static string ActionOf(NodeCommand command) => command switch
    {
        { Order: NodeOrder.Shutdown, WholeCluster: true } => Actions.Shutdown,
        { Order: NodeOrder.Shutdown } => Actions.ShutdownNode,
        { WholeCluster: true } => Actions.Decommission,
        { IsUnsafe: true } => Actions.RemoveUnsafe,
        _ => Actions.DecommissionNode,
    };

    /// <summary>The command that an action is; null for an action that is none.</summary>
    public static NodeCommand? CommandOf(string action, RemoveNodeMessage message) => action switch
    {
        Actions.Shutdown => new NodeCommand(NodeOrder.Shutdown) { WholeCluster = true },
        Actions.ShutdownNode => new NodeCommand(NodeOrder.Shutdown),
        Actions.Decommission => Leave(message) with { WholeCluster = true },
        Actions.DecommissionNode => Leave(message),
        Actions.RemoveUnsafe => Leave(message) with { IsUnsafe = true },
        _ => null,
    };

    private static NodeCommand Leave(RemoveNodeMessage message) => new(NodeOrder.Decommission)
    {
        RemoveUserData = message.RemoveUserData,
        NoShutdown = message.NoShutdown,
    };

    private bool IsToldToEnd(ControlDocument document) =>
        document.Transitions.TryGetValue(_self.Id, out var way) && way.Action == LifecycleAction.Shutdown
        && document.Map.Find(_self.Id) is { } node && (node.Flags & NodeFlags.MaintenanceDone) != 0;

    private void MustBeOnItsWay(ControlDocument document, NodeOrder order, string action)
    {
        var wanted = order == NodeOrder.Shutdown ? LifecycleAction.Shutdown : LifecycleAction.Decommission;
        if (!document.Transitions.TryGetValue(_self.Id, out var way) || way.Action != wanted)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{_self.DisplayName} is not on its way out of service: \"{action}\" is refused");
        }
    }
}
