using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Consensus;
using Skein.Cluster.Liveness;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Cluster.Primary;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.TestKit;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster;

/// <summary>A node that knows nothing but a name, behind which several nodes are.</summary>
public sealed class ClusterJoinerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skein-joiner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_address_of_a_name_is_asked_until_one_admits()
    {
        var token = TestContext.Current.CancellationToken;
        var self = TestNodes.Target(1);
        var feed = new MetadataFeed(NullLogger<MetadataFeed>.Instance);
        using var driver = new ConsensusDriver(
            self,
            new ConsensusStore(_folder),
            feed,
            new NoVoters(),
            (new ConsensusOptions(), 1),
            TimeProvider.System,
            NullLogger<ConsensusDriver>.Instance);
        var owner = new MetadataOwner(driver, feed, TimeProvider.System);
        var network = new Network(self);
        var lookUps = 0;
        var resolver = new CandidateResolver(
            (name, _) => name == "nodes" && Interlocked.Increment(ref lookUps) > 1
                // The address that is alive is known to the name only later.
                ? Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")])
                : throw new SocketException((int)SocketError.HostNotFound),
            TimeProvider.System);
        var joiner = new ClusterJoiner(
            self, owner, network, resolver, TimeProvider.System, () => 1, NullLogger<ClusterJoiner>.Instance);

        await joiner.JoinAsync(() => ["http://nodes:8080"], token).WaitAsync(Poll.Limit, token);

        Assert.Equal(["http://10.0.0.1:8080", "http://10.0.0.2:8080", "http://nodes:8080"], network.Asked.Keys.Order());
        Assert.Equal("cluster00001", owner.Current.Uuid);
    }

    private sealed class NoVoters : IConsensusTransport
    {
        public void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
        {
            // Nobody is there.
        }
    }

    /// <summary>Only 10.0.0.2 answers.</summary>
    private sealed class Network(NodeInfo joiner) : IPeerTransport
    {
        public ConcurrentDictionary<string, bool> Asked { get; } = new();

        public Task<JoinReply> JoinAsync(
            string url, JoinRequest request, TimeSpan timeout, CancellationToken cancellation)
        {
            Asked[url] = true;
            return Task.FromResult<JoinReply>(url == "http://10.0.0.2:8080"
                ? new JoinReply.Admitted(Document())
                : new JoinReply.Unreachable("nobody"));
        }

        public Task<PushReply> PushAsync(
            string url, SealedDocument document, TimeSpan timeout, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<SealedDocument?> PullAsync(string url, TimeSpan timeout, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<KeepAliveReply> KeepAliveAsync(
            string url, KeepAliveRequest request, TimeSpan timeout, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<ProbeReport> ProbeAsync(
            string url, string nodeId, TimeSpan timeout, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<NodeInfo?> IdentifyAsync(string url, TimeSpan timeout, CancellationToken cancellation) =>
            throw new NotSupportedException();

        private SealedDocument Document()
        {
            var first = PrimaryService.FirstDocument(TestNodes.Proxy(1), "cluster00001", "", ClusterConfig.Default);
            return ControlDocumentCodec.Seal(new AddNode(joiner).Apply(first) with { Stamp = new DocumentStamp(1, 1, 2) });
        }
    }
}
