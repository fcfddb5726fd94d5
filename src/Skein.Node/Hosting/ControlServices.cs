using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Primary;
using Skein.Cluster.Rebalance;
using Skein.Core.Nodes;
using Skein.Node.CommandLine;
using Skein.Node.Intra;
using Skein.Node.Links;

namespace Skein.Node.Hosting;

/// <summary>The control plane of one node, put together.</summary>
internal sealed class ControlServices : IDisposable
{
    private readonly HttpClient _client;
    private readonly LinkTransport _outgoing;

    /// <summary>Loads the document that the node holds and connects the parts. Nothing runs yet.</summary>
    /// <exception cref="Core.Errors.StoreException">When the document on disk is not readable.</exception>
    public ControlServices(NodeStartup startup, NodeInfo self, TimeProvider time, ILoggerFactory logs)
    {
        _client = HttpPeerTransport.CreateClient();
        var transport = new HttpPeerTransport(_client, self, time);
        Feed = new MetadataFeed(logs.CreateLogger<MetadataFeed>());
        var skein = startup.Cluster.Skein;
        _outgoing = new LinkTransport(LinkLimits.Reply, time, logs.CreateLogger<LinkTransport>());
        Consensus = new ConsensusDriver(
            self,
            new ConsensusStore(startup.Node.ConfigDirectory),
            Feed,
            _outgoing,
            (Times(skein), RandomNumberGenerator.GetInt32(int.MaxValue)),
            time,
            logs.CreateLogger<ConsensusDriver>());
        Links = new IncomingLinks(Consensus.Receive, time, logs.CreateLogger<IncomingLinks>());
        Owner = new MetadataOwner(Consensus, Feed, time);
        CatchUp = new CatchUp(self.Id, Owner, transport, logs.CreateLogger<CatchUp>());
        Receiver = new MetasyncReceiver(
            self.Id, Owner, document => Joiner?.Invite(document), logs.CreateLogger<MetasyncReceiver>());
        Tracker = new KeepAliveTracker(time);
        var board = new RebalanceBoard();
        if (self.Role == NodeRole.Proxy)
        {
            Metasyncer = new Metasyncer(
                self.Id, () => Owner.Status.IsEstablished, Feed, transport, time, logs.CreateLogger<Metasyncer>());
            Primary = new PrimaryService(self.Id, Owner, Metasyncer, transport, logs.CreateLogger<PrimaryService>());
            VoterKeeper = new VoterKeeper(self.Id, Owner, Metasyncer, Tracker, time, logs.CreateLogger<VoterKeeper>());
            Leases = new LeaseService(Owner, Metasyncer.Held, time);
            RebalanceKeeper = new RebalanceKeeper(
                self.Id, Owner, board, Tracker, time, logs.CreateLogger<RebalanceKeeper>());
            MountpathKeeper = new MountpathKeeper(self.Id, Owner, board, time, logs.CreateLogger<MountpathKeeper>());
            Liveness = new LivenessLoop(
                self.Id, Owner, Tracker, transport, Metasyncer, time, logs.CreateLogger<LivenessLoop>());
        }
        else
        {
            Lease = new WriteLease(time);
        }
        Joiner = new ClusterJoiner(
            self, Owner, transport, CandidateResolver.OfSystem(time), time,
            () => RandomNumberGenerator.GetInt32(int.MaxValue), logs.CreateLogger<ClusterJoiner>());
        var proxy = startup.Cluster.Proxy;
        var options = new MembershipOptions(
            startup.Options.Bootstrap,
            startup.Options.Standby,
            startup.Environment.PrimaryUrl(startup.Cluster.Network.Http.UseHttps) ?? "",
            [proxy.PrimaryUrl, proxy.DiscoveryUrl, proxy.OriginalUrl],
            startup.InitialCluster);
        Membership = new MembershipLoop(
            self, options, new MembershipPeers(transport, Joiner, CatchUp, Lease), Owner, Feed, time,
            logs.CreateLogger<MembershipLoop>());
        Plane = new ControlPlane(Feed, Owner, CatchUp, Primary, time);
        Gate = Lease is null ? null : new WriteGate(self.Id, Feed, Lease, Membership.Hurry, time);
        Endpoints = new IntraEndpoints(
            self, Owner, Receiver, Primary,
            new KeepAliveEndpoints(Owner, Metasyncer, Leases, board, Tracker, transport));
    }

    /// <summary>Present document.</summary>
    public MetadataFeed Feed { get; }

    /// <summary>Owner of the document.</summary>
    public MetadataOwner Owner { get; }

    /// <summary>The consensus.</summary>
    public ConsensusDriver Consensus { get; }

    /// <summary>Messages of other voters.</summary>
    public IncomingLinks Links { get; }

    /// <summary>Keeps the voters up; null on a target.</summary>
    public VoterKeeper? VoterKeeper { get; }

    /// <summary>Follows what targets report of their objects; null on a target.</summary>
    public RebalanceKeeper? RebalanceKeeper { get; }

    /// <summary>Follows what targets report of their mountpaths; null on a target.</summary>
    public MountpathKeeper? MountpathKeeper { get; }

    /// <summary>Grants leases; null on a target.</summary>
    public LeaseService? Leases { get; }

    /// <summary>Judges who is down; null on a target.</summary>
    public LivenessLoop? Liveness { get; }

    /// <summary>The lease of a target; null on a proxy.</summary>
    public WriteLease? Lease { get; }

    /// <summary>Lets writes pass on a target; null on a proxy.</summary>
    public WriteGate? Gate { get; }

    /// <summary>Pulls documents.</summary>
    public CatchUp CatchUp { get; }

    /// <summary>Looks for the cluster.</summary>
    public ClusterJoiner Joiner { get; }

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

    private static ConsensusOptions Times(Core.Config.Sections.SkeinSection skein) => new()
    {
        Heartbeat = (long)skein.KeepaliveVoters.TotalMilliseconds,
        ElectionMin = (long)skein.ElectionTimeoutMin.TotalMilliseconds,
        ElectionMax = (long)skein.ElectionTimeoutMax.TotalMilliseconds,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Metasyncer?.Dispose();
        CatchUp.Dispose();
        Links.Dispose();
        _outgoing.Dispose();
        Consensus.Dispose();
        _client.Dispose();
    }
}
