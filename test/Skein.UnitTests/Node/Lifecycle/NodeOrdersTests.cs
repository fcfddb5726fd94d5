using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Consensus;
using Skein.Cluster.Lifecycle;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Node.Hosting;
using Skein.Node.Intra;
using Skein.Node.Lifecycle;
using Skein.UnitTests.Cluster.Lifecycle;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Node.Lifecycle;

public sealed class NodeOrdersTests : IDisposable
{
    private static readonly NodeInfo Self = TestNodes.Target(1);
    private static readonly string Primary = LeavingWorld.P1;

    private readonly string _folder = Directory.CreateTempSubdirectory("skein-orders-").FullName;
    private readonly LeavingWorld _world = new(3);
    private readonly HttpClient _client = HttpPeerTransport.CreateClient();

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Only_the_primary_is_obeyed_and_only_on_the_way_that_the_node_is_on()
    {
        using var node = Start();
        await node.LearnAsync(_world);
        await RefusedAsync(node, Actions.ShutdownNode, Primary, "is not on its way out of service");
        await RefusedAsync(node, Actions.DecommissionNode, Primary, "is not on its way out of service");
        await RefusedAsync(node, Actions.StartMaintenance, Primary, "is nothing that a node is told");
        await RefusedAsync(node, Actions.Decommission, LeavingWorld.P2, "is not the primary");
        _world.Begin(LifecycleAction.Shutdown, skip: true, Self.Id);
        await node.LearnAsync(_world);
        await RefusedAsync(node, Actions.DecommissionNode, Primary, "is not on its way out of service");
        await RefusedAsync(node, Actions.ShutdownNode, LeavingWorld.P2, "is not the primary");
        var early = await Assert.ThrowsAsync<StoreException>(() => node.Orders.ObeyAsync(
            Actions.ShutdownNode, new RemoveNodeMessage(), Primary, new DocumentStamp(1, 1, 999), Cancel));
        Assert.Equal(StoreErrorCode.NotReady, early.Code);
        Assert.False(node.Orders.WhenTold.IsCompleted);
        await node.ObeyAsync(Actions.ShutdownNode);
        await node.ObeyAsync(Actions.ShutdownNode);
        Assert.Equal(new NodeCommand(NodeOrder.Shutdown), await node.Orders.WhenTold);
        Assert.False(node.IsMembershipStopped);
    }

    [Fact]
    public async Task A_process_that_was_started_when_all_was_done_is_not_ended_again()
    {
        _world.Begin(LifecycleAction.Shutdown, skip: true, Self.Id);
        using (var before = Start())
        {
            await before.LearnAsync(_world);
            await before.ObeyAsync(Actions.ShutdownNode);
            Assert.True(before.Orders.WhenTold.IsCompleted);
        }
        using var node = Start();
        // Its answer was lost: it is asked again, and answers.
        await node.ObeyAsync(Actions.ShutdownNode);
        Assert.False(node.Orders.WhenTold.IsCompleted);
        // When that is over, the next order counts.
        _world.Commit(new EndTransition(Self.Id));
        await node.LearnAsync(_world);
        _world.Begin(LifecycleAction.Shutdown, skip: true, Self.Id);
        await node.LearnAsync(_world);
        await node.ObeyAsync(Actions.ShutdownNode);
        Assert.True(node.Orders.WhenTold.IsCompleted);
    }

    [Fact]
    public async Task A_process_that_crashed_before_its_data_was_elsewhere_is_ended()
    {
        _world.Begin(LifecycleAction.Shutdown, skip: false, Self.Id);
        using (var before = Start())
        {
            await before.LearnAsync(_world);
        }
        using var node = Start();
        _world.Commit(new MarkEmptied(Self.Id));
        await node.LearnAsync(_world);
        await node.ObeyAsync(Actions.ShutdownNode);
        Assert.True(node.Orders.WhenTold.IsCompleted);
    }

    [Fact]
    public async Task A_node_is_marked_and_looks_for_nobody_before_it_answers()
    {
        _world.Begin(LifecycleAction.Decommission, skip: true, Self.Id);
        using var node = Start();
        await node.LearnAsync(_world);
        var message = new RemoveNodeMessage { RemoveUserData = true, NoShutdown = true };
        await node.Orders.ObeyAsync(Actions.DecommissionNode, message, Primary, DocumentStamp.None, Cancel);
        Assert.True(node.IsMembershipStopped);
        Assert.True(File.Exists(Path.Combine(_folder, ".skein.leaving")));
        // Asked again, it answers again; the first word counts.
        await node.ObeyAsync(Actions.DecommissionNode);
        Assert.Equal(
            new NodeCommand(NodeOrder.Decommission) { RemoveUserData = true, NoShutdown = true },
            await node.Orders.WhenTold);
    }

    [Fact]
    public async Task One_that_has_forgotten_answers_that_it_has()
    {
        using var node = Start();
        await node.Orders.ObeyAsync(
            Actions.DecommissionNode, new RemoveNodeMessage(), Primary, new DocumentStamp(1, 1, 9), Cancel);
        Assert.False(node.Orders.WhenTold.IsCompleted);
        await RefusedAsync(node, Actions.ShutdownNode, Primary, "belongs to no cluster");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task RefusedAsync(Node node, string action, string caller, string text)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            node.Orders.ObeyAsync(action, new RemoveNodeMessage(), caller, DocumentStamp.None, Cancel));
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
    }

    private Node Start() => new(_folder, _client);

    /// <summary>A target, as far as it can be told something.</summary>
    private sealed class Node : IDisposable
    {
        private readonly ConsensusDriver _driver;
        private readonly MetadataOwner _owner;

        public Node(string folder, HttpClient client)
        {
            var feed = new MetadataFeed(NullLogger<MetadataFeed>.Instance);
            _driver = new ConsensusDriver(
                Self, new ConsensusStore(folder), feed, new NoNetwork(), (new ConsensusOptions(), 1), TimeProvider.System,
                NullLogger<ConsensusDriver>.Instance);
            _owner = new MetadataOwner(_driver, feed, TimeProvider.System);
            Orders = new NodeOrders(
                Self, folder, _owner, feed, new HttpPeerTransport(client, Self, TimeProvider.System),
                () =>
                {
                    IsMembershipStopped = true;
                    return Task.CompletedTask;
                },
                TimeProvider.System);
        }

        public NodeOrders Orders { get; }

        public bool IsMembershipStopped { get; private set; }

        public Task ObeyAsync(string action) =>
            Orders.ObeyAsync(action, new RemoveNodeMessage(), Primary, DocumentStamp.None, Cancel);

        public async Task LearnAsync(LeavingWorld world) => Assert.Equal(
            AcceptResult.Accepted, await _owner.AcceptAsync(ControlDocumentCodec.Seal(world.Document), Cancel));

        public void Dispose()
        {
            Orders.Dispose();
            _driver.Dispose();
        }
    }

    private sealed class NoNetwork : IConsensusTransport
    {
        public void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
        {
            // Nobody is there.
        }
    }
}
