using Skein.Cluster.Liveness;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Liveness;

public sealed class FailureDetectorTests
{
    private const long Period = 250;

    private static readonly string Target1 = TestNodes.Target(1).Id;
    private static readonly string Target2 = TestNodes.Target(2).Id;
    private static readonly string Proxy2 = TestNodes.Proxy(2).Id;

    [Fact]
    public void A_node_that_nobody_reaches_is_down_and_comes_back_with_its_first_keepalive()
    {
        var world = new World(3);
        world.Run(4000);
        Assert.Empty(world.Log);
        world.Kill(Target1);
        world.Run(9000);
        Assert.Empty(world.Log);
        world.Run(3000);
        var down = Assert.Single(world.Log);
        Assert.Contains("set [Down]", down, StringComparison.Ordinal);
        Assert.Contains("nobody reaches it", down, StringComparison.Ordinal);
        Assert.False(world.Node(Target1).IsActive);
        Assert.Contains(world.Alerts, alert => alert.Contains(Target1, StringComparison.Ordinal));
        world.Revive(Target1);
        world.Run(2000);
        Assert.True(world.Node(Target1).IsActive);
        Assert.Empty(world.Alerts);
    }

    [Fact]
    public void A_node_that_does_not_reach_the_primary_but_is_reached_is_suspect_not_down()
    {
        var world = new World(3);
        world.Mute(Target1);
        world.Run(14_000);
        Assert.Equal(NodeFlags.Suspect, world.Node(Target1).Flags);
        Assert.Contains("others reach it", Assert.Single(world.Log), StringComparison.Ordinal);
        world.Kill(Target1);
        world.Run(14_000);
        Assert.Equal(NodeFlags.Down, world.Node(Target1).Flags);
    }

    [Fact]
    public void A_node_whose_data_network_is_dead_is_suspect_although_it_is_heard_of()
    {
        var world = new World(3);
        world.CutData(Target1);
        world.Run(25_000);
        Assert.Equal(NodeFlags.Suspect, world.Node(Target1).Flags);
        Assert.Contains("data network", Assert.Single(world.Log), StringComparison.Ordinal);
        world.Revive(Target1);
        world.Run(8000);
        Assert.True(world.Node(Target1).IsActive);
    }

    [Fact]
    public void One_lost_probe_condemns_nobody()
    {
        var world = new World(3);
        for (var i = 0; i < 40; i++)
        {
            world.CutData(Target1);
            world.Run(5000);
            world.Revive(Target1);
            world.Run(5000);
        }
        Assert.Empty(world.Log);
    }

    [Fact]
    public void When_more_than_a_third_vanish_nothing_is_changed_and_an_alert_says_so()
    {
        var world = new World(6);
        for (var number = 1; number <= 3; number++)
        {
            world.Kill(TestNodes.Target(number).Id);
        }
        world.Run(30_000);
        Assert.Empty(world.Log);
        Assert.Contains("3 of 6 targets vanished together", Assert.Single(world.Alerts), StringComparison.Ordinal);
        // Two of them come back: one of six is a fault of its own.
        world.Revive(Target1);
        world.Revive(Target2);
        world.Run(5000);
        Assert.Contains("set [Down]", Assert.Single(world.Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_last_target_is_never_called_down(int targets)
    {
        var world = new World(targets);
        for (var number = 1; number <= targets; number++)
        {
            world.Kill(TestNodes.Target(number).Id);
        }
        world.Run(30_000);
        Assert.NotEmpty(world.Document.Map.ActiveTargets);
        Assert.NotEmpty(world.Alerts);
    }

    [Fact]
    public void One_of_two_targets_may_be_called_down()
    {
        var world = new World(2);
        world.Kill(Target2);
        world.Run(14_000);
        Assert.False(world.Node(Target2).IsActive);
        Assert.True(world.Node(Target1).IsActive);
    }

    [Fact]
    public void A_proxy_is_called_down_without_regard_to_targets()
    {
        var world = new World(3);
        world.Kill(Proxy2);
        world.Run(14_000);
        Assert.Equal(NodeFlags.Down, world.Node(Proxy2).Flags);
    }

    [Fact]
    public void Time_in_which_the_primary_itself_stood_still_is_nobodys_silence()
    {
        var world = new World(3);
        world.Run(4000);
        for (var i = 0; i < 20; i++)
        {
            world.Pause(60_000);
            world.Run(1000);
        }
        Assert.Empty(world.Log);
    }

    [Fact]
    public void A_starved_primary_still_notices_a_death_in_the_end()
    {
        var world = new World(3);
        world.Kill(Target1);
        for (var i = 0; i < 400; i++)
        {
            world.Pause(300); // each look comes late
            world.Run(Period);
        }
        Assert.Equal(NodeFlags.Down, world.Node(Target1).Flags);
    }

    [Fact]
    public void One_that_comes_and_goes_is_observed_for_longer_each_time()
    {
        var world = new World(3);
        var waits = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            world.Kill(Target1);
            world.Run(14_000);
            Assert.False(world.Node(Target1).IsActive);
            world.Revive(Target1);
            waits.Add(world.RunUntil(() => world.Node(Target1).IsActive, 400_000));
        }
        Assert.True(waits[0] < 2000, string.Join(", ", waits));
        Assert.True(waits[1] is >= 5000 and < 8000, string.Join(", ", waits));
        Assert.True(waits[2] is >= 10_000 and < 13_000, string.Join(", ", waits));
        Assert.True(waits[4] is >= 40_000 and < 44_000, string.Join(", ", waits));
        world.Run(700_000);
        world.Kill(Target1);
        world.Run(14_000);
        world.Revive(Target1);
        Assert.True(world.RunUntil(() => world.Node(Target1).IsActive, 400_000) < 2000, "steady again, and still observed");
    }

    [Fact]
    public void A_node_under_maintenance_is_left_alone()
    {
        var world = new World(3);
        world.Change(new SetNodeFlags(Target1, NodeFlags.Maintenance, NodeFlags.None));
        world.Kill(Target1);
        world.Run(30_000);
        Assert.Empty(world.Log);
        Assert.Empty(world.Alerts);
    }

    [Fact]
    public void A_dead_node_that_is_brought_back_is_observed_anew()
    {
        var world = new World(3);
        world.Change(new SetNodeFlags(Target1, NodeFlags.Maintenance, NodeFlags.None));
        world.Kill(Target1);
        world.Run(30_000);
        world.Change(new SetNodeFlags(Target1, NodeFlags.None, NodeFlags.Maintenance));
        world.Run(8000);
        Assert.Empty(world.Log);
        world.Run(4000);
        Assert.Contains("set [Down]", Assert.Single(world.Log), StringComparison.Ordinal);
    }

    /// <summary>A cluster of one primary, one other proxy and targets, each of which can be cut off in several ways.</summary>
    private sealed class World
    {
        private readonly FailureDetector _detector = new(TestNodes.Proxy(1).Id, new FailureDetectorOptions { Period = Period });
        private readonly HashSet<string> _dead = [];
        private readonly HashSet<string> _mute = [];
        private readonly HashSet<string> _noData = [];
        private readonly Dictionary<string, long> _heard = [];
        private readonly List<ProbeReport> _reports = [];
        private long _now = 1_000_000;
        private long _lastKeepAlive;

        public World(int targets)
        {
            var document = ControlDocument.Empty with
            {
                Map = new ClusterMap(ClusterMap.NoNodes, ClusterMap.NoNodes, TestNodes.Proxy(1).Id, "uuid", "", 1),
            };
            document = new AddNode(TestNodes.Proxy(1)).Apply(document);
            document = new AddNode(TestNodes.Proxy(2)).Apply(document);
            for (var number = 1; number <= targets; number++)
            {
                document = new AddNode(TestNodes.Target(number)).Apply(document);
            }
            Document = document;
            Run(1000);
        }

        public ControlDocument Document { get; private set; }

        public List<string> Log { get; } = [];

        public IReadOnlyList<string> Alerts { get; private set; } = [];

        public NodeInfo Node(string id) => Document.Map.Find(id)!;

        public void Kill(string id) => _dead.Add(id);

        public void Mute(string id) => _mute.Add(id);

        public void CutData(string id) => _noData.Add(id);

        public void Revive(string id)
        {
            _dead.Remove(id);
            _mute.Remove(id);
            _noData.Remove(id);
        }

        public void Change(ControlChange change) => Document = change.Apply(Document);

        /// <summary>The primary does nothing for a while; what the others send waits for it.</summary>
        public void Pause(long milliseconds) => _now += milliseconds;

        public void Run(long milliseconds) => RunUntil(() => false, milliseconds);

        public long RunUntil(Func<bool> done, long limit)
        {
            var start = _now;
            while (!done() && _now - start < limit)
            {
                _now += Period;
                Look();
            }
            return _now - start;
        }

        private void Look()
        {
            _reports.ForEach(report => _detector.OnProbe(report, _now));
            _reports.Clear();
            var step = _detector.Tick(Document, id => _heard.TryGetValue(id, out var at) ? at : null, _now);
            foreach (var id in step.Probe)
            {
                _reports.Add(new ProbeReport(id, !_dead.Contains(id), !_dead.Contains(id) && !_noData.Contains(id)));
            }
            foreach (var change in step.Changes)
            {
                Document = change.Change.Apply(Document);
                if (change.Change.Set != NodeFlags.None)
                {
                    Log.Add($"{change.Change.Describe()}: {change.Why}");
                }
            }
            Alerts = step.Alerts;
            if (_now - _lastKeepAlive >= 1000)
            {
                _lastKeepAlive = _now;
                foreach (var node in Document.Map.AllNodes.Where(node => !_dead.Contains(node.Id) && !_mute.Contains(node.Id)))
                {
                    _heard[node.Id] = _now;
                }
            }
        }
    }
}
