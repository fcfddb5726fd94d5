using Microsoft.Extensions.Time.Testing;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>Disks that vanish, are swapped, or fail: recognised, named, taken out, and taken back when they are good.</summary>
public sealed class MountpathFaultTests
{
    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private static CancellationToken Cancel => StoreFixture.Cancel;

    private static string[] Names { get; } = [.. Enumerable.Range(0, 40).Select(i => $"o{i:d2}")];

    [Fact]
    public async Task Swapped_disks_are_told_apart()
    {
        await using var fixture = await FilledAsync(3);
        var (a, b, c) = (fixture.Paths[0].Path, fixture.Paths[1].Path, fixture.Paths[2].Path);
        await fixture.StopAsync();
        Directory.Move(a, a + ".x");
        Directory.Move(b, a);
        Directory.Move(a + ".x", b);
        await fixture.StartAsync();
        var view = fixture.Store.Mountpaths.View;
        Assert.Equal([c], view.Available.Select(m => m.Path));
        Assert.Contains($"is the one of mountpath {b}", view.Find(a)!.Reason, StringComparison.Ordinal);
        Assert.Contains($"is the one of mountpath {a}", view.Find(b)!.Reason, StringComparison.Ordinal);
        await RefusedAsync("out of service", () => fixture.NamesAsync(Bucket));
        await fixture.StopAsync();
        Directory.Move(a, a + ".x");
        Directory.Move(b, a);
        Directory.Move(a + ".x", b);
        await fixture.StartAsync();
        await CheckAllAsync(fixture);
    }

    [Theory]
    [InlineData("gone", "does not exist; mount the disk")]
    [InlineData("empty", "the folder is not the disk")]
    [InlineData("foreign", "belongs to node \"t9\"")]
    [InlineData("other", "is mounted there, but")]
    [InlineData("file", "is a file")]
    public async Task A_disk_that_is_not_the_right_one_at_the_start_is_out_and_the_rest_serves(string what, string reason)
    {
        await using var fixture = await FilledAsync(2);
        var path = fixture.Paths[0].Path;
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        await fixture.StopAsync();
        Directory.Move(path, path + ".x");
        Put(path, what);
        await fixture.StartAsync();
        var record = fixture.Store.Mountpaths.View.Find(path)!;
        Assert.Equal((MountpathState.Faulty, true), (record.State, record.MayHoldObjects));
        Assert.Contains(reason, record.Reason, StringComparison.Ordinal);
        await RefusedAsync(path, () => fixture.GetAsync(Bucket, there[0]));
        var here = Names.Except(there).First();
        Assert.Equal("content of " + here, await fixture.GetAsync(Bucket, here));
        await RefusedAsync(path, () => fixture.NamesAsync(Bucket));
        await fixture.StopAsync();
        if (File.Exists(path))
        {
            File.Delete(path);
        }
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        Directory.Move(path + ".x", path);
        await fixture.StartAsync();
        await CheckAllAsync(fixture);

        static void Put(string at, string kind)
        {
            switch (kind)
            {
                case "empty":
                    Directory.CreateDirectory(at);
                    break;
                case "file":
                    File.WriteAllText(at, "");
                    break;
                case "foreign" or "other":
                    Directory.CreateDirectory(at);
                    new MountpathIdentity(1, kind == "foreign" ? "t9" : "t1", "someid", [at]).Write(at);
                    break;
            }
        }
    }

    [Fact]
    public async Task A_disk_that_vanishes_is_never_an_object_that_does_not_exist()
    {
        var time = new FakeTimeProvider();
        await using var fixture = new StoreFixture(2) { Remembers = true, Time = time };
        await fixture.StartAsync();
        await FillAsync(fixture);
        var path = fixture.Paths[0].Path;
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        Directory.Move(path, path + ".x");
        Directory.CreateDirectory(path);
        await RefusedAsync(path, () => fixture.GetAsync(Bucket, there[0]));
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Faulty);
        Assert.Empty(Directory.EnumerateFileSystemEntries(path)); // nothing was written into the wrong folder
        await fixture.PutAsync(Bucket, there[0], "newer");
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        await RefusedAsync(path, () => fixture.GetAsync(Bucket, there[1]));
        await RefusedAsync(path, async () => await fixture.Store.DeleteAsync(Bucket, there[1], Cancel));

        Directory.Delete(path);
        Directory.Move(path + ".x", path);
        var wanted = false;
        fixture.Store.Control.ResilverWanted = _ => wanted = true;
        time.Advance(MountpathHealth.FirstReturn);
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Available);
        Assert.True(wanted);
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        Assert.Equal(Names, await fixture.NamesAsync(Bucket));
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
    }

    [Fact]
    public async Task A_disk_with_errors_is_checked_taken_out_and_taken_back_when_it_is_good()
    {
        var (time, isBad) = (new FakeTimeProvider(), false);
        await using var fixture = new StoreFixture(2) { Remembers = true, Time = time };
        var path = fixture.Paths[0].Path;
        fixture.Options = fixture.Options with
        {
            WrapDisk = disk => new HookedDisk(disk, step => Fail(Volatile.Read(ref isBad), step)),
        };
        await fixture.StartAsync();
        await FillAsync(fixture);
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        Volatile.Write(ref isBad, true);
        await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(Bucket, there[0], "lost"));
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Faulty);
        var reason = fixture.Store.Mountpaths.View.Find(path)!.Reason;
        Assert.StartsWith("4 of 4 test files failed", reason, StringComparison.Ordinal);
        await fixture.PutAsync(Bucket, there[0], "newer");
        await RefusedAsync("test files failed", () => fixture.GetAsync(Bucket, there[1]));
        Volatile.Write(ref isBad, false);
        time.Advance(MountpathHealth.FirstReturn);
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Available);
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        Assert.Equal(Names, await fixture.NamesAsync(Bucket));
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));

        void Fail(bool bad, string step)
        {
            if (bad && step.Contains(path, StringComparison.Ordinal))
            {
                throw DiskErrors.Make(Errno.Io, step, "", path);
            }
        }
    }

    [Fact]
    public async Task Errors_of_a_disk_that_passes_its_check_are_counted_only()
    {
        var fails = 0;
        await using var fixture = new StoreFixture(1) { Remembers = true };
        var path = fixture.Paths[0].Path;
        fixture.Options = fixture.Options with
        {
            WrapDisk = disk => new HookedDisk(disk, step =>
            {
                if (step.StartsWith("rename", StringComparison.Ordinal) && Interlocked.Decrement(ref fails) >= 0)
                {
                    throw DiskErrors.Make(Errno.Io, step, "", path);
                }
            }),
        };
        await fixture.StartAsync();
        await FillAsync(fixture);
        Volatile.Write(ref fails, 1);
        await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(Bucket, "x", "y"));
        await PollAsync(fixture, () => fixture.Store.Health.ErrorsOf(fixture.Store.Mountpaths.All[0]) == 1);
        await PollAsync(fixture, () => !Directory.EnumerateFiles(path, ".skein.probe*").Any());
        Assert.True(fixture.Store.Mountpaths.IsSettled);
        await CheckAllAsync(fixture);
    }

    private static ulong DigestOf(string name) => HrwDigest.OfObject(Bucket.Name.Uname, name);

    private static async Task<StoreFixture> FilledAsync(int mountpaths)
    {
        var fixture = await StoreFixture.OpenAsync(mountpaths, remembers: true);
        await FillAsync(fixture);
        return fixture;
    }

    private static async Task FillAsync(StoreFixture fixture)
    {
        foreach (var name in Names)
        {
            await fixture.PutAsync(Bucket, name, "content of " + name);
        }
    }

    private static async Task CheckAllAsync(StoreFixture fixture)
    {
        foreach (var name in Names)
        {
            Assert.Equal("content of " + name, await fixture.GetAsync(Bucket, name));
        }
        Assert.Equal(Names, await fixture.NamesAsync(Bucket));
    }

    private static async Task PollAsync(StoreFixture fixture, Func<bool> isTrue)
    {
        var limit = TimeSpan.FromSeconds(20);
        var since = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < limit, "it did not happen within 20 s");
            fixture.Store.Health.Wake();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    private static async Task RefusedAsync(string text, Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<StoreException>(action);
        Assert.Equal(StoreErrorCode.NotReady, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
