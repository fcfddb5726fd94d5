using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class ObjectStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Digests => new()
    {
        { ChecksumTypes.XxHash, "42e5a56599499d9c" },
        { ChecksumTypes.XxHash2, "42e5a56599499d9c" },
        { ChecksumTypes.Md5, "f2569014b513c67f10c064073ac50c75" },
        { ChecksumTypes.Sha256, Convert.ToHexStringLower(SHA256.HashData("hello, wire\n"u8)) },
        { ChecksumTypes.Sha512, Convert.ToHexStringLower(SHA512.HashData("hello, wire\n"u8)) },
        { ChecksumTypes.Crc32C, "" },
        { ChecksumTypes.None, "" },
    };

    [Theory]
    [MemberData(nameof(Digests))]
    public async Task Round_trip_keeps_bytes_and_checksum_of_every_type(string type, string digest)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket(checksum: type);
        var attributes = await fixture.PutAsync(bucket, "dir/hello.txt", "hello, wire\n");

        Assert.Equal(type, attributes.Checksum.Type);
        if (digest.Length != 0)
        {
            Assert.Equal(digest, attributes.Checksum.Value);
        }
        Assert.Equal("hello, wire\n", await fixture.GetAsync(bucket, "dir/hello.txt"));
        var stat = await fixture.Store.StatAsync(bucket, "dir/hello.txt", Cancel);
        Assert.Equivalent(attributes, stat!.Attributes);
        Assert.Equal(12, stat.Attributes.Size);
        Assert.EndsWith("/@ais/b/%ob/dir/hello.txt", stat.PhysicalPath, StringComparison.Ordinal);
    }

    [Fact]
    public void Crc32c_has_the_published_check_value() =>
        Assert.Equal("e3069283", ChecksumCalculator.Compute(ChecksumTypes.Crc32C, "123456789"u8).Value);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    [InlineData(1_000_003)]
    public async Task Bytes_survive_any_way_of_cutting_them(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        var bucket = StoreFixture.Bucket();
        var content = new byte[size];
        new Random(size).NextBytes(content);
        await using (var writer = await fixture.Store.BeginWriteAsync(bucket, "o", null, null, Cancel))
        {
            var random = new Random(7);
            for (var done = 0; done < size;)
            {
                var count = Math.Min(size - done, random.Next(1, 400_000));
                await writer.WriteAsync(new ReadOnlySequence<byte>(content, done, count), Cancel);
                done += count;
            }
            var attributes = await writer.CommitAsync(new WriteCommit { Stamp = fixture.NextStamp() }, Cancel);
            Assert.Equal(ChecksumCalculator.Compute(ChecksumTypes.XxHash, content), attributes.Checksum);
        }
        using var handle = await fixture.Store.OpenReadAsync(bucket, "o", Cancel);
        Assert.Equal(content, StoreFixture.ReadAll(handle!));
    }

    [Fact]
    public async Task A_wrong_checksum_changes_nothing_and_says_what_AIStore_says()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", "old");
        var error = await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(
            bucket, "o", "hello, wire\n"u8.ToArray(), new WriteCommit
            {
                Stamp = fixture.NextStamp(),
                Expected = new Checksum(ChecksumTypes.XxHash, "0000000000000000"),
            }));
        Assert.Equal(StoreErrorCode.BadChecksum, error.Code);
        Assert.Equal(
            "BAD DATA CHECKSUM: xxhash(0000000000000000 != 42e5a56599499d9c) (context: o[b/o])", error.Message);
        Assert.Equal("old", await fixture.GetAsync(bucket, "o"));
        Assert.Empty(WorkFiles(fixture));
    }

    [Fact]
    public async Task A_client_may_declare_another_checksum_type_than_the_bucket_keeps()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var right = new Checksum(ChecksumTypes.Md5, "9dd4e461268c8034f5c8564e155c67a6");
        var attributes = await fixture.PutAsync(
            bucket, "o", "x"u8.ToArray(), new WriteCommit { Stamp = fixture.NextStamp(), Expected = right });
        Assert.Equal(ChecksumTypes.XxHash, attributes.Checksum.Type);
        var wrong = right with { Value = right.Value.ToUpperInvariant() };
        var error = await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(
            bucket, "o", "x"u8.ToArray(), new WriteCommit { Stamp = fixture.NextStamp(), Expected = wrong }));
        Assert.Equal(StoreErrorCode.BadChecksum, error.Code);
    }

    [Fact]
    public async Task An_unknown_checksum_type_is_refused_before_anything_is_written()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        foreach (var (kept, declared) in ((string, string?)[])[("sha3", null), (ChecksumTypes.Md5, "sha3")])
        {
            var error = await Assert.ThrowsAsync<StoreException>(async () => await fixture.Store.BeginWriteAsync(
                StoreFixture.Bucket(checksum: kept), "o", null, declared, Cancel));
            Assert.Equal(StoreErrorCode.InvalidRequest, error.Code);
        }
        Assert.Empty(WorkFiles(fixture));
    }

    [Fact]
    public async Task A_short_body_is_refused_and_an_abandoned_write_leaves_nothing()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        await using (var writer = await fixture.Store.BeginWriteAsync(bucket, "o", 10, null, Cancel))
        {
            await writer.WriteAsync("abc"u8.ToArray(), Cancel);
            var error = await Assert.ThrowsAsync<StoreException>(
                async () => await writer.CommitAsync(new WriteCommit { Stamp = fixture.NextStamp() }, Cancel));
            Assert.Equal(StoreErrorCode.TruncatedBody, error.Code);
        }
        Assert.Null(await fixture.GetAsync(bucket, "o"));
        Assert.Empty(WorkFiles(fixture));
        Assert.Empty(await fixture.NamesAsync(bucket));
    }

    [Fact]
    public async Task Versions_count_per_name_and_follow_what_the_client_says()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        Assert.Equal("1", (await fixture.PutAsync(bucket, "o", "a")).Version);
        Assert.Equal("2", (await fixture.PutAsync(bucket, "o", "b")).Version);
        var given = new WriteCommit { Stamp = fixture.NextStamp(), PreviousVersion = "77" };
        Assert.Equal("78", (await fixture.PutAsync(bucket, "o", "c"u8.ToArray(), given)).Version);
        await fixture.RestartAsync();
        Assert.Equal("79", (await fixture.PutAsync(bucket, "o", "d")).Version);
        Assert.Equal("", (await fixture.PutAsync(bucket with { Versioning = false }, "o", "e")).Version);
        Assert.True(await fixture.Store.DeleteAsync(bucket, "o", Cancel));
        Assert.Equal("1", (await fixture.PutAsync(bucket, "o", "f")).Version);
    }

    [Fact]
    public async Task A_reader_keeps_what_it_opened_while_the_name_is_overwritten_and_deleted()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", "first");
        using var handle = await fixture.Store.OpenReadAsync(bucket, "o", Cancel);
        await fixture.PutAsync(bucket, "o", "the second, longer one");
        await fixture.Store.DeleteAsync(bucket, "o", Cancel);
        Assert.Equal("first", Encoding.UTF8.GetString(StoreFixture.ReadAll(handle!)));
        Assert.Equal("1", handle!.Attributes.Version);
        Assert.False(await fixture.Store.DeleteAsync(bucket, "o", Cancel));
    }

    [Fact]
    public async Task Buckets_differ_by_namespace_and_by_id()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var plain = StoreFixture.Bucket();
        var other = StoreFixture.Bucket(id: 2, ns: new BucketNamespace("", "team"));
        await fixture.PutAsync(plain, "o", "global");
        await fixture.PutAsync(other, "o", "team");
        Assert.Equal("global", await fixture.GetAsync(plain, "o"));
        Assert.Equal("team", await fixture.GetAsync(other, "o"));
        Assert.Equal(["o"], await fixture.NamesAsync(other));

        var stranger = plain with { Id = 99 };
        Assert.Null(await fixture.GetAsync(stranger, "o"));
        Assert.Null(await fixture.Store.StatAsync(stranger, "o", Cancel));
        Assert.False(await fixture.Store.DeleteAsync(stranger, "o", Cancel));
        Assert.Empty(await fixture.NamesAsync(stranger));
        Assert.Equal("global", await fixture.GetAsync(plain, "o"));
    }

    [Fact]
    public async Task A_destroyed_bucket_is_gone_for_good_and_its_name_can_be_used_again()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var old = StoreFixture.Bucket();
        await fixture.Store.CreateBucketAsync(old, Cancel);
        for (var i = 0; i < 50; i++)
        {
            await fixture.PutAsync(old, $"d{i % 5}/o{i}", "x");
        }
        await using var late = await fixture.Store.BeginWriteAsync(old, "late", null, null, Cancel);
        await fixture.Store.DestroyBucketAsync(old.Name, old.Id, Cancel);
        Assert.Null(await fixture.GetAsync(old, "d0/o0"));
        Assert.Empty(await fixture.NamesAsync(old));
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await late.CommitAsync(new WriteCommit { Stamp = fixture.NextStamp() }, Cancel));
        Assert.Equal(StoreErrorCode.BucketNotFound, error.Code);

        var young = old with { Id = 2 };
        await fixture.Store.CreateBucketAsync(young, Cancel);
        await fixture.PutAsync(young, "n", "y");
        await fixture.Store.DestroyBucketAsync(old.Name, old.Id, Cancel);
        Assert.Equal(["n"], await fixture.NamesAsync(young));
        Assert.Equal("y", await fixture.GetAsync(young, "n"));
        await fixture.RestartAsync();
        Assert.Equal(["n"], await fixture.NamesAsync(young));
        Assert.Empty(await fixture.NamesAsync(old));
    }

    [Fact]
    public async Task A_destroyed_bucket_is_not_listed_while_its_rows_are_still_there()
    {
        using var purge = new ManualResetEventSlim();
        await using var fixture = await StoreFixture.OpenAsync(options: new ObjectStoreOptions
        {
            BootId = "boot-1",
            FaultPoint = point =>
            {
                if (point == "index purge")
                {
                    purge.Wait(TimeSpan.FromSeconds(30), Cancel);
                }
            },
        });
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", "x");
        Assert.Equal(["o"], await fixture.NamesAsync(bucket));
        try
        {
            await fixture.Store.DestroyBucketAsync(bucket.Name, bucket.Id, Cancel);
            var page = ListingMerge.Read(fixture.Store.Units, bucket.Id, new ListQuery(), Cancel);
            Assert.Empty(page.Entries);
        }
        finally
        {
            purge.Set();
        }
    }

    [Fact]
    public async Task A_bucket_that_was_made_anew_while_the_node_was_away_shows_nothing_old()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync(StoreFixture.Bucket(), "old", "x");
        await fixture.RestartAsync();
        var young = StoreFixture.Bucket(id: 2);
        await fixture.PutAsync(young, "young", "y");
        await fixture.Store.CreateBucketAsync(young, Cancel);
        Assert.Equal(["young"], await fixture.NamesAsync(young));
        Assert.Equal("y", await fixture.GetAsync(young, "young"));
        Assert.Null(await fixture.GetAsync(young, "old"));
    }

    [Fact]
    public async Task Custom_metadata_is_merged_replaced_and_kept()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket(durability: DurabilityPolicy.Disk);
        await fixture.PutAsync(bucket, "o", "x"u8.ToArray(), new WriteCommit
        {
            Stamp = fixture.NextStamp(),
            Custom = [new("z", "1"), new("a", "ü")],
        });
        await fixture.Store.UpdateCustomAsync(
            bucket, "o", [new("m", ""), new("z", "2")], false, fixture.NextStamp(), Cancel);
        await fixture.RestartAsync();
        var stat = await fixture.Store.StatAsync(bucket, "o", Cancel);
        Assert.Equal([new("a", "ü"), new("m", ""), new("z", "2")], stat!.Attributes.Custom);
        Assert.Equal("1", stat.Attributes.Version);
        await fixture.Store.UpdateCustomAsync(bucket, "o", [], true, fixture.NextStamp(), Cancel);
        Assert.Empty((await fixture.Store.StatAsync(bucket, "o", Cancel))!.Attributes.Custom);
        Assert.Null(await fixture.Store.UpdateCustomAsync(bucket, "no", [], true, fixture.NextStamp(), Cancel));
        Assert.Equal("x", await fixture.GetAsync(bucket, "o"));
    }

    [Fact]
    public async Task Metadata_that_does_not_fit_is_refused_and_the_old_object_stays()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", "old");
        KeyValuePair<string, string>[] custom = [new("k", new string('v', 70_000))];
        var put = await Assert.ThrowsAsync<StoreException>(() => fixture.PutAsync(
            bucket, "o", "new"u8.ToArray(), new WriteCommit { Stamp = fixture.NextStamp(), Custom = custom }));
        Assert.Equal(StoreErrorCode.InvalidRequest, put.Code);
        var patch = await Assert.ThrowsAsync<StoreException>(async () => await fixture.Store.UpdateCustomAsync(
            bucket, "o", custom, false, fixture.NextStamp(), Cancel));
        Assert.Equal(StoreErrorCode.InvalidRequest, patch.Code);
        Assert.Equal("old", await fixture.GetAsync(bucket, "o"));
        Assert.Empty((await fixture.Store.StatAsync(bucket, "o", Cancel))!.Attributes.Custom);
        Assert.Equal(["o"], await fixture.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_copy_that_is_not_newer_leaves_the_object_alone()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var commit = new WriteCommit { Stamp = new WriteStamp(2, 5), ExactVersion = "9", OnlyIfNewer = true };
        await fixture.PutAsync(bucket, "o", "new"u8.ToArray(), commit);
        var kept = await fixture.PutAsync(
            bucket, "o", "older"u8.ToArray(), commit with { Stamp = new WriteStamp(1, 99), ExactVersion = "8" });
        Assert.Equal("9", kept.Version);
        Assert.Equal("new", await fixture.GetAsync(bucket, "o"));
        Assert.Empty(WorkFiles(fixture));
    }

    [Fact]
    public async Task Files_that_are_no_whole_objects_are_never_served()
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "cut", "0123456789");
        await fixture.PutAsync(bucket, "grown", "0123456789");
        var folder = Path.Combine(fixture.Paths[0].Path, "@ais/b/%ob");
        await using (var file = File.OpenWrite(Path.Combine(folder, "cut")))
        {
            file.SetLength(9);
        }
        await File.AppendAllTextAsync(Path.Combine(folder, "grown"), "x", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "foreign"), "no attribute", Cancel);
        foreach (var name in (string[])["cut", "grown", "foreign"])
        {
            Assert.Null(await fixture.GetAsync(bucket, name));
        }
        Assert.Equal(3, fixture.Store.DamagedObjects);
        await fixture.PutAsync(bucket, "foreign", "now whole");
        Assert.Equal("now whole", await fixture.GetAsync(bucket, "foreign"));
    }

    [Fact]
    public async Task A_delete_of_one_write_leaves_a_newer_one_alone()
    {
        await using var fixture = await StoreFixture.OpenAsync(2);
        var bucket = StoreFixture.Bucket();
        await fixture.PutAsync(bucket, "o", "old");
        var old = (await fixture.Store.StatAsync(bucket, "o", StoreFixture.Cancel))!.Attributes.Stamp;
        await fixture.PutAsync(bucket, "o", "new");
        Assert.False(await fixture.Store.DeleteAsync(bucket, "o", old, StoreFixture.Cancel));
        Assert.Equal("new", await fixture.GetAsync(bucket, "o"));
        var now = (await fixture.Store.StatAsync(bucket, "o", StoreFixture.Cancel))!.Attributes.Stamp;
        Assert.True(await fixture.Store.DeleteAsync(bucket, "o", now, StoreFixture.Cancel));
        Assert.False(await fixture.Store.DeleteAsync(bucket, "o", now, StoreFixture.Cancel));
        Assert.Null(await fixture.GetAsync(bucket, "o"));
        Assert.Empty(await fixture.NamesAsync(bucket));
    }

    [Fact]
    public async Task Objects_are_found_and_replaced_after_mountpaths_came_and_went()
    {
        await using var fixture = await StoreFixture.OpenAsync(2);
        var bucket = StoreFixture.Bucket();
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"o{i:d2}")];
        foreach (var name in names)
        {
            await fixture.PutAsync(bucket, name, "old " + name);
        }
        await fixture.StopAsync();
        fixture.Paths.Add((Path.Combine(fixture.Root, "mp3"), "new"));
        fixture.Paths.Add((Path.Combine(fixture.Root, "mp4"), "new"));
        await fixture.StartAsync();
        Assert.False(fixture.Store.Mountpaths.IsSettled);
        Assert.Equal(names, await fixture.NamesAsync(bucket));
        foreach (var name in names)
        {
            Assert.Equal("old " + name, await fixture.GetAsync(bucket, name));
            Assert.Equal("2", (await fixture.PutAsync(bucket, name, "new " + name)).Version);
        }
        Assert.Equal(names, await fixture.NamesAsync(bucket));
        var files = fixture.Paths.Sum(p => Directory.Exists(p.Path + "/@ais/b/%ob")
            ? Directory.GetFiles(p.Path + "/@ais/b/%ob").Length : 0);
        Assert.Equal(names.Length, files);
        foreach (var name in names)
        {
            Assert.Equal("new " + name, await fixture.GetAsync(bucket, name));
            Assert.True(await fixture.Store.DeleteAsync(bucket, name, Cancel));
        }
        Assert.Empty(await fixture.NamesAsync(bucket));
    }

    private static IEnumerable<string> WorkFiles(StoreFixture fixture) =>
        Directory.EnumerateFiles(fixture.Root, "*", SearchOption.AllDirectories)
            .Where(f => f.Contains("/%wk/", StringComparison.Ordinal));
}
