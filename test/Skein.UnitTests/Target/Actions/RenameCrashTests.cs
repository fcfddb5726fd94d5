using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Listing;
using Skein.Target.Buckets;
using Skein.Target.Copies;
using Skein.Target.Objects;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Actions;

/// <summary>
/// Stops a target before each step of a rename in turn: the object is there under its old name, its new name or both, as a
/// whole, and the rename can be asked for again.
/// </summary>
public sealed class RenameCrashTests
{
    private const int MoreThanAllSteps = 200;

    private static readonly BucketName Bucket = BucketName.Ais("b");

    /// <summary>A name that nobody has, and one that somebody has.</summary>
    private static readonly (string From, string To, string? Replaced)[] Renames =
    [
        ("from/o", "to/a new/folder/o", null), ("from/p", "over", "replaced"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterAStopAtAnyStepTheObjectIsThere(bool powerLoss)
    {
        string[] expected =
        [
            "create", "write", "set metadata", "flush file", "rename", "make folder", "flush folder", "remove file",
            "index begin", "index commit",
        ];
        await CrashSweep.RunAsync(expected, MoreThanAllSteps, plan => RunAsync(plan, powerLoss));
    }

    private static async Task RunAsync(CrashPlan plan, bool powerLoss)
    {
        await using var disks = new StoreFixture(1);
        await disks.StartAsync(plan);
        using var target = new LoneTarget(Bucket, new BucketProps { BucketId = 7 });
        var (objects, rename) = Start(target, disks);
        foreach (var (from, to, replaced) in Renames)
        {
            await target.PutAsync(objects, from, "content of " + from);
            if (replaced is not null)
            {
                await target.PutAsync(objects, to, replaced);
            }
        }
        plan.IsArmed = true;
        var done = 0;
        try
        {
            for (; done < Renames.Length; done++)
            {
                await RenameAsync(target, rename, Renames[done]);
            }
        }
        catch (Exception e) when (e is SimulatedCrash or StoreException or ObjectDisposedException)
        {
            // The target has ended.
        }
        await disks.StartAfterCrashAsync(powerLoss);
        (objects, rename) = Start(target, disks);
        for (var i = 0; i < Renames.Length; i++)
        {
            var (from, to, replaced) = Renames[i];
            var where = $"crash before {plan.Where}, {done} done, {from}";
            var (old, fresh) = (await ReadAsync(target, objects, from), await ReadAsync(target, objects, to));
            var content = "content of " + from;
            Assert.True(old is null || old == content, $"{where}: '{old}'");
            Assert.True(fresh == content || (old is not null && fresh == replaced), $"{where}: '{old}', new '{fresh}'");
            Assert.True(i < done ? old is null : i == done || (old is not null && fresh == replaced), where);
            if (old is not null)
            {
                await RenameAsync(target, rename, Renames[i]);
            }
            Assert.Equal(content, await ReadAsync(target, objects, to));
        }
        var page = await disks.Store.ListAsync(
            new BucketReferences().Of(Bucket, target.Props), new ListQuery(), StoreFixture.Cancel);
        Assert.Equal(Renames.Select(one => one.To).Order(StringComparer.Ordinal), page.Entries.Select(entry => entry.Name));
    }

    private static (IObjectHandler Objects, RenameObject Rename) Start(LoneTarget target, StoreFixture disks)
    {
        var services = target.Start(disks.Store);
        var objects = new ObjectHandler(services);
        var copier = new ObjectCopier(services, new CopyReceiver(services, objects), target.Peers, TimeProvider.System);
        return (objects, new RenameObject(services, copier));
    }

    private static Task RenameAsync(
        LoneTarget target, RenameObject rename, (string From, string To, string? Replaced) names) => rename.RunAsync(
            new RenameObjectRequest { Object = target.Object(names.From), NewName = names.To }, StoreFixture.Cancel);

    private static async Task<string?> ReadAsync(LoneTarget target, IObjectHandler objects, string name)
    {
        try
        {
            return await target.GetAsync(objects, name);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            return null;
        }
    }
}
