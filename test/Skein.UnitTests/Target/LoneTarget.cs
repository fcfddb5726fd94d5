using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Buckets;
using Skein.Target.Moves;
using Skein.Target.Objects;
using Skein.Target.Remote;
using Skein.Target.Transfers;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

/// <summary>What the operations of a target work with, on the disks of a test, in a cluster of this one target.</summary>
internal sealed class LoneTarget : IDisposable
{
    private readonly FakeCluster _documents = new();
    private readonly HttpMessageInvoker _invoker = new(PeerHttp.CreateHandler());
    private readonly BucketName _bucket;
    private readonly TimeProvider _time;
    private readonly FakeFacts _facts = new(FakeFacts.Node("t0AISwire", NodeRole.Target, 1));

    public LoneTarget(BucketName bucket, BucketProps props, TimeProvider? time = null)
    {
        _bucket = bucket;
        _time = time ?? TimeProvider.System;
        _documents.Change(document => new AddNode(_facts.Self).Apply(document));
        _documents.Change(document => document with
        {
            Buckets = document.Buckets with { Buckets = document.Buckets.Buckets.Add(bucket, props) },
        });
    }

    public NodeCounters Counters { get; } = new();

    public PeerClient Peers { get; private set; } = null!;

    public BucketProps Props => _documents.Newest.Document.Buckets.Find(_bucket)!;

    /// <summary>Changes the configuration of the cluster.</summary>
    public void Configure(Func<ClusterConfig, ClusterConfig> change) =>
        _documents.Change(document => document with { Config = change(document.Config) });

    /// <summary>The services of a target that starts on these disks.</summary>
    public TargetServices Start(ObjectStore store)
    {
        var metadata = _documents.Join();
        metadata.Take(_documents.Newest);
        var clock = new HybridClock(TimeProvider.System);
        Peers = new PeerClient(_invoker, _facts, metadata, TimeProvider.System);
        return new TargetServices
        {
            Facts = _facts,
            Store = store,
            Buckets = new BucketReferences(),
            Clock = clock,
            Metadata = metadata,
            Moves = new MoveState(_facts.Self.Id, clock, new ForegroundLoad(Counters, TimeProvider.System)),
            Neighbours = new Neighbours(Peers, _facts, TimeProvider.System),
            Sender = new BufferedContentSender(),
            Gate = new TestGate(),
            Counters = Counters,
            Time = _time,
        };
    }

    /// <summary>The objects of a bucket of another cluster, on a target that starts.</summary>
    public static IObjectHandler Remote(TargetServices services, IBackend home, TimeProvider time)
    {
        var names = new NameQueue();
        var store = new RemoteStore(services, TimeProvider.System);
        var backends = new BackendSet(home);
        return new RemoteObjects(
            services, new ObjectHandler(services), backends, new ColdFetches(services, backends, store, names, time),
            new RemoteWrites(services, backends, names, store), store);
    }

    /// <summary>An object as a client's request names it that a proxy has redirected.</summary>
    public RequestedObject Object(string name) => new(
        new CallContext { Metadata = _documents.Newest, Network = NetworkKind.Public, IsRedirected = true },
        _bucket, Props, name);

    public Task PutAsync(IObjectHandler objects, string name, string text) => objects.PutAsync(
        new PutObjectRequest
        {
            Object = Object(name),
            Body = PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(text))),
            Length = Encoding.UTF8.GetByteCount(text),
        },
        StoreFixture.Cancel);

    public async Task<string> GetAsync(IObjectHandler objects, string name, bool latest = false)
    {
        await using var content = await objects.GetAsync(
            new GetObjectRequest { Object = Object(name), LatestVersion = latest }, StoreFixture.Cancel);
        var body = new MemoryStream();
        var writer = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        await content.SendAsync(writer, new FeatureCollection(), StoreFixture.Cancel);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(body.ToArray());
    }

    public void Dispose() => _invoker.Dispose();
}
