using System.Collections.Immutable;
using Skein.Cluster.Leases;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;

namespace Skein.UnitTests.Cluster.Leases;

/// <summary>
/// The account of leases in a small world with true time: primaries come and go, targets are added, declared down and
/// come back, messages are delayed and lost, clocks run fast and slow. At no moment may two targets write one name.
/// </summary>
public sealed class LeaseWorldTests
{
    private const int Worlds = 400;

    [Fact]
    public void No_two_targets_ever_may_write_one_name_and_when_all_is_quiet_one_may()
    {
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var failure = new World(seed, Fault.None).Run();
            Assert.True(failure is null, $"seed {seed}: {failure}");
        }
    }

    [Theory]
    [InlineData("ForgetsOlderPrimary")]
    [InlineData("GrantsToThoseBehind")]
    [InlineData("CountsFromTheAnswer")]
    [InlineData("IgnoresTheFloor")]
    public void A_broken_account_is_noticed(string name)
    {
        var fault = Enum.Parse<Fault>(name);
        Assert.Contains(Enumerable.Range(1, 2000), seed => new World(seed, fault).Run() is not null);
    }

    internal enum Fault
    {
        None,

        /// <summary>A new primary does not wait for the leases of the one before.</summary>
        ForgetsOlderPrimary,

        /// <summary>A target that does not hold the last change of ownership gets a lease all the same.</summary>
        GrantsToThoseBehind,

        /// <summary>A target counts its lease from the answer and not from the question.</summary>
        CountsFromTheAnswer,

        /// <summary>A target writes what it owns by its own map, whoever may still hold a lease.</summary>
        IgnoresTheFloor,
    }

    private sealed class World
    {
        private const long Step = 20;

        private static readonly LeaseTimes Times = new(1000, 200);

        private readonly Random _random;
        private readonly Fault _fault;
        private readonly List<ControlDocument> _documents = [];
        private readonly List<Target> _targets = [];
        private readonly List<Primary> _primaries = [];
        private readonly List<(long At, Action Do)> _mail = [];
        private readonly ulong[] _names = [.. Enumerable.Range(0, 12).Select(i => HrwDigest.OfObject("ais/@#/b", $"o{i}"))];
        private long _now = 10_000;
        private bool _quiet;

        public World(int seed, Fault fault)
        {
            _random = new Random(seed);
            _fault = fault;
            for (var i = 1; i <= 3; i++)
            {
                _targets.Add(new Target($"target{i:00}", Rate()));
            }
            var map = new ClusterMap(
                ClusterMap.NoNodes, ClusterMap.NoNodes.AddRange(_targets.Select(t => KeyValuePair.Create(t.Id, Node(t.Id)))),
                "", "uuid", "", 1);
            var first = new ControlDocument
            {
                Stamp = new DocumentStamp(1, 1, 1),
                Map = map,
                Rebalance = RebalanceMetadata.Empty.After([.. _targets.Select(t => t.Id)], 1, hasData: false),
                Buckets = BucketMetadata.Empty with
                {
                    Buckets = BucketMetadata.Empty.Buckets.Add(
                        BucketName.Ais("b"), BucketProps.Create(ClusterConfig.Default, "ais", 1, 0)),
                },
            };
            _documents.Add(first);
            Elect();
        }

        public string? Run()
        {
            for (var end = _now + 20_000; _now < end; _now += Step)
            {
                Disturb();
                if (Look() is { } failure)
                {
                    return failure;
                }
            }
            _quiet = true;
            for (var end = _now + 8000; _now < end; _now += Step)
            {
                if (Look() is { } failure)
                {
                    return failure;
                }
            }
            var idle = _names.FirstOrDefault(name => !_targets.Exists(target => MayWrite(target, name)));
            return idle == 0
                ? null
                : "nobody may write a name although all is quiet: " + string.Join("; ", _targets.Select(target =>
                    $"{target.Id} holds {target.Holds.Stamp}, floor {target.Floor} of {Newest.Rebalance.OwnersVersion}, "
                    + $"lease for {target.LeaseUntil - target.Clock(_now)} ms"));
        }

        private static NodeInfo Node(string id) => new()
        {
            PublicNet = NodeAddress.Create("http", "sim", 1),
            ControlNet = NodeAddress.Create("http", "sim", 1),
            DataNet = NodeAddress.Create("http", "sim", 1),
            Type = NodeRoles.Target,
            Id = id,
        };

        // Up to half of the bound, so that two clocks differ by no more than it.
        private double Rate() => 1 + ((_random.NextDouble() - 0.5) * 2 * LeaseBook.DriftBound);

        private ControlDocument Newest => _documents[^1];

        private string? Look()
        {
            foreach (var (_, action) in _mail.Where(letter => letter.At <= _now).ToList())
            {
                action();
            }
            _mail.RemoveAll(letter => letter.At <= _now);
            foreach (var target in _targets)
            {
                if (_now >= target.NextAsk && _now >= target.CutUntil)
                {
                    target.NextAsk = _now + 100;
                    Ask(target);
                }
            }
            foreach (var name in _names)
            {
                var writers = _targets.Where(target => MayWrite(target, name)).Select(target => target.Id).ToList();
                if (writers.Count > 1)
                {
                    return $"at {_now} {string.Join(" and ", writers)} may write one name";
                }
            }
            return null;
        }

        private bool MayWrite(Target target, ulong name) =>
            target.LeaseUntil > target.Clock(_now)
            && target.Holds.Rebalance.MayWrite(target.Id, name, _fault == Fault.IgnoresTheFloor ? long.MaxValue : target.Floor);

        /// <summary>One keepalive to whoever the target believes in, which may be a deposed primary.</summary>
        private void Ask(Target target)
        {
            var primary = _primaries[Math.Max(0, _primaries.Count - 1 - _random.Next(_quiet ? 1 : 2))];
            var askedAt = target.Clock(_now);
            var holds = target.Holds.Stamp.Version;
            var floor = target.Floor;
            Send(() =>
            {
                // A deposed primary learns of it within the election timeout, and knows no document that came after.
                if (_now >= primary.DeposedAt + Times.ElectionMin)
                {
                    return;
                }
                var document = primary.Document(this);
                primary.Book.Learn(floor);
                primary.Held[target.Id] = Math.Max(primary.Held.GetValueOrDefault(target.Id), holds);
                var grant = primary.Book.Ask(
                    document, target.Id, _fault == Fault.GrantsToThoseBehind ? long.MaxValue : holds,
                    primary.Clock(_now), Times, id => primary.Held.GetValueOrDefault(id));
                Send(() => Answered(target, document, grant, askedAt));
            });
        }

        private void Answered(Target target, ControlDocument document, LeaseGrant grant, long askedAt)
        {
            if (document.Stamp < target.Holds.Stamp)
            {
                return;
            }
            target.Holds = document;
            target.Floor = Math.Max(target.Floor, grant.Floor);
            if (grant.Milliseconds > 0)
            {
                var from = _fault == Fault.CountsFromTheAnswer ? target.Clock(_now) : askedAt;
                target.LeaseUntil = Math.Max(target.LeaseUntil, from + grant.Milliseconds);
            }
        }

        private void Send(Action action)
        {
            if (_quiet || _random.NextDouble() < 0.9)
            {
                _mail.Add((_now + (!_quiet && _random.Next(10) == 0 ? _random.Next(3000) : _random.Next(60)), action));
            }
        }

        private void Disturb()
        {
            switch (_random.Next(120))
            {
                case 0:
                    Elect();
                    break;
                case 1 or 2:
                    Change();
                    break;
                case 3:
                    _targets[_random.Next(_targets.Count)].CutUntil = _now + _random.Next(4000);
                    break;
            }
        }

        private void Elect()
        {
            if (_primaries.Count > 0)
            {
                _primaries[^1].DeposedAt = _now;
                _primaries[^1].Last = Newest;
            }
            var primary = new Primary(Rate());
            if (_fault != Fault.ForgetsOlderPrimary)
            {
                primary.Book.Lead(primary.Clock(_now), Times);
            }
            _primaries.Add(primary);
            Commit(Newest, newTerm: true);
        }

        /// <summary>A target is declared down or comes back, at any moment: the account must bear it.</summary>
        private void Change()
        {
            var id = _targets[_random.Next(_targets.Count)].Id;
            var node = Newest.Map.Targets[id];
            var change = node.IsActive
                ? new SetNodeFlags(id, NodeFlags.Down, NodeFlags.None)
                : new SetNodeFlags(id, NodeFlags.None, NodeFlags.Down);
            if (!node.IsActive || Newest.Map.ActiveTargets.Count > 1)
            {
                Commit(change.Apply(Newest), newTerm: false);
            }
        }

        private void Commit(ControlDocument document, bool newTerm) => _documents.Add(document with
        {
            Stamp = new DocumentStamp(1, Newest.Stamp.Term + (newTerm ? 1 : 0), Newest.Stamp.Version + 1),
        });

        private sealed class Primary(double rate)
        {
            public LeaseBook Book { get; } = new();

            public Dictionary<string, long> Held { get; } = [];

            public long DeposedAt { get; set; } = long.MaxValue / 2;

            public ControlDocument? Last { get; set; }

            public long Clock(long now) => (long)(now * rate);

            public ControlDocument Document(World world) => Last ?? world.Newest;
        }

        private sealed class Target(string id, double rate)
        {
            public string Id => id;

            public ControlDocument Holds { get; set; } = ControlDocument.Empty;

            public long LeaseUntil { get; set; }

            public long Floor { get; set; }

            public long NextAsk { get; set; }

            public long CutUntil { get; set; }

            public long Clock(long now) => (long)(now * rate);
        }
    }
}
