using System.Collections.Concurrent;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>Objects move between mountpaths while they are read, written, deleted and listed, and while power fails.</summary>
public sealed class ResilverTests
{
    private const int MoreThanAllSteps = 1000;

    private static readonly BucketRef Bucket = StoreFixture.Bucket(durability: DurabilityPolicy.Disk);

    private static CancellationToken Cancel => StoreFixture.Cancel;

    private static string[] Names { get; } =
        [.. Enumerable.Range(0, 6).Select(i => $"d{i % 2}/o{i:d2}"), new string('x', 300), "file", "file/below"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_stop_at_any_step_every_object_is_there_and_it_can_be_run_again(bool powerLoss)
    {
        string[] expected = ["create", "write", "set metadata", "flush all", "rename", "remove file"];
        await CrashSweep.RunAsync(expected, MoreThanAllSteps, plan => CrashAsync(plan, powerLoss));
    }

    [Fact]
    public async Task The_copy_that_was_written_last_stays_wherever_it_lies()
    {
        await using var fixture = await StoreFixture.OpenAsync(2, remembers: true);
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"o{i:d2}")];
        var (a, b) = (fixture.Paths[0].Path, fixture.Paths[1].Path);
        foreach (var name in names)
        {
            await fixture.PutAsync(Bucket, name, "1", new WriteStamp(1, 1));
        }
        await fixture.Store.Control.DisableAsync(a, resilver: false, Cancel);
        foreach (var name in names[..30])
        {
            await fixture.PutAsync(Bucket, name, "2", new WriteStamp(1, name.EndsWith('5') ? 0 : 2));
        }
        await fixture.Store.Control.EnableAsync(a, resilver: false, Cancel);
        await fixture.Store.Control.DisableAsync(b, resilver: false, Cancel);
        foreach (var name in names[..10].Where(name => name != names[5]))
        {
            await fixture.PutAsync(Bucket, name, "3", new WriteStamp(1, 3));
        }
        await fixture.Store.Control.EnableAsync(b, resilver: false, Cancel);
        var expected = names.ToDictionary(name => name, name => Array.IndexOf(names, name) switch
        {
            5 or 15 or 25 => ReadPlace(fixture, name) == a ? "1" : "2",
            < 10 => "3",
            < 30 => "2",
            _ => "1",
        });
        await CheckAsync(fixture, expected);
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        Assert.True(fixture.Store.Mountpaths.IsSettled);
        await CheckAsync(fixture, expected);
        Assert.Equal(40, await fixture.Store.FindOnDisksAsync((_, _, _) => true, Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task What_cannot_be_moved_stays_served_and_the_mountpaths_stay_unsettled()
    {
        var isBad = false;
        await using var fixture = new StoreFixture(2) { Remembers = true };
        var path = fixture.Paths[1].Path;
        fixture.Options = fixture.Options with
        {
            WrapDisk = disk => new HookedDisk(disk, step =>
            {
                if (Volatile.Read(ref isBad) && step.StartsWith($"rename {path}", StringComparison.Ordinal))
                {
                    throw new StoreException(StoreErrorCode.OutOfSpace, "full");
                }
            }),
        };
        await fixture.StartAsync();
        await FillAsync(fixture, Names);
        await fixture.Store.Control.DisableAsync(fixture.Paths[0].Path, resilver: true, Cancel);
        Volatile.Write(ref isBad, true);
        var log = new MoveLog();
        Assert.False(await fixture.Store.Resilver.RunAsync(_ => Bucket, log, Cancel));
        Assert.NotEmpty(log.Problems);
        Assert.False(fixture.Store.Mountpaths.IsSettled);
        await CheckAsync(fixture, Names.ToDictionary(name => name, name => "content of " + name));
        Volatile.Write(ref isBad, false);
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        await CheckAsync(fixture, Names.ToDictionary(name => name, name => "content of " + name));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(fixture.Root, "*", SearchOption.AllDirectories),
            file => file.Contains("/%wk/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_that_vanishes_meanwhile_does_not_keep_the_others_from_being_put_in_order()
    {
        await using var fixture = await StoreFixture.OpenAsync(3, remembers: true);
        await FillAsync(fixture, Names);
        var (leaving, gone) = (fixture.Paths[0].Path, fixture.Paths[2].Path);
        var here = Names.Where(name => ReadPlace(fixture, name) != gone).ToList();
        await fixture.Store.Control.DisableAsync(leaving, resilver: true, Cancel);
        Directory.Move(gone, gone + ".x");
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        Assert.Equal([fixture.Paths[1].Path], fixture.Store.Mountpaths.All.Select(m => m.Path));
        foreach (var name in here)
        {
            Assert.Equal("content of " + name, await fixture.GetAsync(Bucket, name));
        }
        await Assert.ThrowsAsync<StoreException>(() => fixture.NamesAsync(Bucket));
        Directory.Move(gone + ".x", gone);
        await fixture.Store.Control.EnableAsync(gone, true, Cancel);
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        await CheckAsync(fixture, Names.ToDictionary(name => name, name => "content of " + name));
    }

    [Fact]
    public async Task Nothing_is_missed_while_objects_move()
    {
        const int Objects = 300;
        var cached = StoreFixture.Bucket();
        await using var fixture = await StoreFixture.OpenAsync(2, remembers: true);
        var expected = new ConcurrentDictionary<string, string>();
        for (var i = 0; i < Objects; i++)
        {
            expected[$"o{i:d3}"] = "0";
            await fixture.PutAsync(cached, $"o{i:d3}", "0");
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var readers = Enumerable.Range(1, 2).Select(seed => Task.Run(() => ReadAsync(new Random(seed)), Cancel)).ToList();
        var writer = Task.Run(WriteAsync, Cancel);
        var added = fixture.Root + "/mp3";
        Directory.CreateDirectory(added);
        for (var round = 0; round < 4; round++)
        {
            await (round % 2 == 0
                ? fixture.Store.Control.AttachAsync(added, "", true, Cancel)
                : fixture.Store.Control.DetachAsync(added, true, Cancel));
            Assert.True(await fixture.Store.Resilver.RunAsync(_ => cached, new MoveLog(), Cancel));
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        await writer;
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), await fixture.NamesAsync(cached));
        foreach (var (name, content) in expected)
        {
            Assert.Equal(content, await fixture.GetAsync(cached, name));
        }

        async Task ReadAsync(Random random)
        {
            while (!stop.IsCancellationRequested)
            {
                var name = $"o{random.Next(Objects / 2):d3}"; // the writer leaves these alone
                Assert.Equal("0", await fixture.GetAsync(cached, name));
                var page = await fixture.Store.ListAsync(cached, new ListQuery { Limit = Objects / 2 }, Cancel);
                Assert.Equal(
                    Enumerable.Range(0, Objects / 2).Select(i => $"o{i:d3}").Take(page.Entries.Count),
                    page.Entries.Select(e => e.Name));
            }
        }

        async Task WriteAsync()
        {
            var random = new Random(9);
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var name = $"o{random.Next(Objects / 2, Objects):d3}";
                if (i % 5 == 0)
                {
                    await fixture.Store.DeleteAsync(cached, name, Cancel);
                    expected.TryRemove(name, out _);
                    Assert.Null(await fixture.GetAsync(cached, name));
                }
                else
                {
                    await fixture.PutAsync(cached, name, $"{i}");
                    expected[name] = $"{i}";
                    Assert.Equal($"{i}", await fixture.GetAsync(cached, name));
                }
            }
        }
    }

    private static async Task CrashAsync(CrashPlan plan, bool powerLoss)
    {
        await using var fixture = new StoreFixture(2) { Remembers = true };
        fixture.Options = fixture.Options with { FailedDiskWait = TimeSpan.Zero };
        await fixture.StartAsync(plan);
        string[] names = [.. Pick(fixture, i => $"d{i % 2}/o{i:d2}", 3), .. Pick(fixture, i => new string('x', 300) + i, 1)];
        await FillAsync(fixture, names);
        await fixture.Store.Control.DisableAsync(fixture.Paths[0].Path, resilver: true, Cancel);
        plan.IsArmed = true;
        try
        {
            await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel);
        }
        catch (Exception e) when (e is SimulatedCrash or StoreException or ObjectDisposedException)
        {
            // Stopped.
        }
        await fixture.StartAfterCrashAsync(powerLoss);
        var expected = names.ToDictionary(name => name, name => "content of " + name);
        await CheckAsync(fixture, expected);
        var log = new MoveLog();
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, log, Cancel), string.Join('\n', log.Problems));
        await CheckAsync(fixture, expected);
        Assert.Equal(names.Length, await fixture.Store.FindOnDisksAsync((_, _, _) => true, Cancel).CountAsync(Cancel));
        Assert.Single(fixture.Store.Mountpaths.All);
    }

    /// <summary>So many names on each mountpath: each run then has the same steps, whatever the folders are called.</summary>
    private static IEnumerable<string> Pick(StoreFixture fixture, Func<int, string> make, int onEach) =>
        Enumerable.Range(0, 1000).Select(make).GroupBy(name => ReadPlace(fixture, name)).SelectMany(g => g.Take(onEach));

    private static async Task FillAsync(StoreFixture fixture, string[] names)
    {
        foreach (var name in names)
        {
            await fixture.PutAsync(Bucket, name, "content of " + name);
        }
    }

    private static string ReadPlace(StoreFixture fixture, string name) =>
        fixture.Store.Mountpaths.Choose(HrwDigest.OfObject(Bucket.Name.Uname, name)).Path;

    private static async Task CheckAsync(StoreFixture fixture, Dictionary<string, string> expected)
    {
        foreach (var (name, content) in expected)
        {
            Assert.Equal((name, content), (name, await fixture.GetAsync(Bucket, name)));
        }
        Assert.Equal(expected.Keys.Order(Utf8Order.Comparer), await fixture.NamesAsync(Bucket));
    }
}
