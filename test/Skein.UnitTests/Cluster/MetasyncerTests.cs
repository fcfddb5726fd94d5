using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
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

public sealed class MetasyncerTests
{
    /// <summary>
    /// Found by the simulator: a target was let in again, counted as holding the newest document, and still took writes
    /// under an older one, while others were told that nobody does any more.
    /// </summary>
    [Fact]
    public async Task Who_is_given_a_document_with_its_join_is_not_sent_it_and_does_not_count_as_holding_it()
    {
        var feed = new MetadataFeed(NullLogger<MetadataFeed>.Instance);
        var network = new Network();
        var (joiner, other) = (TestNodes.Target(1), TestNodes.Target(2));
        using var metasyncer = new Metasyncer(
            TestNodes.Proxy(1).Id, () => true, feed, network, TimeProvider.System, NullLogger<Metasyncer>.Instance);
        var first = Document(1, joiner, other);
        metasyncer.Given(joiner.Id, first.Stamp);
        feed.Publish(first);
        await Poll.UntilAsync(() => Task.FromResult(metasyncer.Held(other.Id) == first.Stamp ? null : "not sent"));
        Assert.Equal(DocumentStamp.None, metasyncer.Held(joiner.Id));
        Assert.DoesNotContain(joiner.ControlNet.Url, network.SentTo);

        // It says that it has an older one: the answer was lost.
        metasyncer.Heard(joiner.Id, DocumentStamp.None);
        await Poll.UntilAsync(() => Task.FromResult(metasyncer.Held(joiner.Id) == first.Stamp ? null : "not sent"));
    }

    private static SealedDocument Document(long version, params NodeInfo[] targets)
    {
        var document = PrimaryService.FirstDocument(TestNodes.Proxy(1), "uuid", "", ClusterConfig.Default);
        document = targets.Aggregate(document, (current, node) => new AddNode(node).Apply(current));
        return ControlDocumentCodec.Seal(document with { Stamp = new DocumentStamp(1, 1, version) });
    }

    private sealed class Network : IPeerTransport
    {
        public ConcurrentBag<string> SentTo { get; } = [];

        public Task<PushReply> PushAsync(
            string url, SealedDocument document, TimeSpan timeout, CancellationToken cancellation)
        {
            SentTo.Add(url);
            return Task.FromResult(new PushReply(true, DocumentTag.Of(document), ""));
        }

        public Task<JoinReply> JoinAsync(
            string url, JoinRequest request, TimeSpan timeout, CancellationToken cancellation) =>
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
    }
}
