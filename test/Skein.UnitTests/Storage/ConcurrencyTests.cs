using System.Text;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class ConcurrencyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DurabilityPolicy.PageCache)]
    [InlineData(DurabilityPolicy.Disk)]
    public async Task Puts_and_deletes_in_the_same_folders_never_lose_an_object(DurabilityPolicy durability)
    {
        const int Workers = 8;
        const int Rounds = 60;
        await using var fixture = await StoreFixture.OpenAsync(1);
        var bucket = StoreFixture.Bucket(durability: durability);
        await Parallel.ForEachAsync(Enumerable.Range(0, Workers), Cancel, async (worker, _) =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var name = $"x/y/z/w{worker}";
                await fixture.PutAsync(bucket, name, $"{round}");
                Assert.Equal($"{round}", await fixture.GetAsync(bucket, name));
                Assert.True(await fixture.Store.DeleteAsync(bucket, name, Cancel));
                Assert.Null(await fixture.GetAsync(bucket, name));
            }
            await fixture.PutAsync(bucket, $"x/y/z/w{worker}", "last");
        });
        Assert.Equal(Workers, (await fixture.NamesAsync(bucket)).Count);
        Assert.Equal(Workers, Directory.GetFiles(fixture.Paths[0].Path + "/@ais/b/%ob/x/y/z").Length);
    }

    [Fact]
    public async Task Writers_of_one_name_take_turns_and_readers_see_whole_objects()
    {
        const int Writers = 4;
        const int Rounds = 50;
        await using var fixture = await StoreFixture.OpenAsync(1);
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", Content(0));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var last = 0UL;
            while (!stop.IsCancellationRequested)
            {
                using var handle = await fixture.Store.OpenReadAsync(bucket, "o", Cancel);
                var bytes = StoreFixture.ReadAll(handle!);
                Assert.Equal(ChecksumCalculator.Compute(bucket.ChecksumType, bytes), handle!.Attributes.Checksum);
                var version = ulong.Parse(handle.Attributes.Version);
                Assert.True(version >= last);
                last = version;
            }
        }, Cancel)).ToArray();
        await Parallel.ForEachAsync(Enumerable.Range(0, Writers), Cancel, async (writer, _) =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await fixture.PutAsync(bucket, "o", Content((writer * Rounds) + round));
            }
        });
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        var stat = await fixture.Store.StatAsync(bucket, "o", Cancel);
        Assert.Equal($"{1 + (Writers * Rounds)}", stat!.Attributes.Version);
        var page = await fixture.Store.ListAsync(bucket, new(), Cancel);
        Assert.Equivalent(stat.Attributes, Assert.Single(page.Entries).Attributes);
    }

    [Fact]
    public async Task A_bucket_can_be_destroyed_under_its_writers()
    {
        await using var fixture = await StoreFixture.OpenAsync(2);
        var bucket = StoreFixture.Bucket();
        await fixture.Store.CreateBucketAsync(bucket, Cancel);
        var refused = 0;
        var writers = Parallel.ForEachAsync(Enumerable.Range(0, 4), Cancel, async (writer, _) =>
        {
            for (var i = 0; i < 100; i++)
            {
                try
                {
                    await fixture.PutAsync(bucket, $"d{writer}/o{i}", "x");
                }
                catch (StoreException e)
                {
                    Assert.Equal(StoreErrorCode.BucketNotFound, e.Code);
                    Interlocked.Increment(ref refused);
                }
            }
        });
        await fixture.Store.DestroyBucketAsync(bucket.Name, bucket.Id, Cancel);
        await writers;
        Assert.NotEqual(0, refused);
        Assert.Empty(await fixture.NamesAsync(bucket));
        Assert.Null(await fixture.GetAsync(bucket, "d0/o0"));
    }

    [Fact]
    public void Folders_made_by_others_are_flushed_by_whoever_relies_on_them()
    {
        var disk = new RecordingDisk();
        var folders = new FolderSync(disk);
        Assert.Equal(Errno.Ok, folders.MakeFolders("/m/a/b/c", "/m"));
        folders.SyncUp("/m/a/b/c", "/m");
        Assert.Equal(["/m", "/m/a", "/m/a/b", "/m/a/b/c"], disk.Flushed.Order(StringComparer.Ordinal));
        disk.Flushed.Clear();
        folders.SyncUp("/m/a/b/c", "/m");
        Assert.Equal(["/m/a/b/c"], disk.Flushed);
        disk.Flushed.Clear();
        Assert.Equal(Errno.Ok, folders.MakeFolders("/m/a/b/d", "/m"));
        folders.SyncUp("/m/a/b/c", "/m");
        Assert.Equal(["/m/a/b", "/m/a/b/c"], disk.Flushed.Order(StringComparer.Ordinal));
        Assert.Equal(Errno.NoEntry, folders.MakeFolders("/m", "/m"));
    }

    [Fact]
    public async Task Sync_threads_run_everything_and_pass_errors_on()
    {
        using var threads = new SyncThreads("/m", 3, TimeProvider.System);
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(
            _ => threads.RunAsync(() => Interlocked.Increment(ref count))));
        Assert.Equal(100, count);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => threads.RunAsync(() => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task Sync_threads_that_are_closed_finish_what_waits()
    {
        var count = 0;
        var threads = new SyncThreads("/m", 6, TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        var work = Enumerable.Range(0, 2000).Select(_ => threads.RunAsync(() =>
        {
            gate.Wait(StoreFixture.Cancel);
            Interlocked.Increment(ref count);
        })).ToArray();
        var closing = Task.Run(threads.Dispose, StoreFixture.Cancel);
        gate.Set();
        await closing.WaitAsync(StoreFixture.Cancel);
        await Task.WhenAll(work);
        Assert.Equal(2000, count);
    }

    /// <param name="best">Threads with which the device is quickest.</param>
    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(28)]
    public void The_number_of_sync_threads_comes_to_the_one_that_is_quickest(int best)
    {
        var time = new FakeTimeProvider();
        var concurrency = new SyncConcurrency(2, 32, time);
        var seen = new List<int>();
        for (var window = 0; window < 200; window++)
        {
            // As quick as there are threads, up to the best number, and slower again beyond.
            var rate = 100.0 * (concurrency.Limit <= best ? concurrency.Limit : (2.0 * best) - concurrency.Limit);
            for (var i = 0; i <= SyncConcurrency.Window; i++)
            {
                concurrency.Finished(othersWait: true);
                time.Advance(TimeSpan.FromSeconds(1 / Math.Max(rate, 100)));
            }
            seen.Add(concurrency.Limit);
        }
        Assert.InRange(seen.Skip(100).Average(), best * 0.6, best * 1.4);
        Assert.All(seen, limit => Assert.InRange(limit, 2, 32));
    }

    [Fact]
    public void The_number_of_sync_threads_stays_while_nothing_waits()
    {
        var time = new FakeTimeProvider();
        var concurrency = new SyncConcurrency(2, 32, time);
        var before = concurrency.Limit;
        for (var i = 0; i < 10 * SyncConcurrency.Window; i++)
        {
            concurrency.Finished(othersWait: i % 100 != 0);
            time.Advance(TimeSpan.FromMilliseconds(i % 7));
        }
        Assert.Equal(before, concurrency.Limit);
    }

    private static string Content(int seed) => new StringBuilder().Insert(0, $"{seed:x} ", 1 + (seed * 37 % 5000)).ToString();
}
