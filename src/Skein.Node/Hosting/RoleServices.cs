using Microsoft.Extensions.Logging;
using Skein.Console;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Remote;
using Skein.Node.Intra;
using Skein.Node.Settings;
using Skein.Node.Telemetry;
using Skein.Proxy;
using Skein.Proxy.Buckets;
using Skein.Storage.Objects;
using Skein.Target;
using Skein.Target.Jobs;

namespace Skein.Node.Hosting;

/// <summary>What a role is made of.</summary>
/// <param name="Control">Control plane.</param>
/// <param name="Operations">What operators ask of the control plane.</param>
/// <param name="Folder">Where the node keeps what it has to remember.</param>
/// <param name="Lifecycle">How nodes leave service and come back.</param>
/// <param name="Store">Objects; null on a proxy.</param>
/// <param name="Facts">What the node knows of itself.</param>
/// <param name="Invoker">Sends requests to other nodes.</param>
/// <param name="Time">Clock.</param>
/// <param name="Logs">Loggers.</param>
internal sealed record RoleParts(
    ControlServices Control,
    OperationsServices Operations,
    string Folder,
    LifecycleServices Lifecycle,
    ObjectStore? Store,
    NodeFacts Facts,
    HttpMessageInvoker Invoker,
    TimeProvider Time,
    ILoggerFactory Logs);

/// <summary>A role, put together: what the gateway works with, and what is to be stopped before the disks are closed.</summary>
/// <param name="Gateway">Services of the gateway.</param>
/// <param name="Target">The target's part; null on a proxy.</param>
/// <param name="Jobs">The target's jobs; null on a proxy.</param>
internal sealed record RoleServices(GatewayServices Gateway, TargetRole? Target, JobTable? Jobs) : IAsyncDisposable
{
    /// <summary>Ends renames of buckets; null on a target.</summary>
    public RenameKeeper? Renames { get; init; }

    /// <summary>The console; null on a target.</summary>
    public ConsoleHandler? Console { get; init; }

    /// <summary>Ends what would keep requests open for ever: to be called before the server stops.</summary>
    public ValueTask EndWatchingAsync() => Console?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Stops what runs in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Renames is not null)
        {
            await Renames.DisposeAsync().ConfigureAwait(false);
        }
        if (Target is not null)
        {
            await Target.DisposeAsync().ConfigureAwait(false);
        }
        if (Jobs is not null)
        {
            await Jobs.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Makes a proxy, or a target where there is a store.</summary>
    public static RoleServices Create(RoleParts parts)
    {
        var peers = new PeerClient(parts.Invoker, parts.Facts, parts.Control.Feed, parts.Time)
        {
            Noticed = stamp => _ = parts.Control.Plane.CatchUpOnceAsync(stamp),
        };
        var role = parts.Store is null ? CreateProxy(parts, peers) : CreateTarget(parts, parts.Store, peers);
        var counters = role.Gateway.Counters;
        parts.Control.Membership.Answered = time =>
        {
            counters.Increment(NodeCounter.KeepAlive);
            counters.Add(NodeCounter.KeepAliveNanoseconds, time.Ticks * TimeSpan.NanosecondsPerTick);
        };
        return role;
    }

    private static NodeSettings Settings(RoleParts parts) =>
        new(parts.Folder, parts.Control.Feed, parts.Logs.CreateLogger("Skein.Node"));

    private static RoleServices CreateProxy(RoleParts parts, PeerClient peers)
    {
        var role = new ProxyRole(
            parts.Facts, parts.Control.Feed, parts.Control.Plane, peers, parts.Invoker, parts.Time,
            parts.Logs.CreateLogger("Skein.Proxy"));
        GatewayServices? gateway = null;
        var console = new ConsoleHandler(() => gateway!);
        gateway = new GatewayServices
        {
            Facts = parts.Facts,
            Metadata = parts.Control.Feed,
            Control = parts.Control.Plane,
            Operations = parts.Operations,
            Lifecycle = parts.Lifecycle,
            Router = role.Router,
            QuickRouter = role.Router,
            BucketCommands = role.BucketCommands,
            Lister = role.Lister,
            RemoteBuckets = role.RemoteBuckets,
            RemoteProbe = new RemoteClusterProbe(parts.Invoker, parts.Time),
            Settings = Settings(parts),
            Logs = (parts.Logs as NodeLoggers)?.Files,
            Forwarder = role.Forwarder,
            ClusterJobs = role.Jobs,
            Promotion = role.Promotion,
            Summaries = role.Summaries,
            Rebalance = role.Rebalance,
            Peers = peers,
            Counters = new NodeCounters(),
            Intra = new HandlerChain(parts.Operations.Endpoints, role.Intra, console),
            Time = parts.Time,
            Logger = parts.Logs.CreateLogger("Skein.Gateway"),
        };
        return new RoleServices(gateway, null, null) { Renames = role.Renames, Console = console };
    }

    private static RoleServices CreateTarget(RoleParts parts, ObjectStore store, PeerClient peers)
    {
        var counters = new NodeCounters();
        var jobs = new JobTable(
            new JobHistoryFile(parts.Folder), parts.Time, parts.Logs.CreateLogger("Skein.Target.Jobs"));
        var role = new TargetRole(
            parts.Facts,
            store,
            new TargetCluster(parts.Control.Feed, parts.Control.Plane, parts.Control.Gate!, peers),
            jobs,
            counters,
            parts.Time,
            parts.Logs.CreateLogger("Skein.Target"));
        parts.Control.Membership.Report = () => role.Report;
        parts.Control.Membership.HasNoMountpath = () => store.Mountpaths.View.Available.Count == 0;
        role.Reported = parts.Control.Membership.Hurry;
        role.PromoteRoots = parts.Facts.PromoteRoots;
        parts.Facts.DiskFlags = () => role.Mountpaths.StateFlags;
        parts.Facts.SpaceProblem = () => store.Space.Problem;
        parts.Control.Feed.Subscribe(role.OnDocument);
        var gateway = new GatewayServices
        {
            Facts = parts.Facts,
            Metadata = parts.Control.Feed,
            Control = parts.Control.Plane,
            Operations = parts.Operations,
            Lifecycle = parts.Lifecycle,
            Router = role.Router,
            Objects = role.Objects,
            OpenObjects = role.OpenObjects,
            Archives = role.Archives,
            ObjectActions = role.Actions,
            Batches = role.Batches,
            Lister = role.Lister,
            Mountpaths = role.Mountpaths,
            RemoteProbe = new RemoteClusterProbe(parts.Invoker, parts.Time),
            Jobs = new JobService(jobs, new JobKindRegistry(role.Kinds), role.Walks, role.Summaries, role.Sorts),
            Settings = Settings(parts),
            Logs = (parts.Logs as NodeLoggers)?.Files,
            Peers = peers,
            Counters = counters,
            Intra = new HandlerChain(
                role.Intra, new PlacementEndpoints(role.Survey), parts.Operations.Endpoints),
            Time = parts.Time,
            Logger = parts.Logs.CreateLogger("Skein.Gateway"),
        };
        return new RoleServices(gateway, role, jobs);
    }
}
