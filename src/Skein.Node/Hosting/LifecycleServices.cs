using Microsoft.Extensions.Logging;
using Skein.Cluster.Lifecycle;
using Skein.Cluster.Operations;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Node.Intra;
using Skein.Node.Lifecycle;

namespace Skein.Node.Hosting;

/// <summary>How nodes leave service and come back, put together for one node.</summary>
internal sealed class LifecycleServices : INodeLifecycle, IDisposable
{
    private readonly NodeInfo _self;
    private readonly HttpClient _client = HttpPeerTransport.CreateClient();
    private readonly LifecycleCommands? _commands;
    private readonly LifecyclePlanner? _planner;
    private readonly ClusterEnd? _end;

    /// <summary>Connects the parts. Nothing runs yet.</summary>
    /// <param name="folder">Metadata folder.</param>
    /// <param name="self">This node.</param>
    /// <param name="control">Control plane.</param>
    /// <param name="operations">Operations of the control plane.</param>
    /// <param name="stopMembership">Ends the node's membership for good.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Loggers.</param>
    public LifecycleServices(
        string folder,
        NodeInfo self,
        ControlServices control,
        OperationsServices operations,
        Func<Task> stopMembership,
        TimeProvider time,
        ILoggerFactory logs)
    {
        _self = self;
        var transport = new HttpPeerTransport(_client, self, time);
        Orders = new NodeOrders(self, folder, control.Owner, control.Feed, transport, stopMembership, time);
        if (control is { Metasyncer: { } metasyncer, Primary: { } primary } && operations.Transfer is { } transfer)
        {
            var peers = new HttpLifecyclePeers(_client, self, control.Feed, time);
            Succession = new PrimarySuccession(self.Id, control.Owner, transfer, metasyncer, control.Tracker, time);
            _commands = new LifecycleCommands(self.Id, control.Owner, primary, Succession, transport, peers);
            _planner = new LifecyclePlanner(self.Id, control.Owner, peers);
            _end = new ClusterEnd(self.Id, control.Owner, peers, logs.CreateLogger<ClusterEnd>());
            Keeper = new LifecycleKeeper(
                self.Id, control.Owner, new LifecycleParts(control.Feed, control.Tracker, peers, Succession), time,
                logs.CreateLogger<LifecycleKeeper>());
            operations.Waiting = () => Keeper.Notes;
        }
    }

    /// <summary>What this node is told.</summary>
    public NodeOrders Orders { get; }

    /// <summary>Takes nodes out; null on a target.</summary>
    public LifecycleKeeper? Keeper { get; }

    /// <summary>Hands the lead over; null on a target.</summary>
    public PrimarySuccession? Succession { get; }

    /// <inheritdoc/>
    public Task<string?> ChangeAsync(
        string action, RemoveNodeMessage message, string who, CancellationToken cancellation) =>
        (_commands ?? throw OnlyProxies()).RunAsync(action, message, who, cancellation);

    /// <inheritdoc/>
    public Task<LifecyclePlan> PlanAsync(string action, RemoveNodeMessage message, CancellationToken cancellation)
    {
        var ids = (_commands ?? throw OnlyProxies()).NodesOf(message);
        return _planner!.RunAsync(action, ids, message, cancellation);
    }

    /// <inheritdoc/>
    public async Task EndClusterAsync(
        string action, RemoveNodeMessage message, string who, CancellationToken cancellation)
    {
        var command = NodeOrders.CommandOf(action, message) ?? throw new StoreException(
            StoreErrorCode.InvalidRequest, $"action \"{action}\" does not end a cluster");
        await (_end ?? throw OnlyProxies()).RunAsync(command, who, cancellation).ConfigureAwait(false);
        await Orders.TakeAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ObeyAsync(
        string action, RemoveNodeMessage message, string callerId, DocumentStamp callerStamp,
        CancellationToken cancellation) =>
        Orders.ObeyAsync(action, message, callerId, callerStamp, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Orders.Dispose();
        _client.Dispose();
    }

    private StoreException OnlyProxies() =>
        new(StoreErrorCode.NotReady, $"{_self.DisplayName} is a target and never the primary");
}
