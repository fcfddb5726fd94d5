using Microsoft.Extensions.Time.Testing;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Target.Backends;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Remote;

/// <summary>
/// A change that got to the home of a remote object, and whose answer did not come back: the target was killed, or the
/// connection broke. What is stored here is older then, and must not be served for ever.
/// </summary>
public sealed class RemoteWritesTests : IAsyncLifetime
{
    private static readonly BucketName Bucket = new("b", Providers.Ais, new BucketNamespace("far-cluster", ""));

    private readonly FakeBackend _home = new();
    private readonly LoneTarget _target = new(Bucket, new BucketProps { BucketId = 7 });
    private readonly FakeTimeProvider _time = new();
    private StoreFixture _disks = null!;

    public async ValueTask InitializeAsync() => _disks = await StoreFixture.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _disks.DisposeAsync();
        _target.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterACrashBetweenTheTwoWritesTheNewBytesAreServed(bool killed)
    {
        var objects = Start();
        await PutAsync(objects, "old");
        _home.After = killed
            ? new InvalidOperationException("the process was killed")
            : new StoreException(StoreErrorCode.Unreachable, "the connection broke");
        await Assert.ThrowsAnyAsync<Exception>(() => PutAsync(objects, "new"));
        _home.After = null;
        if (killed)
        {
            await _disks.KillAsync();
            await _disks.StartAsync();
            objects = Start();
        }

        // While the home does not answer, what is here is served; it is not forgotten that it may be older.
        _home.Before = new StoreException(StoreErrorCode.Unreachable, "gone");
        Assert.Equal("old", await GetAsync(objects));
        _home.Before = null;
        Assert.Equal("2", (await HeadAsync(objects)).Attributes.Version);
        Assert.Equal("new", await GetAsync(objects));
        Assert.Equal(1, _home.Opened);
        Assert.Equal("new", await GetAsync(objects));
        Assert.Equal(1, _home.Opened);
    }

    [Fact]
    public async Task AfterACrashBetweenTheTwoDeletesNothingIsServed()
    {
        var objects = Start();
        await PutAsync(objects, "old");
        _home.After = new InvalidOperationException("the process was killed");
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => objects.DeleteAsync(new DeleteObjectRequest { Object = Object() }, StoreFixture.Cancel));
        _home.After = null;
        await _disks.KillAsync();
        await _disks.StartAsync();
        objects = Start();
        var error = await Assert.ThrowsAsync<StoreException>(() => GetAsync(objects));
        Assert.Equal(StoreErrorCode.ObjectNotFound, error.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NewMetadataDoNotMakeOlderBytesPassForThoseOfTheHome(bool replaceAll)
    {
        var objects = Start();
        await PutAsync(objects, "old");
        _home.After = new StoreException(StoreErrorCode.Unreachable, "the connection broke");
        await Assert.ThrowsAsync<StoreException>(() => PutAsync(objects, "new"));
        _home.After = null;
        var patch = new PatchObjectRequest { Object = Object(), Custom = [new("color", "red")], ReplaceAll = replaceAll };
        await objects.PatchAsync(patch, StoreFixture.Cancel);
        _home.Before = new StoreException(StoreErrorCode.Unreachable, "gone");
        Assert.Contains((await HeadAsync(objects)).Attributes.Custom, pair => pair is { Key: "color", Value: "red" });
        _home.Before = null;
        Assert.Equal("new", await GetAsync(objects));
    }

    [Fact]
    public async Task AMetadataChangeWaitsForTheWriteOfTheSameNameAndIsNotLost()
    {
        var objects = Start();
        await PutAsync(objects, "old");
        var gate = new TaskCompletionSource();
        _home.Refusal = gate.Task;
        var put = PutAsync(objects, "new");
        await Poll.UntilAsync(() => Task.FromResult(_home.Asked == 2 ? null : "the home is not asked"));
        var patch = objects.PatchAsync(
            new PatchObjectRequest { Object = Object(), Custom = [new("color", "red")], ReplaceAll = true },
            StoreFixture.Cancel);
        gate.SetException(new StoreException(StoreErrorCode.BucketAccessDenied, "read-only"));
        await Assert.ThrowsAsync<StoreException>(() => put);
        await patch;
        Assert.Equal("color", Assert.Single((await HeadAsync(objects)).Attributes.Custom).Key);
        Assert.Equal("old", await GetAsync(objects));
    }

    [Fact]
    public async Task AChangeThatNeverArrivedLeavesWhatIsThere()
    {
        var objects = Start();
        await PutAsync(objects, "old");
        _home.Before = new InvalidOperationException("the process was killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => PutAsync(objects, "new"));
        _home.Before = null;
        Assert.Equal("old", await GetAsync(objects));
        Assert.Equal("source", Assert.Single((await HeadAsync(objects)).Attributes.Custom).Key);
        Assert.Equal(0, _home.Opened);
    }

    [Fact]
    public async Task ARefusedChangeLeavesNoMark()
    {
        var objects = Start();
        await PutAsync(objects, "old");
        _home.Before = new StoreException(StoreErrorCode.BucketAccessDenied, "read-only");
        await Assert.ThrowsAsync<StoreException>(() => PutAsync(objects, "new"));

        // Without a mark its home is not asked.
        Assert.Equal("old", await GetAsync(objects));
        Assert.Equal("source", Assert.Single((await HeadAsync(objects)).Attributes.Custom).Key);
    }

    [Fact]
    public async Task WhoWaitsTooLongForAnothersFetchIsToldToComeAgain()
    {
        var objects = Start();
        await PutAsync(objects, "far");
        await objects.DeleteAsync(new DeleteObjectRequest { Object = Object(), EvictsOnly = true }, StoreFixture.Cancel);
        var gate = new TaskCompletionSource();
        _home.Gate = gate.Task;
        var first = GetAsync(objects);
        await Poll.UntilAsync(() => Task.FromResult(_home.Opened == 1 ? null : "nothing is fetched"));
        var second = GetAsync(objects);
        await Poll.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(second.IsCompleted ? null : "it still waits");
        });
        var error = await Assert.ThrowsAsync<StoreException>(() => second);
        Assert.Equal(StoreErrorCode.Busy, error.Code);
        Assert.Contains("is being fetched", error.Message, StringComparison.Ordinal);
        gate.SetResult();
        Assert.Equal("far", await first);
        Assert.Equal(1, _home.Opened);
    }

    [Fact]
    public async Task TheLatestIsAskedForAndDiffersOrIsGone()
    {
        var objects = Start();
        await PutAsync(objects, "one");
        await _home.PutAsync(
            Bucket, "o", new BackendUpload(() => new MemoryStream([1, 2]), 2, Checksum.None, []), StoreFixture.Cancel);
        var head = new HeadObjectRequest { Object = Object(), LatestVersion = true };
        var differs = await Assert.ThrowsAsync<StoreException>(() => objects.HeadAsync(head, StoreFixture.Cancel));
        Assert.Equal(StoreErrorCode.Busy, differs.Code);
        await _home.DeleteAsync(Bucket, "o", StoreFixture.Cancel);
        var gone = await Assert.ThrowsAsync<StoreException>(() => objects.HeadAsync(head, StoreFixture.Cancel));
        Assert.Equal(StoreErrorCode.Gone, gone.Code);
    }

    [Fact]
    public async Task WhatChangesOrGoesAtHomeIsCounted()
    {
        using var target = new LoneTarget(
            Bucket, new BucketProps { BucketId = 8, Versioning = new() { Enabled = true, Synchronize = true } });
        var objects = LoneTarget.Remote(target.Start(_disks.Store), _home, _time);
        await target.PutAsync(objects, "o", "one");
        await _home.PutAsync(
            Bucket, "o", new BackendUpload(() => new MemoryStream([1, 2]), 2, Checksum.None, []), StoreFixture.Cancel);
        Assert.Equal("\u0001\u0002", await target.GetAsync(objects, "o", latest: true));
        Assert.Equal("\u0001\u0002", await target.GetAsync(objects, "o", latest: true));
        Assert.Equal(
            (1, 2),
            (target.Counters.Read(NodeCounter.ChangedAtHome), target.Counters.Read(NodeCounter.ChangedAtHomeBytes)));

        await _home.DeleteAsync(Bucket, "o", StoreFixture.Cancel);
        await Assert.ThrowsAsync<StoreException>(() => target.GetAsync(objects, "o", latest: true));
        Assert.Equal(1, target.Counters.Read(NodeCounter.GoneAtHome));
        await Assert.ThrowsAsync<StoreException>(() => target.GetAsync(objects, "o"));
    }

    private IObjectHandler Start() => LoneTarget.Remote(_target.Start(_disks.Store), _home, _time);

    private RequestedObject Object() => _target.Object("o");

    private Task PutAsync(IObjectHandler objects, string text) => _target.PutAsync(objects, "o", text);

    private Task<ObjectDescription> HeadAsync(IObjectHandler objects) =>
        objects.HeadAsync(new HeadObjectRequest { Object = Object() }, StoreFixture.Cancel);

    private Task<string> GetAsync(IObjectHandler objects) => _target.GetAsync(objects, "o");
}
