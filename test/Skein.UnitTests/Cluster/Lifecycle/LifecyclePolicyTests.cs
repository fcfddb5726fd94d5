using Skein.Cluster.Lifecycle;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;
using static Skein.UnitTests.Cluster.Lifecycle.LeavingWorld;

namespace Skein.UnitTests.Cluster.Lifecycle;

public sealed class LifecyclePolicyTests
{
    private const NodeFlags Done = NodeFlags.Maintenance | NodeFlags.MaintenanceDone;

    [Fact]
    public void Maintenance_of_a_target_is_over_when_it_is_clean()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: false, T1);
        Assert.Equal(("g1", true), (world.Document.Rebalance.Id, world.Document.Rebalance.Run.IsRunning));
        Assert.Equal(NodeFlags.Maintenance, world.FlagsOf(T1));
        Assert.Null(world.Step());
        Assert.Equal([$"maintenance of t[{T1}] waits until rebalance g1 has moved its objects"], world.Decide().Notes);
        world.Clean(T2, T3);
        Assert.Null(world.Step());
        world.Clean(T1);
        Assert.Equal(new LifecycleStep.Finish(T1), world.Step());
        Assert.Equal(Done, world.FlagsOf(T1));
        Assert.Empty(world.Document.Transitions);
        Assert.Empty(world.Decide().Steps.Select(step => step.NodeId).Concat(world.Decide().Notes));
    }

    [Fact]
    public void Several_nodes_are_one_rebalance_and_go_each_at_its_own_time()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: false, T1, T2, P2);
        Assert.Equal("g1", world.Document.Rebalance.Id);
        Assert.Equal([new LifecycleStep.Finish(P2)], world.Decide().Steps);
        world.Step();
        world.Clean(T2);
        Assert.Equal(new LifecycleStep.Finish(T2), world.Step());
        Assert.Equal([T1], world.Document.Transitions.Keys);
    }

    [Fact]
    public void Without_a_rebalance_it_is_over_at_once_and_none_begins_by_itself()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: true, T1);
        Assert.Equal(("", RebalanceState.Stopped), (world.Document.Rebalance.Id, world.Document.Rebalance.Run.State));
        Assert.Equal(Done, world.FlagsOf(T1));
        Assert.Equal(new LifecycleStep.Finish(T1), world.Step());
    }

    [Fact]
    public void Nobody_goes_on_while_it_has_a_vote()
    {
        foreach (var action in Enum.GetValues<LifecycleAction>())
        {
            var world = new LeavingWorld(2);
            world.GiveVote(P1);
            world.GiveVote(P2);
            world.Begin(action, skip: true, P2);
            Assert.Null(world.Step());
            Assert.EndsWith("waits until another node has its vote", Assert.Single(world.Decide().Notes));
            world.TakeVote(P2);
            Assert.NotNull(world.Step());
        }
    }

    [Fact]
    public void A_shutdown_ends_when_the_node_has_answered_whoever_leads_by_then()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Shutdown, skip: false, T1);
        world.NewPrimary(P2);
        Assert.Null(world.Step());
        world.Clean(T1);
        world.NewPrimary(P1);
        Assert.Equal(new LifecycleStep.Mark(T1), world.Step());
        world.NewPrimary(P2);
        Assert.Equal(new LifecycleStep.Command(T1), world.Step());
        Assert.Equal([$"shutdown of t[{T1}] waits for its answer"], world.Decide().Notes);
        world.Obeys(T1);
        world.NewPrimary(P1); // the answer was lost with the one who had it: it is asked again
        Assert.Equal(new LifecycleStep.Command(T1), world.Step());
        world.Obeys(T1);
        Assert.Equal(new LifecycleStep.Finish(T1), world.Step());
        Assert.Equal(Done, world.FlagsOf(T1));
        Assert.Null(world.Step());
    }

    [Fact]
    public void A_decommissioned_node_leaves_the_map_only_after_it_has_answered()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Decommission, skip: false, T1);
        Assert.Equal(NodeFlags.Decommission, world.FlagsOf(T1));
        Assert.Null(world.Step());
        world.Clean(T1, T2, T3);
        Assert.True(world.Document.IsSettled);
        Assert.Equal(new LifecycleStep.Mark(T1), world.Step());
        Assert.Equal(new LifecycleStep.Command(T1), world.Step());
        world.NewPrimary(P2);
        Assert.Equal(new LifecycleStep.Command(T1), world.Step());
        world.Obeys(T1);
        Assert.Equal(new LifecycleStep.Remove(T1), world.Step());
        Assert.Null(world.Document.Map.Find(T1));
        Assert.Empty(world.Document.Transitions);
    }

    [Fact]
    public void A_node_that_is_gone_and_may_hold_the_last_copy_is_waited_for()
    {
        foreach (var action in Enum.GetValues<LifecycleAction>())
        {
            var world = new LeavingWorld(3);
            world.Commit(new SetNodeFlags(T1, NodeFlags.Down, NodeFlags.None));
            world.IsGone(T1);
            world.Begin(action, skip: false, T1);
            Assert.Null(world.Step());
            Assert.Contains("may hold the last copy", Assert.Single(world.Decide().Notes), StringComparison.Ordinal);
            world.Begin(action, skip: true, T1);
            while (world.Step() is { } step)
            {
                Assert.IsNotType<LifecycleStep.Command>(step);
            }
            Assert.Empty(world.Document.Transitions);
            Assert.Equal(action == LifecycleAction.Decommission, world.Document.Map.Find(T1) is null);
        }
    }

    [Fact]
    public void One_that_is_marked_and_gone_is_not_waited_for()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Decommission, skip: false, T1);
        world.Clean(T1);
        world.Step();
        world.IsGone(T1);
        Assert.Equal(new LifecycleStep.Remove(T1), world.Step());
    }

    [Fact]
    public void A_primary_that_is_on_its_way_hands_over_first()
    {
        var world = new LeavingWorld(2);
        world.Begin(LifecycleAction.Decommission, skip: false, P2);
        world.NewPrimary(P2); // elected while it had its vote
        Assert.Equal(new LifecycleStep.HandOver(P2), world.Step());
        world.NewPrimary(P1);
        Assert.Equal(new LifecycleStep.Mark(P2), world.Step());
    }

    [Fact]
    public void That_a_rebalance_was_skipped_once_does_not_make_a_target_empty()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: true, T1);
        world.Step();
        Assert.Equal(Done, world.FlagsOf(T1));
        world.Begin(LifecycleAction.Decommission, skip: false, T1);
        Assert.Equal(NodeFlags.Decommission, world.FlagsOf(T1));
        Assert.Equal(("g1", true), (world.Document.Rebalance.Id, world.Document.Rebalance.Run.IsRunning));
        Assert.Null(world.Step());
        world.Clean(T1);
        Assert.Equal(new LifecycleStep.Mark(T1), world.Step());
    }

    [Fact]
    public void What_stops_a_rebalance_is_told()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: false, T1);
        world.Commit(new StopRebalance("test"));
        Assert.Contains("waits for a rebalance", Assert.Single(world.Decide().Notes), StringComparison.Ordinal);
        world.Commit(new SetConfig("off", c => c with { Rebalance = c.Rebalance with { Enabled = false } }));
        Assert.Contains("rebalance.enabled is false", Assert.Single(world.Decide().Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_brought_back_from_everywhere_but_the_last_stretch()
    {
        foreach (var action in Enum.GetValues<LifecycleAction>())
        {
            var world = new LeavingWorld(3);
            world.Begin(action, skip: false, T1);
            world.Commit(new BringBack([T1]));
            Assert.Equal(NodeFlags.None, world.FlagsOf(T1));
            Assert.Empty(world.Document.Transitions);
            Assert.Equal("g2", world.Document.Rebalance.Id);
            Assert.Empty(world.Decide().Steps.Select(step => step.NodeId).Concat(world.Decide().Notes));
        }
        var late = new LeavingWorld(3);
        late.Begin(LifecycleAction.Decommission, skip: true, T1);
        var refused = Assert.Throws<StoreException>(() => late.Commit(new BringBack([T1])));
        Assert.Contains("told to forget the cluster already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_has_forgotten_and_comes_back_is_a_new_node()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Decommission, skip: true, T1);
        world.Commit(new AddNode(TestNodes.Target(1, "two")));
        Assert.Equal(NodeFlags.None, world.FlagsOf(T1));
        Assert.Empty(world.Document.Transitions);
        // One that only lost its disks on its way goes on with it.
        world.Begin(LifecycleAction.Decommission, skip: false, T2);
        world.Commit(new AddNode(TestNodes.Target(2, "two")));
        Assert.Equal(NodeFlags.Decommission, world.FlagsOf(T2));
        Assert.Equal([T2], world.Document.Transitions.Keys);
    }
}
