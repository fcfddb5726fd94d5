using Microsoft.Extensions.Time.Testing;
using Skein.Core.Buckets;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;
using Skein.Storage.Space;

namespace Skein.UnitTests.Storage;

/// <summary>Watermarks, full disks, and the removal of what belongs to no object.</summary>
public sealed class SpaceTests
{
    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private static CancellationToken Cancel => StoreFixture.Cancel;

    [Fact]
    public async Task Above_the_last_watermark_writes_are_refused_and_the_rest_works()
    {
        var time = new FakeTimeProvider();
        await using var fixture = new StoreFixture(1) { Time = time };
        await fixture.StartAsync();
        await fixture.PutAsync(Bucket, "kept", "content");
        await fixture.PutAsync(Bucket, "gone", "content");
        var space = fixture.Store.Space;
        Assert.False(space.IsOutOfSpace);
        Assert.Equal("", space.Problem);
        var used = fixture.Store.Mountpaths.All[0].Capacity().PercentUsed;
        Assert.SkipUnless(used > 3, "this disk is empty");
        space.Config = () => new SpaceSection
        {
            CleanupWatermark = 1,
            LowWatermark = 1,
            HighWatermark = 1,
            OutOfSpace = 100,
        };
        Assert.True(space.IsLow);
        Assert.False(space.IsOutOfSpace);
        Assert.StartsWith("low capacity: mountpath " + fixture.Paths[0].Path, space.Problem, StringComparison.Ordinal);
        space.Config = () => new SpaceSection
        {
            CleanupWatermark = 1,
            LowWatermark = 1,
            HighWatermark = 1,
            OutOfSpace = 2,
        };
        Assert.True(space.IsOutOfSpace);
        var refused = await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(Bucket, "new", "content"));
        Assert.Equal(StoreErrorCode.OutOfSpace, refused.Code);
        Assert.Contains($"no space left on mountpath {fixture.Paths[0].Path}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("space.out_of_space is 2%", refused.Message, StringComparison.Ordinal);
        Assert.Equal("content", await fixture.GetAsync(Bucket, "kept"));
        Assert.True(await fixture.Store.DeleteAsync(Bucket, "gone", Cancel));
        Assert.Equal(["kept"], await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_write_that_is_bigger_than_the_disk_is_refused_before_the_first_byte()
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        var refused = await Assert.ThrowsAsync<StoreException>(async () =>
            await fixture.Store.BeginWriteAsync(Bucket, "o", long.MaxValue, null, Cancel));
        Assert.Equal(StoreErrorCode.OutOfSpace, refused.Code);
        Assert.Contains("bytes are wanted", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_a_write_keeps_nothing_of_it()
    {
        var isFull = false;
        await using var fixture = new StoreFixture(1);
        var path = fixture.Paths[0].Path;
        fixture.Options = fixture.Options with
        {
            WrapDisk = disk => new HookedDisk(disk, step =>
            {
                if (Volatile.Read(ref isFull) && step == "write")
                {
                    throw DiskErrors.Make(Errno.NoSpace, step, "", path);
                }
            }),
        };
        await fixture.StartAsync();
        await fixture.PutAsync(Bucket, "o", "old");
        Volatile.Write(ref isFull, true);
        var refused = await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(Bucket, "o", new byte[1_000_000]));
        Assert.Equal((StoreErrorCode.OutOfSpace, $"no space left on mountpath {path}"), (refused.Code, refused.Message));
        Volatile.Write(ref isFull, false);
        Assert.Equal("old", await fixture.GetAsync(Bucket, "o"));
        Assert.Empty(Directory.EnumerateFiles(path + "/@ais/b/%wk"));
        Assert.Equal(path, Assert.Single(fixture.Store.Mountpaths.All).Path); // full is not broken
    }

    [Fact]
    public async Task Cleanup_removes_what_belongs_to_no_object_and_nothing_else()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var fixture = new StoreFixture(1) { Time = time };
        await fixture.StartAsync();
        var path = fixture.Paths[0].Path;
        var dead = StoreFixture.Bucket("dead", 7);
        var renewed = StoreFixture.Bucket("renewed", 8);
        await fixture.PutAsync(Bucket, "o", "content");
        await fixture.PutAsync(dead, "o", "content");
        await fixture.PutAsync(renewed, "o", "content");
        await using var live = await fixture.Store.BeginWriteAsync(Bucket, "live", 3, null, Cancel);
        await live.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        var leftover = path + "/@ais/b/%wk/leftover";
        await File.WriteAllBytesAsync(leftover, new byte[100], Cancel);
        Directory.CreateDirectory(path + "/.skein.trash/x/y");
        var log = new MoveLog();
        await fixture.Store.Cleanup.RunAsync(Ids, log, Cancel);
        Assert.True(File.Exists(leftover)); // too young
        Assert.Equal(0, log.Objects);

        time.Advance(Cleanup.LeastAge + TimeSpan.FromMinutes(1));
        await fixture.Store.Cleanup.RunAsync(Ids, log, Cancel);
        Assert.Empty(log.Problems);
        Assert.Equal((3, 100), (log.Objects, log.Bytes));
        Assert.False(File.Exists(leftover));
        Assert.False(Directory.Exists(path + "/@ais/dead"));
        Assert.False(Directory.Exists(path + "/@ais/renewed"));
        await live.CommitAsync(new WriteCommit { Stamp = fixture.NextStamp() }, Cancel);
        Assert.Equal(["live", "o"], await fixture.NamesAsync(Bucket));
        Assert.Empty(await fixture.NamesAsync(dead));
        var since = TimeProvider.System.GetTimestamp();
        while (Directory.EnumerateFileSystemEntries(path + "/.skein.trash").Any())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), "the trash stays");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        static ulong? Ids(BucketName name) => name.Name switch
        {
            "b" => 1,
            "renewed" => 9,
            _ => null,
        };
    }

    [Fact]
    public async Task A_fuller_disk_asks_for_a_cleanup_once_in_a_while()
    {
        var time = new FakeTimeProvider();
        await using var fixture = new StoreFixture(1) { Time = time };
        await fixture.StartAsync();
        Assert.SkipUnless(fixture.Store.Mountpaths.All[0].Capacity().PercentUsed > 1, "this disk is empty");
        var reasons = new List<string>();
        fixture.Store.Space.Config = () => new SpaceSection { CleanupWatermark = 1 };
        fixture.Store.Space.CleanupWanted = reason =>
        {
            lock (reasons)
            {
                reasons.Add(reason);
            }
        };
        fixture.Store.Space.Look();
        fixture.Store.Space.Look();
        Assert.Contains("space.cleanupwm is 1%", Assert.Single(reasons), StringComparison.Ordinal);
        time.Advance(SpaceWatch.CleanupPause);
        fixture.Store.Space.Look();
        Assert.InRange(reasons.Count, 2, 3);
    }
}
