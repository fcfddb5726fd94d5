using Microsoft.Extensions.Time.Testing;
using Skein.Core.Buckets;
using Skein.Core.Config.Sections;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Target.Buckets;
using Skein.Target.Jobs;
using Skein.Target.Objects;
using Skein.Target.Remote;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Remote;

/// <summary>Which objects of remote buckets give way for space: those that were not read for the longest time.</summary>
public sealed class EvictionTests : IAsyncLifetime
{
    private static readonly BucketName Bucket = new("b", Providers.Ais, new BucketNamespace("far-cluster", ""));

    // Files get their first access time from the kernel's clock: this one begins there.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly LoneTarget _target;
    private readonly StoreFixture _disks = new(1);
    private TargetServices _services = null!;
    private IObjectHandler _objects = null!;

    public EvictionTests()
    {
        var props = new BucketProps
        {
            BucketId = 7,
            Lru = new LruSection { Enabled = true, DontEvictTime = TimeSpan.FromHours(2) },
        };
        _target = new LoneTarget(Bucket, props, _time);
        // Every disk is fuller than this.
        _target.Configure(config => config with { Space = config.Space with { LowWatermark = 0 } });
        _disks.Time = _time;
    }

    public async ValueTask InitializeAsync()
    {
        await _disks.StartAsync();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _disks.DisposeAsync();
        _target.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatWasReadLatelyStays(bool killed)
    {
        await StoreAsync("read", "unread");
        _time.Advance(TimeSpan.FromHours(3));
        Assert.Equal("content of read", await _target.GetAsync(_objects, "read"));
        if (killed)
        {
            await _disks.KillAsync();
            await _disks.StartAsync();
            Start();
        }
        Assert.Equal(1, await EvictAsync());
        Assert.Equal(["read"], await NamesAsync());
        Assert.Equal(1, _target.Counters.Read(NodeCounter.Evicted));

        // Reading protects for as long as storing does.
        _time.Advance(TimeSpan.FromHours(1.9));
        Assert.Equal(0, await EvictAsync());
        _time.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal(1, await EvictAsync());
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public async Task WhatWasStoredLatelyStays()
    {
        await StoreAsync("old");
        _time.Advance(TimeSpan.FromHours(3));
        await StoreAsync("new");
        Assert.Equal(1, await EvictAsync());
        Assert.Equal(["new"], await NamesAsync());
    }

    [Fact]
    public async Task ReadsOneAfterTheOtherAreNotedOnce()
    {
        await StoreAsync("o");
        _time.Advance(TimeSpan.FromHours(1));
        await _target.GetAsync(_objects, "o");
        var noted = await LastReadAsync();
        Assert.Equal(_time.GetUtcNow(), noted, TimeSpan.FromMilliseconds(1));
        _time.Advance(AccessTimes.Grain - TimeSpan.FromSeconds(1));
        await _target.GetAsync(_objects, "o");
        Assert.Equal(noted, await LastReadAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        await _target.GetAsync(_objects, "o");
        Assert.Equal(_time.GetUtcNow(), await LastReadAsync(), TimeSpan.FromMilliseconds(1));
    }

    private void Start()
    {
        _services = _target.Start(_disks.Store);
        _objects = LoneTarget.Remote(_services, new FakeBackend(), _time);
    }

    private async Task StoreAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _target.PutAsync(_objects, name, "content of " + name);
        }
    }

    /// <summary>Runs the job; the number of objects that it evicted.</summary>
    private async Task<long> EvictAsync()
    {
        var progress = new JobProgress();
        await new EvictionKind(_services).Job.Create(new JobMessage(), null)(progress, StoreFixture.Cancel);
        return progress.Stats.LocalObjects;
    }

    private async Task<IReadOnlyList<string>> NamesAsync() =>
        await _disks.NamesAsync(new BucketReferences().Of(Bucket, _target.Props));

    private async Task<DateTimeOffset> LastReadAsync()
    {
        using var handle = await _disks.Store.OpenReadAsync(
            new BucketReferences().Of(Bucket, _target.Props), "o", StoreFixture.Cancel);
        return AccessTimes.ReadFrom(handle!.File);
    }
}
