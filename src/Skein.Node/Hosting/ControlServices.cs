using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Primary;
using Skein.Core.Nodes;
using Skein.Node.CommandLine;
using Skein.Node.Intra;

namespace Skein.Node.Hosting;

/// <summary>The control plane of one node, put together.</summary>
internal sealed class ControlServices : IDisposable
{
    private readonly HttpClient _client;

    /// <summary>Loads the document that the node holds and connects the parts. Nothing runs yet.</summary>
    /// <exception cref="Core.Errors.StoreException">When the document on disk is not readable.</exception>
    public ControlServices(NodeStartup startup, NodeInfo self, TimeProvider time, ILoggerFactory logs)
    {
        _client = HttpPeerTransport.CreateClient();
        var transport = new HttpPeerTransport(_client, self, time);
        Feed = new MetadataFeed(logs.CreateLogger<MetadataFeed>());
        Owner = new MetadataOwner(
            new ControlDocumentFile(startup.Node.ConfigDirectory), Feed, time, logs.CreateLogger<MetadataOwner>());
        CatchUp = new CatchUp(self.Id, Owner, transport, logs.CreateLogger<CatchUp>());
        Receiver = new MetasyncReceiver(self.Id, Owner, logs.CreateLogger<MetasyncReceiver>());
        Tracker = new KeepAliveTracker(time);
        if (self.Role == NodeRole.Proxy)
        {
            Metasyncer = new Metasyncer(self.Id, Feed, transport, time, logs.CreateLogger<Metasyncer>());
            Primary = new PrimaryService(self.Id, Owner, Metasyncer, transport, logs.CreateLogger<PrimaryService>());
        }
        var joiner = new ClusterJoiner(
            self, Owner, transport, time, () => RandomNumberGenerator.GetInt32(int.MaxValue), logs.CreateLogger<ClusterJoiner>());
        var proxy = startup.Cluster.Proxy;
        var options = new MembershipOptions(
            startup.Options.Bootstrap,
            startup.Options.Standby,
            startup.Environment.PrimaryUrl(startup.Cluster.Network.Http.UseHttps) ?? "",
            [proxy.PrimaryUrl, proxy.DiscoveryUrl, proxy.OriginalUrl],
            startup.InitialCluster);
        Membership = new MembershipLoop(
            self, options, new MembershipPeers(transport, joiner, CatchUp), Owner, Feed, time,
            logs.CreateLogger<MembershipLoop>());
        Plane = new ControlPlane(Feed, CatchUp, Primary, time);
        Endpoints = new IntraEndpoints(self, Feed, Receiver, Primary, Metasyncer, Tracker);
    }

    /// <summary>Present document.</summary>
    public MetadataFeed Feed { get; }

    /// <summary>Owner of the document.</summary>
    public MetadataOwner Owner { get; }

    /// <summary>Pulls documents.</summary>
    public CatchUp CatchUp { get; }

    /// <summary>Takes documents.</summary>
    public MetasyncReceiver Receiver { get; }

    /// <summary>Who was heard of.</summary>
    public KeepAliveTracker Tracker { get; }

    /// <summary>Sends documents; null on a target.</summary>
    public Metasyncer? Metasyncer { get; }

    /// <summary>Changes the document; null on a target.</summary>
    public PrimaryService? Primary { get; }

    /// <summary>The node's life in the cluster.</summary>
    public MembershipLoop Membership { get; }

    /// <summary>The gateway's view.</summary>
    public ControlPlane Plane { get; }

    /// <summary>What other nodes call.</summary>
    public IntraEndpoints Endpoints { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Metasyncer?.Dispose();
        CatchUp.Dispose();
        Owner.Dispose();
        _client.Dispose();
    }
}
