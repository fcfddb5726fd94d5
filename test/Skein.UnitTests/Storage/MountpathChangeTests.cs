using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>Mountpaths come and go while objects are served: nothing is lost, and nothing is denied that may be there.</summary>
public sealed class MountpathChangeTests
{
    private const int Count = 60;

    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private static CancellationToken Cancel => StoreFixture.Cancel;

    private static string[] Names { get; } = [.. Enumerable.Range(0, Count).Select(i => $"d{i % 3}/o{i:d2}")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_resilver_the_objects_are_on_the_others_before_it_is_out(bool detach)
    {
        await using var fixture = await FilledAsync(3);
        var (store, gone) = (fixture.Store, fixture.Paths[1].Path);
        var wanted = "";
        store.Control.ResilverWanted = reason => wanted = reason;
        if (detach)
        {
            await store.Control.DetachAsync(gone, resilver: true, Cancel);
        }
        else
        {
            Assert.True(await store.Control.DisableAsync(gone, resilver: true, Cancel));
            Assert.False(await store.Control.DisableAsync(gone, resilver: true, Cancel));
        }
        Assert.Contains(gone, wanted, StringComparison.Ordinal);
        Assert.False(store.Mountpaths.IsSettled);
        await CheckAllAsync(fixture);
        await fixture.PutAsync(Bucket, Names[0], "again " + Names[0]);
        var moved = await ResilverAsync(fixture);
        Assert.InRange(moved, 1, Count);
        Assert.True(store.Mountpaths.IsSettled);
        Assert.Equal(
            detach ? MountpathState.Detached : MountpathState.Disabled, store.Mountpaths.View.Find(gone)!.State);
        Assert.Empty(Directory.EnumerateFiles(gone + "/@ais/b/%ob", "*", SearchOption.AllDirectories));
        await CheckAllAsync(fixture);
        Assert.Null(await fixture.GetAsync(Bucket, "absent"));
        await fixture.RestartAsync();
        Assert.True(fixture.Store.Mountpaths.IsSettled);
        Assert.Equal(2, fixture.Store.Mountpaths.All.Count);
        await CheckAllAsync(fixture);
    }

    [Fact]
    public async Task Without_a_resilver_nothing_is_denied_that_may_be_there()
    {
        await using var fixture = await FilledAsync(3);
        var (store, out_) = (fixture.Store, fixture.Paths[1].Path);
        string[] there = [.. Names.Where(name => store.Mountpaths.Choose(DigestOf(name)).Path == out_)];
        var absentThere = Enumerable.Range(0, 100).Select(i => $"absent{i}")
            .First(name => store.Mountpaths.Choose(DigestOf(name)).Path == out_);
        var absentHere = Enumerable.Range(0, 100).Select(i => $"absent{i}")
            .First(name => store.Mountpaths.Choose(DigestOf(name)).Path != out_);
        Assert.NotEmpty(there);
        Assert.True(await store.Control.DisableAsync(out_, resilver: false, Cancel));

        foreach (var name in there.Append(absentThere))
        {
            await RefusedAsync(out_, () => fixture.GetAsync(Bucket, name));
            await RefusedAsync(out_, async () => await store.StatAsync(Bucket, name, Cancel));
            await RefusedAsync(out_, async () => await store.DeleteAsync(Bucket, name, Cancel));
        }
        Assert.Null(await fixture.GetAsync(Bucket, absentHere));
        Assert.False(await store.DeleteAsync(Bucket, absentHere, Cancel));
        await RefusedAsync(out_, () => fixture.NamesAsync(Bucket));
        await RefusedAsync(out_, async () => await store.FindOnDisksAsync((_, _, _) => true, Cancel).CountAsync(Cancel));
        foreach (var name in Names.Except(there))
        {
            Assert.Equal("content of " + name, await fixture.GetAsync(Bucket, name));
        }
        await fixture.PutAsync(Bucket, there[0], "newer");
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        await RefusedAsync(out_, async () => await store.DeleteAsync(Bucket, there[0], Cancel));

        await fixture.RestartAsync();
        store = fixture.Store;
        await RefusedAsync(out_, () => fixture.GetAsync(Bucket, there[1]));
        Assert.True(await store.Control.EnableAsync(out_, resilver: true, Cancel));
        Assert.False(await store.Control.EnableAsync(out_, resilver: true, Cancel));
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        await ResilverAsync(fixture);
        Assert.True(store.Mountpaths.IsSettled);
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        Assert.Equal(1, await store.FindOnDisksAsync((_, _, name) => name == there[0], Cancel).CountAsync(Cancel));
        Assert.Equal(Names.Order(Utf8Order.Comparer), await fixture.NamesAsync(Bucket));
        Assert.True(await store.DeleteAsync(Bucket, there[0], Cancel));
        Assert.Null(await fixture.GetAsync(Bucket, there[0]));
    }

    [Fact]
    public async Task A_mountpath_that_was_given_up_does_not_count_any_more()
    {
        await using var fixture = await FilledAsync(3);
        var (store, gone) = (fixture.Store, fixture.Paths[2].Path);
        string[] there = [.. Names.Where(name => store.Mountpaths.Choose(DigestOf(name)).Path == gone)];
        await store.Control.DisableAsync(gone, resilver: false, Cancel);
        await RefusedAsync(
            "its objects cannot be moved: enable it first", () => store.Control.DetachAsync(gone, true, Cancel),
            StoreErrorCode.InvalidRequest);
        await store.Control.DetachAsync(gone, resilver: false, Cancel);
        Assert.True(store.Mountpaths.IsSettled);
        foreach (var name in there)
        {
            Assert.Null(await fixture.GetAsync(Bucket, name));
        }
        Assert.Equal(Names.Except(there).Order(Utf8Order.Comparer), await fixture.NamesAsync(Bucket));
        await fixture.RestartAsync();
        Assert.DoesNotContain(gone, fixture.Store.Mountpaths.All.Select(m => m.Path)); // although it is configured
        await RefusedAsync(
            "does not exist", () => fixture.Store.Control.EnableAsync(gone, true, Cancel), StoreErrorCode.MountpathNotFound);
        await fixture.Store.Control.AttachAsync(gone, "", resilver: true, Cancel);
        await CheckAllAsync(fixture);
    }

    [Fact]
    public async Task A_new_mountpath_gets_the_objects_that_belong_on_it()
    {
        await using var fixture = await FilledAsync(2);
        var added = fixture.Root + "/mp3";
        await RefusedAsync(
            $"mountpath {added} does not exist", () => fixture.Store.Control.AttachAsync(added, "", true, Cancel),
            StoreErrorCode.NotFound);
        Directory.CreateDirectory(added);
        await fixture.Store.Control.AttachAsync(added, "fast", resilver: true, Cancel);
        await RefusedAsync(
            "duplicated mountpath", () => fixture.Store.Control.AttachAsync(added + "/", "", true, Cancel),
            StoreErrorCode.InvalidRequest);
        await RefusedAsync(
            "lie inside one another", () => fixture.Store.Control.AttachAsync(added + "/x", "", true, Cancel),
            StoreErrorCode.InvalidRequest);
        await RefusedAsync(
            "not an absolute path", () => fixture.Store.Control.AttachAsync("x", "", true, Cancel),
            StoreErrorCode.InvalidMountpath);
        await CheckAllAsync(fixture);
        Assert.InRange(await ResilverAsync(fixture), 1, Count - 1);
        Assert.Equal(0, await ResilverAsync(fixture));
        await CheckPlacesAsync(fixture);
        await fixture.KillAsync();
        await fixture.StartAsync(); // it is not configured, but remembered
        Assert.Equal("fast", fixture.Store.Mountpaths.View.Find(added)!.Label);
        Assert.True(fixture.Store.Mountpaths.IsSettled);
        await CheckPlacesAsync(fixture);
        await fixture.StopAsync();
        File.Delete(fixture.StateFile); // what the disks say of one another is enough to find everything
        await fixture.StartAsync();
        Assert.Equal(3, fixture.Store.Mountpaths.All.Count);
        await CheckPlacesAsync(fixture);
        await fixture.StopAsync();
        File.Delete(fixture.StateFile);
        Directory.Move(added, added + ".x"); // or to deny nothing
        await fixture.StartAsync();
        await RefusedAsync(added, () => fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task The_last_mountpath_stays_unless_its_objects_are_left_on_it()
    {
        await using var fixture = await FilledAsync(1);
        var (store, only) = (fixture.Store, fixture.Paths[0].Path);
        await RefusedAsync(
            "is the last one in service", () => store.Control.DisableAsync(only, true, Cancel),
            StoreErrorCode.InvalidRequest);
        await RefusedAsync(
            "is the last one in service", () => store.Control.DetachAsync(only, true, Cancel),
            StoreErrorCode.InvalidRequest);
        await store.Control.DisableAsync(only, resilver: false, Cancel);
        await RefusedAsync("no mountpath of this target is in service", () => fixture.PutAsync(Bucket, "x", "y"));
        await RefusedAsync(only, () => fixture.GetAsync(Bucket, Names[0]));
        await RefusedAsync(only, () => fixture.NamesAsync(Bucket));
        Assert.Empty(store.Mountpaths.View.Available);
        await fixture.RestartAsync();
        await RefusedAsync("it was disabled", () => fixture.PutAsync(Bucket, "x", "y"));
        await fixture.Store.Control.EnableAsync(only, resilver: true, Cancel);
        await CheckAllAsync(fixture);
        Assert.True(fixture.Store.Mountpaths.IsSettled);
    }

    [Fact]
    public async Task A_write_under_way_follows_its_name_to_another_mountpath()
    {
        await using var fixture = await FilledAsync(3);
        var out_ = fixture.Paths[0].Path;
        string[] names = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == out_).Take(2)];
        var content = new byte[700_000];
        new Random(7).NextBytes(content);
        foreach (var resilver in (bool[])[true, false])
        {
            var name = names[resilver ? 0 : 1];
            await using var writer = await fixture.Store.BeginWriteAsync(Bucket, name, content.Length, null, Cancel);
            await writer.WriteAsync(content, Cancel);
            await fixture.Store.Control.DisableAsync(out_, resilver, Cancel);
            await fixture.Store.Control.EnableAsync(out_, true, Cancel);
            await fixture.Store.Control.DisableAsync(out_, resilver, Cancel);
            await writer.CommitAsync(new WriteCommit { Stamp = fixture.NextStamp() }, Cancel);
            using var handle = await fixture.Store.OpenReadAsync(Bucket, name, Cancel);
            Assert.NotEqual(out_, handle!.Mountpath.Path);
            Assert.Equal(content, StoreFixture.ReadAll(handle));
            await fixture.Store.Control.EnableAsync(out_, true, Cancel);
        }
        await ResilverAsync(fixture);
        foreach (var name in names)
        {
            await fixture.PutAsync(Bucket, name, "content of " + name);
        }
        await CheckPlacesAsync(fixture);
    }

    private static ulong DigestOf(string name) => HrwDigest.OfObject(Bucket.Name.Uname, name);

    private static async Task<StoreFixture> FilledAsync(int mountpaths)
    {
        var fixture = await StoreFixture.OpenAsync(mountpaths, remembers: true);
        foreach (var name in Names)
        {
            await fixture.PutAsync(Bucket, name, "content of " + name);
        }
        return fixture;
    }

    private static async Task<long> ResilverAsync(StoreFixture fixture)
    {
        var log = new MoveLog();
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, log, Cancel));
        Assert.Empty(log.Problems);
        return log.Objects;
    }

    private static async Task CheckAllAsync(StoreFixture fixture)
    {
        foreach (var name in Names)
        {
            Assert.EndsWith(name, await fixture.GetAsync(Bucket, name), StringComparison.Ordinal);
        }
        Assert.Equal(Names.Order(Utf8Order.Comparer), await fixture.NamesAsync(Bucket));
    }

    private static async Task CheckPlacesAsync(StoreFixture fixture)
    {
        await CheckAllAsync(fixture);
        var seen = 0;
        await foreach (var found in fixture.Store.FindOnDisksAsync((_, _, _) => true, Cancel))
        {
            Assert.Equal(fixture.Store.Mountpaths.Choose(DigestOf(found.Name)), found.Mountpath);
            seen++;
        }
        Assert.Equal(Count, seen);
    }

    private static async Task RefusedAsync(
        string text, Func<Task> action, StoreErrorCode code = StoreErrorCode.NotReady)
    {
        var error = await Assert.ThrowsAsync<StoreException>(action);
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
