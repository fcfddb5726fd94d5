using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Lifecycle;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Quick;
using Skein.Node.CommandLine;
using Skein.Node.Lifecycle;
using Skein.Node.Telemetry;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Storage.Reads;
using Skein.Target.Jobs;
using Skein.Transport;

namespace Skein.Node.Hosting;

/// <summary>
/// One node, from its sockets to its orderly end: bind, load what the disk holds, serve, come into the cluster, and on
/// a signal stop taking requests, finish those under way and close the disks.
/// </summary>
internal sealed class NodeHost : IAsyncDisposable
{
    /// <summary>Longest that a primary that is stopped tries to hand the lead over.</summary>
    public static readonly TimeSpan HandOverLimit = TimeSpan.FromSeconds(2);

    /// <summary>For so long it then passes on what others still send to it, until they know who leads.</summary>
    public static readonly TimeSpan HandOverLinger = TimeSpan.FromMilliseconds(300);

    private readonly NodeStartup _startup;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly IReadOnlyList<Listener> _listeners;
    private readonly ControlServices _control;
    private readonly OperationsServices _operations;
    private readonly LifecycleServices _lifecycle;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpMessageInvoker _peerInvoker = new(PeerHttp.CreateHandler());
    private readonly Lock _gate = new();
    private Task? _stopped;
    private ObjectStore? _store;
    private RoleServices? _role;
    private WebServer? _server;
    private DirectTransport? _direct;
    private NodeMeter? _meter;
    private IDisposable? _export;
    private Task _membership = Task.CompletedTask;
    private Task _voters = Task.CompletedTask;
    private Task _liveness = Task.CompletedTask;
    private Task _departures = Task.CompletedTask;
    private Task _rebalances = Task.CompletedTask;

    /// <summary>Binds the sockets and loads the metadata; nothing is served yet.</summary>
    /// <exception cref="StoreException">When a port is taken, or the metadata cannot be read.</exception>
    public NodeHost(NodeStartup startup, TimeProvider time, ILoggerFactory logs)
    {
        _startup = startup;
        _time = time;
        _logs = logs;
        _log = logs.CreateLogger("Skein.Node");
        if (startup.Cluster.Network.Http.UseHttps)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, "net.http.use_https=true: this build serves plain HTTP only, set it to false");
        }
        var identity = NodeIdentity.Load(startup.Node.ConfigDirectory, startup.DaemonId ?? "");
        _listeners = Listeners.Bind(NodeNetworks.Plan(startup.Node.HostNetwork, startup.Options.Insecure));
        Self = NodeNetworks.Describe(startup, identity, _listeners);
        _control = new ControlServices(startup, Self, time, logs);
        _operations = new OperationsServices(startup.Node.ConfigDirectory, Self, _control, time, logs);
        _lifecycle = new LifecycleServices(
            startup.Node.ConfigDirectory, Self, _control, _operations, StopMembershipAsync, time, logs);
    }

    /// <summary>The node as it describes itself.</summary>
    public NodeInfo Self { get; }

    /// <summary>The objects of a target that has been started; null on a proxy.</summary>
    public ObjectStore? Store => _store;

    /// <summary>The jobs of a target that has been started; null on a proxy.</summary>
    public JobTable? Jobs => _role?.Jobs;

    /// <summary>The document that the node works with now.</summary>
    public ControlDocument Document => _control.Feed.Current.Document;

    /// <summary>Ends when the node has come into its cluster.</summary>
    public Task WhenMember => _control.Membership.WhenMember;

    /// <summary>Ends when the primary has told the node to end, with what it was told.</summary>
    public Task<NodeCommand> WhenTold => _lifecycle.Orders.WhenTold;

    /// <summary>Ends when the host is disposed of.</summary>
    public Task WhenDisposed => _disposed.Task;

    /// <summary>True once the node has been told to forget its cluster.</summary>
    public bool HasLeft => WhenTold is { IsCompletedSuccessfully: true, Result.Order: NodeOrder.Decommission };

    /// <summary>The same node without a cluster, at the ports that it has.</summary>
    public NodeStartup AsStandby()
    {
        var net = _startup.Node.HostNetwork;
        return NodeRunner.AsStandby(_startup, Self.Id, _startup.Node with
        {
            HostNetwork = net with
            {
                Port = PortOf(NetworkKind.Public),
                PortControl = net.HasOwnControl ? PortOf(NetworkKind.Control) : net.PortControl,
                PortData = net.HasOwnData ? PortOf(NetworkKind.Data) : net.PortData,
            },
        });
    }

    /// <summary>Opens the disks and starts to serve and to look for the cluster.</summary>
    /// <exception cref="StoreException">When a mountpath cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        NodeLog.Starting(
            _log, Self.DisplayName, NodeFacts.Version, Self.PublicNet.Url, Self.ControlNet.Url, Self.DataNet.Url);
        foreach (var key in _startup.UnknownKeys)
        {
            NodeLog.UnknownKey(_log, key);
        }
        if (Self.Role == NodeRole.Target)
        {
            _store = await OpenStoreAsync(cancellation).ConfigureAwait(false);
        }
        var facts = new NodeFacts(
            Self, _startup.Node, _control.Feed, _store?.Mountpaths, () => _control.Membership.IsMember, _time);
        _role = RoleServices.Create(new RoleParts(
            _control, _operations, _startup.Node.ConfigDirectory, _lifecycle, _store, facts, _peerInvoker, _time, _logs));
        _meter = new NodeMeter(_role.Gateway);
        _export = TelemetryExport.Start(_startup.Environment.OtlpEndpoint, Self);
        var pipeline = new RequestPipeline(_role.Gateway);
        _direct = OpenDirect(_role.Gateway);
        _server = new WebServer(_listeners, pipeline.HandleAsync, _control.Links.Take, _direct, _time, _logs);
        await _server.StartAsync(cancellation).ConfigureAwait(false);
        _membership = _control.Membership.RunAsync(_leave.Token);
        _voters = _control.VoterKeeper?.RunAsync(_stop.Token) ?? Task.CompletedTask;
        _liveness = _control.Liveness?.RunAsync(_stop.Token) ?? Task.CompletedTask;
        _rebalances = Task.WhenAll(
            _control.RebalanceKeeper?.RunAsync(_stop.Token) ?? Task.CompletedTask,
            _control.MountpathKeeper?.RunAsync(_stop.Token) ?? Task.CompletedTask);
        _departures = _lifecycle.Keeper?.RunAsync(_stop.Token) ?? Task.CompletedTask;
        _ = ReportReadyAsync(started, facts);
    }

    /// <summary>Serves until SIGTERM, SIGINT or the primary's word, or until the membership loop fails.</summary>
    /// <returns>Exit code.</returns>
    public async Task<int> RunAsync()
    {
        var signal = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, "SIGTERM"));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, "SIGINT"));
        await StartAsync(CancellationToken.None).ConfigureAwait(false);
        var manager = new ServiceManagerNotice(new SystemdNotifier(), _time);
        _ = manager.SayReadyAsync(_startup.Options.Standby ? Task.CompletedTask : WhenMember, _stop.Token);
        await Task.WhenAny(signal.Task, WhenTold, _membership).ConfigureAwait(false);
        manager.SayStopping();
        if (WhenTold.IsCompleted || _leave.IsCancellationRequested)
        {
            await EndAsync().ConfigureAwait(false);
            return 0;
        }
        if (signal.Task.IsCompleted)
        {
            NodeLog.Stopping(_log, Self.DisplayName, await signal.Task.ConfigureAwait(false));
            await StopAsync().ConfigureAwait(false);
            NodeLog.Stopped(_log, Self.DisplayName);
            return 0;
        }
        try
        {
            await _membership.ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            NodeLog.Fatal(_log, e, Self.DisplayName);
        }
        await StopAsync().ConfigureAwait(false);
        return 1;

        void Take(PosixSignalContext context, string name)
        {
            context.Cancel = true;
            signal.TrySetResult(name);
        }
    }

    /// <summary>
    /// Ends as the node has been told. One that has forgotten its cluster first stays until the primary knows it.
    /// </summary>
    public async Task EndAsync()
    {
        var told = await WhenTold.ConfigureAwait(false);
        NodeLog.Stopping(_log, Self.DisplayName, NodeOrders.ActionOf(told));
        if (told is { Order: NodeOrder.Decommission, WholeCluster: false })
        {
            await _lifecycle.Orders.WaitUntilOutAsync(CancellationToken.None).ConfigureAwait(false);
        }
        await StopAsync(handsOver: !told.WholeCluster).ConfigureAwait(false);
        NodeLog.Stopped(_log, Self.DisplayName);
    }

    /// <summary>
    /// Stops in order: another proxy takes the lead, no new requests, the ones under way end, the control plane stops, the
    /// disks are closed.
    /// </summary>
    /// <param name="handsOver">False when nobody is to lead next.</param>
    public Task StopAsync(bool handsOver = true)
    {
        lock (_gate)
        {
            return _stopped ??= StopOnceAsync(handsOver);
        }
    }

    private async Task StopOnceAsync(bool handsOver)
    {
        if (handsOver && _server is not null)
        {
            await HandOverAsync().ConfigureAwait(false);
        }
        if (_server is not null)
        {
            if (_role is not null)
            {
                await _role.EndWatchingAsync().ConfigureAwait(false);
            }
            await _server.StopAsync().ConfigureAwait(false);
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _leave.CancelAsync().ConfigureAwait(false);
        try
        {
            await _departures.ConfigureAwait(false);
            await _voters.ConfigureAwait(false);
            await _liveness.ConfigureAwait(false);
            await _rebalances.ConfigureAwait(false);
            await _membership.ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // Reported by the one who waits for the loop.
        }
        _export?.Dispose();
        _meter?.Dispose();
        if (_role is { } role)
        {
            await role.DisposeAsync().ConfigureAwait(false);
            _role = null;
        }
        if (_store is not null)
        {
            await _store.DisposeAsync().ConfigureAwait(false);
            _store.Mountpaths.Dispose();
            _store = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(handsOver: false).ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
        _direct?.Dispose();
        foreach (var listener in _listeners)
        {
            listener.Socket.Dispose();
        }
        _lifecycle.Dispose();
        await _operations.DisposeAsync().ConfigureAwait(false);
        _control.Dispose();
        _peerInvoker.Dispose();
        _stop.Dispose();
        _leave.Dispose();
        _disposed.TrySetResult();
    }

    private int PortOf(NetworkKind kind) => _listeners.First(listener => listener.Networks.HasFlag(kind)).Address.Port;

    /// <summary>Ends keepalives and the search for the cluster; what was under way is over when this ends.</summary>
    private async Task StopMembershipAsync()
    {
        await _leave.CancelAsync().ConfigureAwait(false);
        await _membership.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A primary that goes on purpose leaves no gap: for a bounded time it tries to have another one lead.</summary>
    private async Task HandOverAsync()
    {
        try
        {
            if (_lifecycle.Succession is { } succession
                && await succession
                    .HandOverAsync([], Self.DisplayName, HandOverLimit, CancellationToken.None)
                    .ConfigureAwait(false))
            {
                await Task.Delay(HandOverLinger, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreException e)
        {
            NodeLog.NotHandedOver(_log, Self.DisplayName, e.Message);
        }
    }

    private async Task<ObjectStore> OpenStoreAsync(CancellationToken cancellation)
    {
        var paths = _startup.Node.Mountpaths.Select(entry => (entry.Path, entry.Label)).ToList();
        var mountpaths = MountpathSet.Open(
            paths,
            new MountpathOptions
            {
                NodeId = Self.Id,
                StateFile = Path.Combine(_startup.Node.ConfigDirectory, MountpathSet.StateFileName),
                CreateMissing = _startup.Options.LocalConfigFile is null || _startup.Node.TestMountpaths.Count > 0,
            },
            _logs.CreateLogger<MountpathSet>());
        try
        {
            return await ObjectStore
                .OpenAsync(mountpaths, new ObjectStoreOptions(), _time, _logs.CreateLogger<ObjectStore>(), cancellation)
                .ConfigureAwait(false);
        }
        catch
        {
            mountpaths.Dispose();
            throw;
        }
    }

    /// <summary>The transport with what answers plain reads in it; null where the server's own is used.</summary>
    private DirectTransport? OpenDirect(GatewayServices gateway)
    {
        var path = _startup.Node.DataPath;
        if (path.Transport != DataTransport.Direct)
        {
            return null;
        }
        var log = _logs.CreateLogger<DirectTransport>();
        if (_store is not null && gateway.OpenObjects is { } objects)
        {
            OpenFiles.Of(_store).Keep(path.OpenFiles, _time);
            return new DirectTransport(new QuickGet(gateway, objects), log);
        }
        return gateway.QuickRouter is { } router ? new DirectTransport(new QuickRedirect(gateway, router), log) : null;
    }

    private async Task ReportReadyAsync(long started, NodeFacts facts)
    {
        await _control.Membership.WhenMember.ConfigureAwait(false);
        facts.JoinedCluster();
        NodeLog.Ready(_log, Self.DisplayName, (long)_time.GetElapsedTime(started).TotalMilliseconds);
        // What starting has left behind is given back to the machine: an idle node needs little.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }
}
