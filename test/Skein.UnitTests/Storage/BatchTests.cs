using System.Text;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>Many writes and removals with few flushes: as whole and as durable as one by one.</summary>
public sealed class BatchTests
{
    private const int MoreThanAllSteps = 500;

    private static readonly BucketRef Bucket = StoreFixture.Bucket(durability: DurabilityPolicy.Disk);
    private static readonly string Long = new('x', 300);
    private static readonly string[] Names = ["over", "fresh/deep/er", "fresh/deep/two", Long, "file/below", "plain", "tree"];
    private static readonly string[] Present = ["over", "file", "tree/leaf", "keep", Long];

    [Fact]
    public async Task Each_write_stands_for_itself()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync(Bucket, "newer", "stays", new WriteStamp(9, 1));
        var writes = new List<BatchWrite>
        {
            await WriteAsync(fixture, "good", "one", new WriteStamp(2, 1)),
            await WriteAsync(fixture, "newer", "older", new WriteStamp(2, 2)),
            await WriteAsync(fixture, "unwanted", "x", new WriteStamp(2, 3), () => false),
            await WriteAsync(fixture, "bad", "x", new WriteStamp(2, 4), expected: new Checksum(ChecksumTypes.XxHash, "00")),
            await WriteAsync(fixture, "also/good", "two", new WriteStamp(2, 5)),
        };
        var results = await fixture.Store.CommitBatchAsync(writes, StoreFixture.Cancel);
        await CloseAsync(writes);
        Assert.Equal(new WriteStamp(2, 1), results[0].Attributes!.Stamp);
        Assert.Equal(new WriteStamp(9, 1), results[1].Attributes!.Stamp);
        Assert.Equal((null, null), (results[2].Attributes, results[2].Error));
        Assert.Equal(StoreErrorCode.BadChecksum, results[3].Error!.Code);
        Assert.Equal("7", results[4].Attributes!.Version);
        Assert.Equal("one", await fixture.GetAsync(Bucket, "good"));
        Assert.Equal("stays", await fixture.GetAsync(Bucket, "newer"));
        Assert.Null(await fixture.GetAsync(Bucket, "unwanted"));
        Assert.Null(await fixture.GetAsync(Bucket, "bad"));
        var page = await fixture.Store.ListAsync(Bucket, new ListQuery(), StoreFixture.Cancel);
        Assert.Equal(["also/good", "good", "newer"], page.Entries.Select(entry => entry.Name));
        var onDisk = new List<string>();
        await foreach (var found in fixture.Store.FindOnDisksAsync((_, id, _) => id == Bucket.Id, StoreFixture.Cancel))
        {
            onDisk.Add(found.Name);
        }
        Assert.Equal(["also/good", "good", "newer"], onDisk.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_has_changed_since_is_not_removed()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync(Bucket, "same", "x", new WriteStamp(1, 1));
        await fixture.PutAsync(Bucket, "changed", "y", new WriteStamp(1, 3));
        var removed = await fixture.Store.RemoveBatchAsync(
            Bucket,
            [("same", new WriteStamp(1, 1)), ("changed", new WriteStamp(1, 2)), ("absent", new WriteStamp(1, 1))],
            durable: true,
            StoreFixture.Cancel);
        Assert.Equal(1, removed);
        Assert.Null(await fixture.GetAsync(Bucket, "same"));
        Assert.Equal("y", await fixture.GetAsync(Bucket, "changed"));
    }

    [Fact]
    public async Task An_object_that_is_there_already_is_durable_when_that_is_answered()
    {
        var steps = new List<string>();
        await using var fixture = new StoreFixture(1);
        fixture.Options = fixture.Options with { WrapDisk = disk => new HookedDisk(disk, steps.Add) };
        await fixture.StartAsync();
        await fixture.PutAsync(Bucket, "d/o", "x", new WriteStamp(2, 1));
        foreach (var isBatch in (bool[])[true, false])
        {
            steps.Clear();
            var write = await WriteAsync(fixture, "d/o", "x", new WriteStamp(2, 1));
            if (isBatch)
            {
                Assert.NotNull((await fixture.Store.CommitBatchAsync([write], StoreFixture.Cancel))[0].Attributes);
            }
            else
            {
                await write.Writer.CommitAsync(write.Commit, StoreFixture.Cancel);
            }
            await CloseAsync([write]);
            Assert.DoesNotContain(steps, step => step.StartsWith("rename", StringComparison.Ordinal));
            Assert.Contains(steps, step => step.EndsWith("/%ob/d", StringComparison.Ordinal)
                && step.StartsWith("flush folder", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_older_copy_on_another_mountpath_does_not_come_to_light()
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"o{i:d2}")];
        foreach (var name in names)
        {
            await fixture.PutAsync(Bucket, name, "old", new WriteStamp(1, 1));
        }
        await fixture.StopAsync();
        var first = fixture.Paths[0].Path;
        CopyFolder(first, fixture.Root + "/copy");
        fixture.Paths.Add((fixture.Root + "/mp2", ""));
        await fixture.StartAsync();
        foreach (var name in names)
        {
            await fixture.PutAsync(Bucket, name, "new", new WriteStamp(1, 2));
        }
        foreach (var name in names.Where(name => !File.Exists($"{first}/@ais/b/%ob/{name}")))
        {
            File.Move($"{fixture.Root}/copy/@ais/b/%ob/{name}", $"{first}/@ais/b/%ob/{name}"); // as a kill leaves it
        }
        foreach (var name in names)
        {
            Assert.Equal("new", await fixture.GetAsync(Bucket, name));
        }
        var removed = await fixture.Store.RemoveBatchAsync(
            Bucket, [.. names[..20].Select(name => (name, new WriteStamp(1, 2)))], true, StoreFixture.Cancel);
        Assert.Equal(20, removed);
        foreach (var name in names[20..])
        {
            Assert.True(await fixture.Store.DeleteAsync(Bucket, name, StoreFixture.Cancel));
        }
        foreach (var name in names)
        {
            Assert.Null(await fixture.GetAsync(Bucket, name));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_stop_at_any_step_each_object_is_the_old_or_the_new(bool powerLoss)
    {
        string[] expected = ["flush all", "rename", "set metadata", "remove file"];
        await CrashSweep.RunAsync(expected, MoreThanAllSteps, plan => CrashAsync(plan, powerLoss));
    }

    private static async Task CrashAsync(CrashPlan plan, bool powerLoss)
    {
        await using var fixture = new StoreFixture(1);
        await fixture.StartAsync(plan);
        foreach (var name in Present)
        {
            await fixture.PutAsync(Bucket, name, "old " + name, new WriteStamp(1, 1));
        }
        plan.IsArmed = true;
        var (stored, removed) = (new HashSet<string>(), false);
        try
        {
            var writes = new List<BatchWrite>();
            foreach (var name in Names)
            {
                writes.Add(await WriteAsync(fixture, name, "new " + name, new WriteStamp(2, 1)));
            }
            var results = await fixture.Store.CommitBatchAsync(writes, StoreFixture.Cancel);
            stored = [.. Names.Where((_, i) => results[i].Attributes is not null)];
            await fixture.Store.RemoveBatchAsync(Bucket, [("keep", new WriteStamp(1, 1))], true, StoreFixture.Cancel);
            removed = true;
        }
        catch (Exception e) when (e is SimulatedCrash or StoreException or ObjectDisposedException)
        {
            // Stopped.
        }
        await fixture.StartAfterCrashAsync(powerLoss);
        var readable = new List<string>();
        foreach (var name in Names.Concat(Present).Distinct().Order(Utf8Order.Comparer))
        {
            var content = await fixture.GetAsync(Bucket, name);
            var old = Present.Contains(name) ? "old " + name : null;
            var isNew = content == "new " + name && Names.Contains(name);
            var right = stored.Contains(name) ? isNew : isNew || content == old || (name == "keep" && content is null);
            Assert.True(right && (name != "keep" || !removed || content is null), $"{plan.Where}: {name}: {content}");
            if (content is not null)
            {
                readable.Add(name);
            }
        }
        var page = await fixture.Store.ListAsync(Bucket, new ListQuery(), StoreFixture.Cancel);
        Assert.Equal(readable, page.Entries.Select(entry => entry.Name));
    }

    private static async Task<BatchWrite> WriteAsync(
        StoreFixture fixture, string name, string content, WriteStamp stamp, Func<bool>? stillWanted = null,
        Checksum? expected = null)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var writer = await fixture.Store.BeginWriteAsync(Bucket, name, bytes.Length, expected?.Type, StoreFixture.Cancel);
        await writer.WriteAsync(bytes, StoreFixture.Cancel);
        return new BatchWrite(
            writer,
            new WriteCommit { Stamp = stamp, ExactVersion = "7", OnlyIfNewer = true, Expected = expected },
            stillWanted);
    }

    private static void CopyFolder(string from, string to)
    {
        using var copy = System.Diagnostics.Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }

    private static async Task CloseAsync(IEnumerable<BatchWrite> writes)
    {
        foreach (var write in writes)
        {
            await write.Writer.DisposeAsync();
        }
    }
}
