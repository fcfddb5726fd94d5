using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Proxy;
using Skein.Proxy.Buckets;
using Skein.Target;
using Skein.Target.Jobs;
using Skein.Target.Mountpaths;
using Skein.Target.Walks;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

/// <summary>A proxy or a target in this process: real server, real pipeline, real disks, pretended control plane.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpMessageInvoker _invoker = new(PeerHttp.CreateHandler());
    private StoreFixture? _disks;
    private readonly TempFolder _folder = new();
    private TargetRole? _target;
    private RenameKeeper? _renames;

    private TestNode(WebApplication server, FakeFacts facts, FakeMetadata metadata)
    {
        _server = server;
        Facts = facts;
        Metadata = metadata;
        Control = new FakeControlPlane(metadata, () => facts.Self);
    }

    public FakeFacts Facts { get; }

    public FakeMetadata Metadata { get; }

    public FakeControlPlane Control { get; }

    public NodeCounters Counters { get; } = new();

    public NodeInfo Info => Facts.Self;

    /// <summary>What its gateway works with.</summary>
    public GatewayServices Services { get; private set; } = null!;

    /// <summary>A listener that serves clients only.</summary>
    public Uri PublicUrl { get; private set; } = null!;

    public static async Task<TestNode> StartAsync(
        FakeCluster cluster, string id, NodeRole role, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            KestrelSettings.Apply(options);
            options.Listen(IPAddress.Loopback, 0, listener => listener.UseNetwork(NetworkKind.Public));
            options.Listen(
                IPAddress.Loopback, 0, listener => listener.UseNetwork(NetworkKind.Control | NetworkKind.Data));
        });
        var server = builder.Build();
        RequestPipeline? pipeline = null;
        server.Run(context => pipeline!.HandleAsync(context));
        await server.StartAsync(StoreFixture.Cancel);
        var urls = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(url => new Uri(url)).ToList();
        var info = FakeFacts.Node(id, role, urls[0].Port) with
        {
            ControlNet = NodeAddress.Create("http", "127.0.0.1", urls[1].Port),
            DataNet = NodeAddress.Create("http", "127.0.0.1", urls[1].Port),
        };
        var node = new TestNode(server, new FakeFacts(info), cluster.Join()) { PublicUrl = urls[0] };
        node.Services = await node.ServicesAsync(time ?? TimeProvider.System);
        pipeline = new RequestPipeline(node.Services);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_renames is not null)
        {
            await _renames.DisposeAsync();
        }
        // As a node does it: what works for a job ends before the table of the jobs waits for them.
        if (_target is not null)
        {
            await _target.DisposeAsync();
        }
        if (Jobs is not null)
        {
            await Jobs.DisposeAsync();
        }
        if (_disks is not null)
        {
            await _disks.DisposeAsync();
        }
        _invoker.Dispose();
        Logs.Dispose();
        _folder.Dispose();
    }

    /// <summary>The jobs of a target; null on a proxy.</summary>
    public JobTable? Jobs { get; private set; }

    /// <summary>What can be started on a target; taken when it is started.</summary>
    public static IReadOnlyList<IJobKind> Kinds { get; } =
        [new WaitingJob(JobKinds.Resilver), new WaitingJob(JobKinds.Cleanup), new WaitingJob(JobKinds.Find("copy-bck")!)];

    /// <summary>The log files of a proxy.</summary>
    public FakeLogs Logs { get; } = new();

    /// <summary>What starts and stops a rebalance on a proxy.</summary>
    public FakeRebalance Rebalance { get; } = new();

    /// <summary>Short, so that a test sees what is given up.</summary>
    private static WalkPatience Patience { get; } =
        new() { Destination = TimeSpan.FromSeconds(1), Participant = TimeSpan.FromSeconds(3) };

    /// <summary>Lets every write pass unless a test says otherwise.</summary>
    public TestGate Gate { get; } = new();

    /// <summary>Where the node keeps what it has to remember.</summary>
    public string Folder => _folder.Path;

    /// <summary>The disks of a target.</summary>
    public StoreFixture Disks => _disks!;

    /// <summary>The mountpaths of a target.</summary>
    public MountpathService MountpathService => _target!.Mountpaths;

    /// <summary>The role of a target.</summary>
    public TargetRole Target => _target!;

    /// <summary>Stops answering.</summary>
    public Task StopServerAsync() => _server.StopAsync(StoreFixture.Cancel);

    private async Task<GatewayServices> ServicesAsync(TimeProvider time)
    {
        var peers = new PeerClient(_invoker, Facts, Metadata, time);
        if (Info.Role == NodeRole.Proxy)
        {
            var proxy = new ProxyRole(
                Facts, Metadata, Control, peers, _invoker, time, NullLogger.Instance);
            _renames = proxy.Renames;
            return new GatewayServices
            {
                Facts = Facts,
                Metadata = Metadata,
                Control = Control,
                Router = proxy.Router,
                QuickRouter = proxy.Router,
                BucketCommands = proxy.BucketCommands,
                Lister = proxy.Lister,
                Forwarder = proxy.Forwarder,
                ClusterJobs = proxy.Jobs,
                Promotion = proxy.Promotion,
                Summaries = proxy.Summaries,
                Rebalance = Rebalance,
                Logs = Logs,
                Peers = peers,
                Counters = Counters,
                Time = time,
                Logger = NullLogger.Instance,
            };
        }
        _disks = await StoreFixture.OpenAsync();
        Gate.Ownership = () => Metadata.Current.Document.Rebalance.OwnersVersion;
        Jobs = new JobTable(new JobHistoryFile(_folder.Path), time, NullLogger.Instance);
        _target = new TargetRole(
            Facts, _disks.Store, new TargetCluster(Metadata, Control, Gate, peers) { Patience = Patience },
            Jobs, Counters, time, NullLogger.Instance);
        Metadata.OnDocument = _target.OnDocument;
        Facts.Mountpaths = () => CapacityReport.Lists(_disks.Store.Mountpaths);
        Facts.Capacity = () => CapacityReport.Read(_disks.Store.Mountpaths);
        return new GatewayServices
        {
            Facts = Facts,
            Metadata = Metadata,
            Control = Control,
            Router = _target.Router,
            Objects = _target.Objects,
            OpenObjects = _target.OpenObjects,
            Archives = _target.Archives,
            ObjectActions = _target.Actions,
            Batches = _target.Batches,
            Lister = _target.Lister,
            Mountpaths = _target.Mountpaths,
            Jobs = new JobService(Jobs, new JobKindRegistry(Kinds), _target.Walks, _target.Summaries),
            Intra = _target.Intra,
            Peers = peers,
            Counters = Counters,
            Time = time,
            Logger = NullLogger.Instance,
        };
    }
}
