using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using static Skein.UnitTests.Cluster.Lifecycle.LeavingWorld;

namespace Skein.UnitTests.Cluster.Lifecycle;

public sealed class LifecycleRefusalTests
{
    [Fact]
    public void The_primary_does_not_leave()
    {
        var world = new LeavingWorld(2);
        Assert.Equal(
            $"p[{P1}] is the current primary, cannot perform action \"shutdown-node\" on itself",
            Refused(world, LifecycleAction.Shutdown, false, P1));
    }

    [Fact]
    public void Twice_is_refused_unless_it_says_something_new()
    {
        var world = new LeavingWorld(3);
        world.Begin(LifecycleAction.Maintenance, skip: false, T1);
        Assert.Equal($"t[{T1}] is already in maintenance mode", Refused(world, LifecycleAction.Maintenance, false, T1));
        world.Begin(LifecycleAction.Maintenance, skip: true, T1); // gives its data up
        Assert.Equal($"t[{T1}] is already in maintenance mode", Refused(world, LifecycleAction.Maintenance, true, T1));
        world.Begin(LifecycleAction.Shutdown, skip: false, T1);
        world.Begin(LifecycleAction.Decommission, skip: false, T1);
        world.Begin(LifecycleAction.Decommission, skip: false, T1);
        Assert.Equal(NodeFlags.Decommission, world.FlagsOf(T1));
        foreach (var action in new[] { LifecycleAction.Maintenance, LifecycleAction.Shutdown })
        {
            Assert.Equal(
                $"t[{T1}] is being decommissioned: stop-maintenance brings it back", Refused(world, action, false, T1));
        }
    }

    [Fact]
    public void Objects_must_have_somewhere_to_go()
    {
        foreach (var action in Enum.GetValues<LifecycleAction>())
        {
            var world = new LeavingWorld(2);
            Assert.StartsWith(
                $"t[{T1}], t[{T2}]: no active target would remain", Refused(world, action, false, T1, P2, T2));
            world.Begin(action, skip: true, T1, T2);
            Assert.Empty(world.Document.Map.ActiveTargets);
            // Where nothing is stored, nothing has to go anywhere.
            var empty = new LeavingWorld(2, hasBucket: false);
            empty.Begin(action, skip: false, T1, T2);
            Assert.Empty(empty.Document.Map.ActiveTargets);
        }
    }

    [Fact]
    public void Who_is_in_service_is_not_brought_back()
    {
        var world = new LeavingWorld(2);
        var refused = Assert.Throws<StoreException>(() => world.Commit(new BringBack([T1])));
        Assert.Equal($"node t[{T1}] is not in maintenance mode - nothing to do", refused.Message);
    }

    private static string Refused(LeavingWorld world, LifecycleAction action, bool skip, params string[] ids)
    {
        var before = world.Document;
        var refused = Assert.Throws<StoreException>(() => world.Begin(action, skip, ids));
        Assert.Equal(StoreErrorCode.InvalidRequest, refused.Code);
        Assert.Same(before, world.Document);
        return refused.Message;
    }
}
