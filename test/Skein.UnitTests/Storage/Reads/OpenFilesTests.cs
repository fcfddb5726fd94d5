using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Errors;
using Skein.Storage.Objects;
using Skein.Storage.Reads;

namespace Skein.UnitTests.Storage.Reads;

/// <summary>Files that are kept open are never older than what the disk has.</summary>
public sealed class OpenFilesTests : IAsyncLifetime
{
    private static readonly BucketRef Bucket = StoreFixture.Bucket();

    private readonly FakeTimeProvider _time = new();
    private StoreFixture _disks = null!;

    private OpenFiles Files => OpenFiles.Of(_disks.Store);

    public async ValueTask InitializeAsync()
    {
        _disks = await StoreFixture.OpenAsync(remembers: true);
        Files.Keep(10, _time);
    }

    public ValueTask DisposeAsync() => _disks.DisposeAsync();

    [Fact]
    public async Task A_file_is_found_open_until_its_object_changes()
    {
        await _disks.PutAsync(Bucket, "a", "one");
        Assert.Null(Files.Find(Bucket, "a"));
        Assert.Equal("one", Read("a"));
        Assert.Equal("one", Found("a"));
        Assert.Equal(1, Files.Count);
        await _disks.PutAsync(Bucket, "a", "two");
        Assert.Null(Found("a"));
        Assert.Equal("two", Read("a"));
        await _disks.Store.UpdateCustomAsync(Bucket, "a", [new("k", "v")], false, _disks.NextStamp(), StoreFixture.Cancel);
        Assert.Null(Found("a"));
        var file = Files.Open(Bucket, "a")!;
        Assert.Equal(new("k", "v"), Assert.Single(file.Attributes.Custom));
        await _disks.Store.DeleteAsync(Bucket, "a", StoreFixture.Cancel);
        Assert.Null(Found("a"));
        Assert.Null(Read("a"));
        Assert.Equal("two", Text(file));
        file.Release();
        Assert.True(file.File.IsClosed);
        Assert.Equal(0, Files.Count);
    }

    [Fact]
    public async Task A_bucket_that_is_destroyed_or_made_anew_is_not_read_from_open_files()
    {
        await _disks.PutAsync(Bucket, "a", "one");
        Assert.Equal("one", Read("a"));
        await _disks.Store.DestroyBucketAsync(Bucket.Name, Bucket.Id, StoreFixture.Cancel);
        Assert.Null(Found("a"));
        Assert.Null(Read("a"));
        var anew = StoreFixture.Bucket(id: 2);
        await _disks.PutAsync(anew, "a", "two");
        Assert.Null(Found("a"));
        using var held = Hold(Files.Open(anew, "a")!);
        Assert.Equal("two", Text(held.File));
        await _disks.Store.CreateBucketAsync(StoreFixture.Bucket(id: 3), StoreFixture.Cancel);
        Assert.Null(Files.Find(anew, "a"));
    }

    [Fact]
    public async Task A_mountpath_that_goes_out_of_service_takes_its_open_files_with_it()
    {
        await _disks.PutAsync(Bucket, "a", "one");
        var file = Files.Open(Bucket, "a")!;
        file.Release();
        Assert.False(file.File.IsClosed);
        var path = (await _disks.Store.StatAsync(Bucket, "a", StoreFixture.Cancel))!.Mountpath.Path;
        await _disks.Store.Control.DisableAsync(path, resilver: false, StoreFixture.Cancel);
        Assert.True(file.File.IsClosed);
        Assert.Equal(StoreErrorCode.NotReady, Assert.Throws<StoreException>(() => Files.Open(Bucket, "a")).Code);
        await _disks.Store.Control.EnableAsync(path, resilver: false, StoreFixture.Cancel);
        Assert.Equal("one", Read("a"));
    }

    [Fact]
    public async Task What_somebody_else_does_to_the_file_is_seen()
    {
        await _disks.PutAsync(Bucket, "a", "one");
        Assert.Equal("one", Read("a"));
        File.Delete(Directory.EnumerateFiles(_disks.Root, "a", SearchOption.AllDirectories).Single());
        Assert.Null(Found("a"));
        Assert.Null(Read("a"));
        Assert.Equal(0, Files.Count);
    }

    [Fact]
    public async Task No_more_are_kept_than_the_limit_and_none_that_nobody_reads()
    {
        var names = Enumerable.Range(0, 50).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var name in names)
        {
            await _disks.PutAsync(Bucket, name, name);
            Assert.Equal(name, Read(name));
            Assert.InRange(Files.Count, 1, 10);
        }
        Assert.Equal("49", Found("49"));
        _time.Advance(OpenFiles.IdleTime);
        Assert.Equal("49", Found("49"));
        _time.Advance(OpenFiles.IdleTime);
        Assert.Equal(1, Files.Count);
        _time.Advance(OpenFiles.IdleTime);
        Assert.Equal(0, Files.Count);
    }

    [Fact]
    public async Task Without_a_limit_every_read_opens_the_file()
    {
        await _disks.RestartAsync();
        await _disks.PutAsync(Bucket, "a", "one");
        Assert.Equal("one", Read("a"));
        Assert.Null(Found("a"));
        Assert.Equal(0, Files.Count);
    }

    /// <summary>
    /// Each name has one writer, who writes growing numbers, deletes now and then, and says after each step what is stored.
    /// A reader that begins after that must see this or something later.
    /// </summary>
    [Fact]
    public async Task No_read_is_older_than_the_last_change_that_was_acknowledged_before_it()
    {
        const int Names = 4;
        const int Steps = 250;
        var acknowledged = new int[Names];
        var writers = Enumerable.Range(0, Names).Select(i => Task.Run(async () =>
        {
            var name = $"n{i}";
            for (var step = 1; step <= Steps; step++)
            {
                if (step % 5 == 0)
                {
                    await _disks.Store.DeleteAsync(Bucket, name, StoreFixture.Cancel);
                }
                else
                {
                    await _disks.PutAsync(Bucket, name, step.ToString(CultureInfo.InvariantCulture));
                }
                Volatile.Write(ref acknowledged[i], step);
            }
        })).ToList();
        var all = Task.WhenAll(writers);
        var readers = Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
        {
            for (var random = new Random(seed); !all.IsCompleted;)
            {
                var i = random.Next(Names);
                var least = Volatile.Read(ref acknowledged[i]);
                var file = Files.Find(Bucket, $"n{i}");
                file ??= Files.Open(Bucket, $"n{i}");
                var text = file is null ? null : Text(file);
                file?.Release();
                var most = Volatile.Read(ref acknowledged[i]) + 1;
                if (text is null)
                {
                    // Deleted: by a step between the two, or it has never been there.
                    Assert.True(least == 0 || Enumerable.Range(least, most - least + 1).Any(step => step % 5 == 0));
                }
                else
                {
                    Assert.InRange(int.Parse(text, CultureInfo.InvariantCulture), least, most);
                }
            }
        }));
        await Task.WhenAll(readers);
        await all;
        Assert.InRange(Files.Count, 0, Names);
    }

    private static Held Hold(OpenFile file) => new(file);

    private static string Text(OpenFile file)
    {
        var bytes = new byte[file.Attributes.Size];
        Assert.Equal(bytes.Length, RandomAccess.Read(file.File, bytes, 0));
        return Encoding.UTF8.GetString(bytes);
    }

    private string? Found(string name) => Take(Files.Find(Bucket, name));

    private string? Read(string name) => Take(Files.Open(Bucket, name));

    private static string? Take(OpenFile? file)
    {
        if (file is null)
        {
            return null;
        }
        using var held = Hold(file);
        return Text(file);
    }

    private readonly struct Held(OpenFile file) : IDisposable
    {
        public OpenFile File => file;

        public void Dispose() => file.Release();
    }
}
