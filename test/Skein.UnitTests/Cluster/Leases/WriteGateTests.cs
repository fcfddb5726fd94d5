using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Skein.Cluster.Leases;
using Skein.Cluster.Metadata;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Leases;

public sealed class WriteGateTests
{
    private static readonly NodeInfo Self = TestNodes.Target(1);
    private static readonly NodeInfo Other = TestNodes.Target(2);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly MetadataFeed _feed = new(NullLogger<MetadataFeed>.Instance);
    private readonly WriteLease _lease;
    private readonly WriteGate _gate;
    private int _renewals;

    public WriteGateTests()
    {
        _lease = new WriteLease(_time);
        _gate = new WriteGate(Self.Id, _feed, _lease, () => _renewals++, _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_lease_a_write_is_refused_with_the_reason_after_asking_for_one()
    {
        var document = Publish(With(Self), 5);
        var entering = _gate.EnterAsync(Name(document, Self), Cancel).AsTask();
        var error = await Assert.ThrowsAsync<StoreException>(() => AdvanceUntilAsync(entering));
        Assert.Equal(StoreErrorCode.NotReady, error.Code);
        Assert.Contains("has no lease", error.Message, StringComparison.Ordinal);
        Assert.Contains("Reads go on", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, _renewals);
    }

    [Fact]
    public async Task A_lease_ends_by_itself_and_a_write_that_outlives_it_is_not_acknowledged()
    {
        var document = Publish(With(Self), 5);
        var name = Name(document, Self);
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 5), 1);
        var entered = await _gate.EnterAsync(name, Cancel);
        Assert.Equal(5, entered);
        _gate.Confirm(name, entered);
        _time.Advance(TimeSpan.FromMilliseconds(4001));
        Assert.False(_lease.IsHeld);
        var error = Assert.Throws<StoreException>(() => _gate.Confirm(name, entered));
        Assert.Contains("may have been made or not", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_slept_has_no_lease_whatever_its_monotonic_clock_says()
    {
        Publish(With(Self), 5);
        var asleep = new SleepyTime();
        var lease = new WriteLease(asleep);
        lease.Renew(lease.Now, new LeaseGrant(4000, 5), 1);
        Assert.True(lease.IsHeld);
        asleep.Wall += TimeSpan.FromMinutes(1);
        Assert.False(lease.IsHeld);
        lease.Renew(lease.Now, new LeaseGrant(4001, 5), 1);
        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task A_name_that_was_taken_over_is_written_when_no_older_lease_is_left()
    {
        var before = Publish(With(Self, Other), 5);
        var moved = Name(before, Other);
        Publish(new SetNodeFlags(Other.Id, NodeFlags.Down, NodeFlags.None).Apply(before), 6);
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 5), 1);
        var own = await _gate.EnterAsync(Name(before, Self), Cancel);
        Assert.Equal(6, own);
        var entering = _gate.EnterAsync(moved, Cancel).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(entering.IsCompleted);
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 6), 1);
        await AdvanceUntilAsync(entering);
        Assert.Equal(6, await entering);
    }

    [Fact]
    public async Task A_name_that_went_to_another_and_came_back_during_the_write_is_not_acknowledged()
    {
        var before = Publish(With(Self, Other), 5);
        var mine = Name(before, Self);
        _lease.Renew(_lease.Now, new LeaseGrant(60_000, 5), 1);
        var entered = await _gate.EnterAsync(mine, Cancel);
        var away = Publish(new SetNodeFlags(Self.Id, NodeFlags.Suspect, NodeFlags.None).Apply(before), 6);
        Assert.Throws<StoreException>(() => _gate.Confirm(mine, entered));
        Publish(new SetNodeFlags(Self.Id, NodeFlags.None, NodeFlags.Suspect).Apply(away), 7);
        _lease.Renew(_lease.Now, new LeaseGrant(60_000, 7), 1);
        Assert.Throws<StoreException>(() => _gate.Confirm(mine, entered));
        Assert.Equal(7, await _gate.EnterAsync(mine, Cancel));
    }

    [Fact]
    public async Task A_name_of_another_target_is_refused_at_once()
    {
        var document = Publish(With(Self, Other), 5);
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 5), 1);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await _gate.EnterAsync(Name(document, Other), Cancel));
        Assert.Contains("does not own this name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_with_a_lease_and_for_its_own_names_a_target_says_that_there_is_no_such_object()
    {
        var document = Publish(With(Self, Other), 5);
        var denying = _gate.MayDenyAsync(Name(document, Self), Cancel).AsTask();
        await AdvanceUntilAsync(denying);
        Assert.False(await denying);
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 5), 1);
        Assert.True(await _gate.MayDenyAsync(Name(document, Self), Cancel));
        Assert.False(await _gate.MayDenyAsync(Name(document, Other), Cancel));
    }

    [Fact]
    public async Task With_the_policy_available_no_lease_is_needed()
    {
        var document = With(Self);
        var config = document.Config with
        {
            Skein = document.Config.Skein with { PartitionPolicy = PartitionPolicy.Available },
        };
        document = Publish(document with { Config = config }, 5);
        var name = Name(document, Self);
        _gate.Confirm(name, await _gate.EnterAsync(name, Cancel));
    }

    [Fact]
    public void What_was_learnt_in_an_older_generation_does_not_count()
    {
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 90), 1);
        Assert.Equal(90, _lease.Floor(1));
        Assert.Equal(0, _lease.Floor(2));
        _lease.Renew(_lease.Now, new LeaseGrant(4000, 40), 2);
        Assert.Equal(40, _lease.Floor(2));
    }

    private static ControlDocument With(params NodeInfo[] targets)
    {
        var document = ControlDocument.Empty with
        {
            Stamp = new DocumentStamp(1, 1, 3),
            Map = new ClusterMap(ClusterMap.NoNodes, ClusterMap.NoNodes, "", "uuid", "", 1),
        };
        document = targets.Aggregate(document, (current, node) => new AddNode(node).Apply(current));
        return new CreateBucket(
            BucketName.Ais("b"), (config, id) => BucketProps.Create(config, Providers.Ais, id, 0)).Apply(document);
    }

    private static ulong Name(ControlDocument document, NodeInfo owner) => Enumerable.Range(0, 1000)
        .Select(i => HrwDigest.OfObject("ais/@#/b", $"o{i}"))
        .First(digest => document.Map.Owner(digest)!.Id == owner.Id);

    private ControlDocument Publish(ControlDocument document, long version)
    {
        var owners = document.Rebalance.Owners;
        var stamped = document with
        {
            Stamp = new DocumentStamp(1, 1, version),
            Rebalance = document.Rebalance with
            {
                Owners = owners.SetItem(owners.Length - 1, new OwnerSet(version, owners[^1].TargetIds)),
            },
        };
        _feed.Publish(ControlDocumentCodec.Seal(stamped));
        return stamped;
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        for (var i = 0; i < 2000 && !task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }
        await task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    /// <summary>A machine whose monotonic clock stands still while it sleeps.</summary>
    private sealed class SleepyTime : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch.AddYears(55);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 0;
    }
}
