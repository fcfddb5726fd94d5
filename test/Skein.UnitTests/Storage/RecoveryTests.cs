using Skein.Core.Errors;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class RecoveryTests
{
    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clean_end_needs_no_look_at_the_files_even_after_a_reboot()
    {
        await using var fixture = await FilledAsync();
        await fixture.StopAsync();
        fixture.Options = fixture.Options with { BootId = "boot-2" };
        await fixture.StartAsync();
        Assert.All(fixture.Store.Units, u => Assert.Equal(IndexCondition.Clean, u.Index.Condition));
        Assert.Equal(Names(), await fixture.NamesAsync(Bucket));
        await fixture.KillAsync();
        await fixture.StartAsync();
        Assert.All(fixture.Store.Units, u => Assert.Equal(IndexCondition.Killed, u.Index.Condition));
        Assert.Equal(Names(), await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_kill_costs_a_look_at_the_unsettled_names_only()
    {
        await using var fixture = await FilledAsync();
        await fixture.KillAsync();
        await fixture.StartAsync();
        Assert.All(fixture.Store.Units, u => Assert.Equal(IndexCondition.Killed, u.Index.Condition));
        Assert.Equal(Names(), await fixture.NamesAsync(Bucket));
    }

    [Theory]
    [InlineData("reboot")]
    [InlineData("gone")]
    [InlineData("garbage")]
    [InlineData("cut")]
    [InlineData("other version")]
    [InlineData("swapped")]
    public async Task An_index_that_cannot_be_trusted_is_rebuilt_from_the_files(string damage)
    {
        await using var fixture = await FilledAsync();
        await fixture.PutAsync(Bucket, new string('n', 300), "hashed form");
        await fixture.PutAsync(StoreFixture.Bucket("c", 7, ns: new("", "ns")), "other/bucket", "x");
        if (damage is "reboot")
        {
            await fixture.KillAsync();
            fixture.Options = fixture.Options with { BootId = "boot-2" };
        }
        else
        {
            await fixture.StopAsync();
        }
        string[] files = [.. fixture.Paths.Select(p => p.Path + "/.skein.index/objects.db")];
        switch (damage)
        {
            case "gone":
                File.Delete(files[0]);
                break;
            case "garbage":
                await File.WriteAllBytesAsync(files[0], [.. Enumerable.Repeat((byte)7, 9000)], Cancel);
                break;
            case "cut":
                await using (var file = File.OpenWrite(files[0]))
                {
                    file.SetLength(100);
                }
                break;
            case "other version":
                using (var connection = new IndexConnection(files[0]))
                {
                    connection.Execute("PRAGMA user_version=77");
                }
                break;
            case "swapped":
                File.Move(files[0], files[0] + ".x");
                File.Move(files[1], files[0]);
                File.Move(files[0] + ".x", files[1]);
                break;
        }
        await fixture.StartAsync();
        Assert.Equal(IndexCondition.Lost, fixture.Store.Units[0].Index.Condition);
        Assert.Equal(Names().Append(new string('n', 300)), await fixture.NamesAsync(Bucket));
        Assert.Equal(["other/bucket"], await fixture.NamesAsync(StoreFixture.Bucket("c", 7)));
    }

    [Fact]
    public async Task Changes_during_a_rebuild_are_in_the_index_after_it()
    {
        await using var fixture = await FilledAsync(400);
        await fixture.KillAsync();
        fixture.Options = fixture.Options with { BootId = "boot-2" };
        await fixture.StartAsync(waitForIndex: false);
        var model = Names(400).ToHashSet();
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), Cancel, async (i, _) =>
        {
            var name = Name(i);
            if (i % 3 == 0)
            {
                await fixture.Store.DeleteAsync(Bucket, name, Cancel);
                lock (model)
                {
                    model.Remove(name);
                }
            }
            else if (i % 3 == 1)
            {
                await fixture.PutAsync(Bucket, name + ".new", "new");
                lock (model)
                {
                    model.Add(name + ".new");
                }
            }
        });
        await fixture.Store.ListingReady.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(model.Order(Utf8Order.Comparer), await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_database_that_fails_is_rebuilt_while_objects_are_written()
    {
        var failing = false;
        await using var fixture = await StoreFixture.OpenAsync(1, new ObjectStoreOptions
        {
            BootId = "boot-1",
            IndexRetryDelay = TimeSpan.FromMilliseconds(10),
            ListingWait = TimeSpan.FromSeconds(20),
            FaultPoint = step =>
            {
                if (step == "index commit" && Volatile.Read(ref failing))
                {
                    throw new IOException("the database's disk fails");
                }
            },
        });
        await fixture.PutAsync(Bucket, "before", "x");
        await fixture.NamesAsync(Bucket);
        Volatile.Write(ref failing, true);
        await fixture.PutAsync(Bucket, "meanwhile", "x");
        await fixture.Store.Units[0].Index.Failed.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await fixture.Store.DeleteAsync(Bucket, "before", Cancel);
        await fixture.Store.DestroyBucketAsync(StoreFixture.Bucket("c", 9).Name, 9, Cancel);
        Assert.True(File.Exists(fixture.Paths[0].Path + "/.skein.index/rebuild"));
        Volatile.Write(ref failing, false);
        Assert.Equal(["meanwhile"], await fixture.NamesAsync(Bucket));
        await fixture.PutAsync(Bucket, "after", "x");
        await fixture.RestartAsync();
        Assert.Equal(IndexCondition.Clean, fixture.Store.Units[0].Index.Condition);
        Assert.Equal(["after", "meanwhile"], await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_listing_says_not_ready_when_a_rebuild_takes_too_long()
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        await fixture.KillAsync();
        using var gate = new ManualResetEventSlim();
        fixture.Options = fixture.Options with
        {
            BootId = "boot-2",
            ListingWait = TimeSpan.FromMilliseconds(20),
            FaultPoint = _ => gate.Wait(TimeSpan.FromSeconds(20), Cancel),
        };
        await fixture.StartAsync(waitForIndex: false);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await fixture.Store.ListAsync(Bucket, new ListQuery(), Cancel));
        Assert.Equal(StoreErrorCode.NotReady, error.Code);
        Assert.Contains(fixture.Paths[0].Path, error.Message, StringComparison.Ordinal);
        gate.Set();
        await fixture.Store.ListingReady.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Empty(await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task Stale_work_files_and_trash_are_removed_at_the_start()
    {
        await using var fixture = await FilledAsync();
        await fixture.StopAsync();
        var work = fixture.Paths[0].Path + "/@ais/b/%wk/0-1";
        var trash = fixture.Paths[0].Path + "/.skein.trash/0-1";
        Directory.CreateDirectory(Path.GetDirectoryName(work)!);
        await File.WriteAllTextAsync(work, "half", Cancel);
        Directory.CreateDirectory(trash + "/%ob/dir");
        await File.WriteAllTextAsync(trash + "/%ob/dir/object", "x", Cancel);
        var outside = Path.Combine(fixture.Root, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(outside + "/precious", "x", Cancel);
        Directory.CreateSymbolicLink(trash + "/%ob/link", outside);
        await fixture.StartAsync();
        Assert.False(File.Exists(work));
        for (var i = 0; Directory.Exists(trash); i++)
        {
            Assert.True(i < 1000);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
        Assert.True(File.Exists(outside + "/precious"));
        Assert.Equal(Names(), await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_doomed_bucket_is_purged_after_a_restart()
    {
        await using var fixture = await FilledAsync();
        await fixture.Store.DestroyBucketAsync(Bucket.Name, Bucket.Id, Cancel);
        await fixture.KillAsync();
        await fixture.StartAsync();
        Assert.Empty(await fixture.NamesAsync(Bucket));
    }

    private static string Name(int i) => $"d{i % 7}/o{i:d3}";

    private static IEnumerable<string> Names(int count = 60) =>
        Enumerable.Range(0, count).Select(Name).Order(Utf8Order.Comparer);

    private static async Task<StoreFixture> FilledAsync(int count = 60)
    {
        var fixture = await StoreFixture.OpenAsync();
        for (var i = 0; i < count; i++)
        {
            await fixture.PutAsync(Bucket, Name(i), "x");
        }
        return fixture;
    }
}
