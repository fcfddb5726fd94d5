using System.Diagnostics;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>Real file systems that are full, read-only or unmounted. Needs the right to mount; skipped without it.</summary>
public sealed class RealDiskTests
{
    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private static CancellationToken Cancel => StoreFixture.Cancel;

    private static string[] Names { get; } = [.. Enumerable.Range(0, 30).Select(i => $"o{i:d2}")];

    [Fact]
    public async Task A_disk_that_is_unmounted_is_out_until_it_is_mounted_again()
    {
        await using var disks = await StartAsync();
        var (fixture, path) = (disks.Fixture, disks.Path);
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        Assert.NotEmpty(there);
        Assert.True(Run("umount", "-l", path));
        await RefusedAsync(path, () => fixture.GetAsync(Bucket, there[0]));
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Faulty);
        Assert.Empty(Directory.EnumerateFileSystemEntries(path));
        await fixture.PutAsync(Bucket, there[0], "newer");
        await RefusedAsync(path, () => fixture.NamesAsync(Bucket));
        await RefusedAsync("has no .skein.mountpath", () => fixture.Store.Control.EnableAsync(path, true, Cancel), anyCode: true);

        Assert.True(Run("mount", disks.Image, path));
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Available);
        Assert.True(await fixture.Store.Resilver.RunAsync(_ => Bucket, new MoveLog(), Cancel));
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        Assert.Equal(Names, await fixture.NamesAsync(Bucket));
    }

    [Fact]
    public async Task A_disk_that_turns_read_only_is_found_by_its_errors()
    {
        await using var disks = await StartAsync();
        var (fixture, path) = (disks.Fixture, disks.Path);
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        // as ext4 does by itself after an error of the device: what was not flushed is lost, and all writes are refused
        await fixture.Store.FlushAsync(Cancel);
        Assert.SkipUnless(Run("mount", "-o", "remount,abort", path), "cannot make it read-only");
        await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(Bucket, there[0], "lost"));
        await PollAsync(fixture, () => fixture.Store.Mountpaths.View.Find(path)!.State == MountpathState.Faulty);
        await fixture.PutAsync(Bucket, there[0], "newer");
        Assert.Equal("newer", await fixture.GetAsync(Bucket, there[0]));
        await RefusedAsync(path, () => fixture.GetAsync(Bucket, there[1]));
    }

    [Fact]
    public async Task A_full_disk_refuses_and_the_others_go_on()
    {
        await using var disks = await StartAsync();
        var (fixture, path) = (disks.Fixture, disks.Path);
        fixture.Store.Space.Config = () => new() { OutOfSpace = 100 };
        await FillAsync(path + "/filler");
        string[] there = [.. Names.Where(name => fixture.Store.Mountpaths.Choose(DigestOf(name)).Path == path)];
        var refused = await Assert.ThrowsAsync<StoreException>(
            () => fixture.PutAsync(Bucket, there[0], new byte[300_000]));
        Assert.Equal(StoreErrorCode.OutOfSpace, refused.Code);
        Assert.Contains($"no space left on mountpath {path}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(path + "/@ais/b/%wk"));
        Assert.Equal("content of " + there[0], await fixture.GetAsync(Bucket, there[0]));
        var here = Names.Except(there).First();
        await fixture.PutAsync(Bucket, here, "newer");
        Assert.True(await fixture.Store.DeleteAsync(Bucket, there[0], Cancel));
        Assert.Null(await fixture.GetAsync(Bucket, there[0]));
        Assert.Equal(2, fixture.Store.Mountpaths.View.Available.Count);
        await FillAsync(path + "/again");
        await fixture.Store.Control.DisableAsync(fixture.Paths[0].Path, resilver: true, Cancel);
        var log = new MoveLog();
        Assert.False(await fixture.Store.Resilver.RunAsync(_ => Bucket, log, Cancel));
        Assert.Contains(log.Problems, problem => problem.Contains("no space left", StringComparison.Ordinal));
        Assert.Equal("newer", await fixture.GetAsync(Bucket, here)); // nothing was lost
    }

    private static ulong DigestOf(string name) => HrwDigest.OfObject(Bucket.Name.Uname, name);

    /// <summary>The second mountpath is a small ext4 of its own.</summary>
    private static async Task<Disks> StartAsync()
    {
        var fixture = new StoreFixture(2) { Remembers = true };
        var (path, image) = (fixture.Paths[1].Path, fixture.Root + ".img");
        Directory.CreateDirectory(path);
        await using (var file = File.Create(image))
        {
            file.SetLength(24 << 20);
        }
        Assert.SkipUnless(Run("mkfs.ext4", "-q", "-F", "-m", "0", image) && Run("mount", image, path), "cannot mount");
        var disks = new Disks(fixture, path, image);
        try
        {
            Directory.Delete(path + "/lost+found");
            await fixture.StartAsync();
            foreach (var name in Names)
            {
                await fixture.PutAsync(Bucket, name, "content of " + name);
            }
            return disks;
        }
        catch
        {
            await disks.DisposeAsync();
            throw;
        }
    }

    private static async Task FillAsync(string path)
    {
        // what the file system holds back for delayed writes is free again after a flush
        for (var round = 0; round < 10; round++)
        {
            foreach (var step in (int[])[65536, 1024])
            {
                try
                {
                    while (true)
                    {
                        await File.AppendAllBytesAsync($"{path}{round}", new byte[step], Cancel);
                    }
                }
                catch (IOException)
                {
                    // as full as this step can make it
                }
            }
            Run("sync", "-f", Path.GetDirectoryName(path)!);
        }
    }

    private static async Task RefusedAsync(string text, Func<Task> action, bool anyCode = false)
    {
        var error = await Assert.ThrowsAsync<StoreException>(action);
        Assert.True(anyCode || error.Code == StoreErrorCode.NotReady, error.Message);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static async Task PollAsync(StoreFixture fixture, Func<bool> isTrue)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "not within 30 s");
            fixture.Store.Health.Wake();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private sealed record Disks(StoreFixture Fixture, string Path, string Image) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Fixture.Store is not null)
            {
                await Fixture.StopAsync();
            }
            Run("umount", "-l", Path);
            File.Delete(Image);
            await Fixture.DisposeAsync();
        }
    }
}
