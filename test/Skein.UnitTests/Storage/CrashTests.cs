using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>
/// Stops the store before each of its steps in turn, as a kill or a power loss does, opens it again and looks: every
/// acknowledged change is there, the one under way is there as a whole or not at all, and the listing shows exactly what
/// can be read.
/// </summary>
public sealed class CrashTests
{
    private const int MoreThanAllSteps = 500;

    private static readonly BucketRef Bucket = StoreFixture.Bucket(durability: DurabilityPolicy.Disk);

    private static readonly (string Name, string? Content)[] Before =
    [
        ("over", "old over"), ("dir/gone", "old gone"), ("patched", "old patched"), ("file", "old file"),
        ("tree/leaf", "old leaf"), ("keep", "old keep"),
    ];

    /// <summary>Each change with the content after it; the tag is the custom metadata's.</summary>
    private static readonly (string Kind, string Name, string? After)[] Changes =
    [
        ("put", "over", "new over, longer than the old one"),
        ("put", "fresh/deep/er/name", "new in folders that do not exist yet"),
        ("put", "fresh/deep/second", "new beside it"),
        ("delete", "dir/gone", null),
        ("patch", "patched", "old patched"),
        ("put", "file/below", "below a file"),
        ("put", "tree", "where a folder is"),
        ("delete", "file", null),
        ("put", "file/below", "again below"),
        ("delete", "tree", null),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_stop_at_any_step_there_is_the_old_or_the_new(bool powerLoss)
    {
        string[] expected =
        [
            "create", "write", "set metadata", "flush file", "rename", "make folder", "flush folder", "remove file",
            "remove folder", "index begin", "index commit",
        ];
        await CrashSweep.RunAsync(expected, MoreThanAllSteps, plan => RunAsync(plan, powerLoss));
    }

    private static async Task RunAsync(CrashPlan plan, bool powerLoss)
    {
        await using var fixture = new StoreFixture(1);
        await fixture.StartAsync(plan);
        await fixture.Store.CreateBucketAsync(Bucket, StoreFixture.Cancel);
        var certain = new Dictionary<string, string?>();
        foreach (var (name, content) in Before)
        {
            await fixture.PutAsync(Bucket, name, content!);
            certain[name] = content;
        }
        plan.IsArmed = true;
        (string Kind, string Name, string? After)? underWay = null;
        var patchedForCertain = false;
        foreach (var change in Changes)
        {
            try
            {
                await ApplyAsync(fixture, change);
                certain[change.Name] = change.After;
                patchedForCertain |= change.Kind == "patch";
            }
            catch (Exception e) when (e is SimulatedCrash or StoreException or ObjectDisposedException)
            {
                underWay = change;
                break;
            }
        }
        await fixture.StartAfterCrashAsync(powerLoss);
        await CheckAsync(fixture, certain, underWay, patchedForCertain, $"crash before {plan.Where}");
    }

    private static async Task ApplyAsync(StoreFixture fixture, (string Kind, string Name, string? After) change)
    {
        switch (change.Kind)
        {
            case "put":
                await fixture.PutAsync(Bucket, change.Name, change.After!);
                break;
            case "delete":
                Assert.True(await fixture.Store.DeleteAsync(Bucket, change.Name, StoreFixture.Cancel));
                break;
            default:
                Assert.NotNull(await fixture.Store.UpdateCustomAsync(
                    Bucket, change.Name, [new("tag", "new")], false, fixture.NextStamp(), StoreFixture.Cancel));
                break;
        }
    }

    private static async Task CheckAsync(
        StoreFixture fixture, Dictionary<string, string?> certain, (string Kind, string Name, string? After)? underWay,
        bool patchedForCertain, string where)
    {
        var readable = new SortedDictionary<string, ObjectAttributes>(Utf8Order.Comparer);
        foreach (var name in certain.Keys.Concat(Changes.Select(c => c.Name)).Distinct())
        {
            var content = await fixture.GetAsync(Bucket, name);
            var old = certain.GetValueOrDefault(name);
            var right = content == old || (name == underWay?.Name && content == underWay.Value.After);
            Assert.True(right, $"{where}: {name} is '{content}', was '{old}', under way {underWay}");
            if ((await fixture.Store.StatAsync(Bucket, name, StoreFixture.Cancel))?.Attributes is { } attributes)
            {
                readable[name] = attributes;
            }
        }
        if (patchedForCertain)
        {
            Assert.Equal([new("tag", "new")], readable["patched"].Custom);
        }
        var page = await fixture.Store.ListAsync(Bucket, new ListQuery(), StoreFixture.Cancel);
        Assert.True(
            readable.Keys.SequenceEqual(page.Entries.Select(e => e.Name)),
            $"{where}: listed [{string.Join(", ", page.Entries.Select(e => e.Name))}], "
                + $"readable [{string.Join(", ", readable.Keys)}]");
        foreach (var entry in page.Entries)
        {
            Assert.Equivalent(readable[entry.Name], entry.Attributes);
        }
        Assert.Empty(Directory.EnumerateFiles(fixture.Paths[0].Path + "/@ais/b/%wk"));
    }
}
