using Skein.Cluster.Rebalance;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Rebalance;

public sealed class RebalancePolicyTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(1, 4).Select(number => TestNodes.Target(number).Id)];

    [Fact]
    public void A_target_that_comes_to_data_begins_a_rebalance_which_ends_when_all_are_clean()
    {
        var world = new World(3);
        Assert.True(world.Document.IsSettled);
        world.Commit(new AddNode(TestNodes.Target(4)));
        Assert.False(world.Document.IsSettled);
        Assert.Equal(("g1", RebalanceState.Running), (world.Document.Rebalance.Id, world.Document.Rebalance.Run.State));
        Assert.Null(world.Next());
        world.Report(Ids[0], isClean: true);
        world.Report(Ids[3], isClean: true);
        world.Step();
        Assert.False(world.Document.IsSettled);
        Assert.Equal([Ids[0], Ids[3]], world.Document.Rebalance.Clean.Keys);
        Assert.Null(world.Next());
        world.Report(Ids[1], isClean: true);
        world.Report(Ids[2], isClean: true);
        world.Step();
        Assert.True(world.Document.IsSettled);
        Assert.Equal(RebalanceRun.None with { State = RebalanceState.Finished, OwnersVersion = 4 + 2 },
            world.Document.Rebalance.Run);
        Assert.Empty(world.Document.Rebalance.Clean);
        Assert.Null(world.Next());
    }

    [Fact]
    public void What_was_said_under_other_owners_does_not_count()
    {
        var world = new World(3);
        world.Commit(new AddNode(TestNodes.Target(4)));
        foreach (var id in Ids)
        {
            world.Report(id, isClean: true);
        }
        world.Commit(new BeginTransition([Ids[1]], World.Maintenance));
        Assert.Equal("g2", world.Document.Rebalance.Id);
        Assert.Null(world.Next());
        Assert.Same(world.Document, world.Applied(new NoteCleanTargets(Ids, world.Document.Rebalance.OwnersVersion - 1)));
    }

    [Fact]
    public void A_target_that_is_down_begins_nothing_and_is_named_when_a_rebalance_ends_without_it()
    {
        var world = new World(3);
        world.Commit(new SetNodeFlags(Ids[2], NodeFlags.Down, NodeFlags.None));
        Assert.False(world.Document.IsSettled);
        Assert.Equal(RebalanceState.None, world.Document.Rebalance.Run.State);
        world.Commit(new AddNode(TestNodes.Target(4)));
        Assert.True(world.Document.Rebalance.Run.IsRunning);
        foreach (var id in new[] { Ids[0], Ids[1], Ids[3] })
        {
            world.Report(id, isClean: true);
        }
        world.Step();
        world.Step();
        Assert.False(world.Document.IsSettled);
        Assert.Equal(RebalanceState.Finished, world.Document.Rebalance.Run.State);
        Assert.Contains(Ids[2], world.Document.Rebalance.Run.Note, StringComparison.Ordinal);
        Assert.Null(world.Next());
        // It comes back: what was written meanwhile goes to it, what it has goes to the new one.
        world.Commit(new SetNodeFlags(Ids[2], NodeFlags.None, NodeFlags.Down));
        Assert.Equal("g2", world.Document.Rebalance.Id);
        Assert.True(world.Document.Rebalance.Run.IsRunning);
    }

    [Fact]
    public void The_data_is_settled_when_the_last_target_that_was_not_clean_is_removed()
    {
        var world = new World(3);
        world.Commit(new SetNodeFlags(Ids[2], NodeFlags.Down, NodeFlags.None));
        world.Report(Ids[0], isClean: true);
        world.Report(Ids[1], isClean: true);
        world.Step();
        Assert.False(world.Document.IsSettled);
        world.Commit(new RemoveNode(Ids[2]));
        Assert.True(world.Document.IsSettled);
    }

    [Fact]
    public void Who_holds_what_belongs_elsewhere_begins_a_rebalance_once_and_not_after_a_stop()
    {
        var world = new World(3, rebalances: false);
        world.Commit(new AddNode(TestNodes.Target(4)));
        Assert.Equal(RebalanceState.None, world.Document.Rebalance.Run.State);
        world.Report(Ids[0], isClean: false);
        Assert.Null(world.Next());
        world.Commit(World.Rebalances(true));
        Assert.IsType<StartRebalance>(world.Next());
        world.Step();
        foreach (var id in Ids)
        {
            world.Report(id, isClean: id != Ids[0]);
        }
        world.Step();
        world.Step();
        Assert.Equal(RebalanceState.Finished, world.Document.Rebalance.Run.State);
        Assert.Contains(Ids[0], world.Document.Rebalance.Run.Note, StringComparison.Ordinal);
        Assert.Null(world.Next());
        world.Commit(new StartRebalance());
        world.Commit(new StopRebalance("by hand"));
        Assert.Equal(("g2", RebalanceState.Stopped), (world.Document.Rebalance.Id, world.Document.Rebalance.Run.State));
        world.Report(Ids[0], isClean: false);
        Assert.Null(world.Next());
    }

    [Fact]
    public void A_target_that_was_emptied_is_asked_for_nothing_until_it_owns_names_again()
    {
        var world = new World(3);
        world.Commit(new BeginTransition([Ids[2]], World.Maintenance));
        var digest = Enumerable.Range(0, 1000).Select(i => HrwDigest.OfObject("ais/@#/b", $"o{i}"))
            .First(found => world.Document.Rebalance.Owners[0].Owner(found) == Ids[2]);
        var owner = world.Document.Map.Owner(digest)!.Id;
        Assert.Equal([Ids[2]], world.Document.Rebalance.Holders(owner, digest, -1)!);
        Assert.True(world.Document.Rebalance.MayHold(Ids[2]));
        world.Report(Ids[2], isClean: true);
        world.Step();
        Assert.True(world.Document.Rebalance.IsClean(Ids[2]));
        Assert.Empty(world.Document.Rebalance.Holders(owner, digest, -1)!);
        Assert.False(world.Document.Rebalance.MayHold(Ids[2]));
        world.Commit(new BringBack([Ids[2]]));
        world.Commit(new BeginTransition([Ids[2]], World.Maintenance));
        Assert.Equal([Ids[2]], world.Document.Rebalance.Holders(owner, digest, -1)!);
        Assert.True(world.Document.Rebalance.MayHold(Ids[2]));
    }

    [Fact]
    public void Nobody_waits_for_a_target_that_is_out_of_service()
    {
        var world = new World(3);
        world.Commit(new BeginTransition([Ids[2]], World.Maintenance));
        foreach (var id in Ids[..3])
        {
            world.Report(id, isClean: true);
        }
        world.Step();
        Assert.True(world.Document.IsSettled);
        world.Commit(new EndTransition(Ids[2]));
        world.Commit(new StartRebalance());
        Assert.Null(world.Next());
        world.Report(Ids[0], isClean: true);
        world.Report(Ids[1], isClean: true);
        world.Step();
        Assert.Equal((RebalanceState.Finished, ""), (world.Document.Rebalance.Run.State, world.Document.Rebalance.Run.Note));
    }

    [Fact]
    public void A_target_that_is_silent_is_named_and_not_waited_for()
    {
        var world = new World(3);
        world.Commit(new BeginTransition([Ids[2]], World.Maintenance));
        world.Report(Ids[0], isClean: true);
        world.Report(Ids[1], isClean: true);
        world.Step();
        Assert.Null(world.Next());
        world.Silent.Add(Ids[2]);
        world.Step();
        Assert.False(world.Document.IsSettled);
        Assert.Equal(RebalanceState.Finished, world.Document.Rebalance.Run.State);
        Assert.Contains(Ids[2], world.Document.Rebalance.Run.Note, StringComparison.Ordinal);
        Assert.Null(world.Next());
    }

    [Fact]
    public void Everything_of_it_survives_the_way_to_disk()
    {
        var world = new World(3);
        world.Commit(new BeginTransition([Ids[2]], World.Maintenance));
        world.Report(Ids[1], isClean: true);
        world.Step();
        var read = ControlDocumentCodec.Open(ControlDocumentCodec.Seal(world.Document).Body).Document;
        Assert.Equal(world.Document.Rebalance, read.Rebalance);
        Assert.Equal(world.Document.Transitions, read.Transitions);
        Assert.Equal(World.Maintenance, Assert.Single(read.Transitions).Value);
    }

    /// <summary>A cluster with one bucket, and what its targets report.</summary>
    private sealed class World
    {
        private readonly Dictionary<string, RebalanceReport> _reports = [];

        public World(int targets, bool rebalances = true)
        {
            Document = new ControlDocument
            {
                Map = new ClusterMap(ClusterMap.NoNodes, ClusterMap.NoNodes, "", "u", "", 1),
            };
            Commit(new AddNode(TestNodes.Proxy(1)));
            Commit(Rebalances(rebalances));
            for (var number = 1; number <= targets; number++)
            {
                Commit(new AddNode(TestNodes.Target(number)));
            }
            Commit(new CreateBucket(
                BucketName.ParseUname("ais/@#/b"), (config, id) => BucketProps.Create(config, Providers.Ais, id, 1)));
        }

        public static NodeTransition Maintenance { get; } =
            new(LifecycleAction.Maintenance, false, false, true, false, "test");

        public ControlDocument Document { get; private set; }

        public HashSet<string> Silent { get; } = [];

        public static SetConfig Rebalances(bool enabled) => new(
            "rebalance.enabled",
            config => config with { Rebalance = config.Rebalance with { Enabled = enabled } });

        public ControlDocument Applied(ControlChange change) => change.Apply(Document);

        public void Commit(ControlChange change)
        {
            var next = change.Apply(Document);
            if (!ReferenceEquals(next, Document))
            {
                Document = next with { Stamp = new DocumentStamp(0, 1, Document.Stamp.Version + 1) };
            }
        }

        public void Report(string id, bool isClean) => _reports[id] =
            new RebalanceReport(Document.Rebalance.Version, Document.Rebalance.OwnersVersion, isClean);

        public RebalanceChange? Next() =>
            RebalancePolicy.Next(Document, node => _reports.GetValueOrDefault(node.Id), node => Silent.Contains(node.Id));

        public void Step()
        {
            var change = Next();
            Assert.NotNull(change);
            Commit(change);
        }
    }
}
