using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

public sealed class BucketReactionsTests
{
    [Fact]
    public async Task ABucketThatIsGoneOrAnotherLosesItsObjects()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var kept = await PutAsync(disks, "kept", 1);
        var gone = await PutAsync(disks, "gone", 2);
        var anew = await PutAsync(disks, "anew", 3);
        await using var reactions = new BucketReactions(disks.Store, NullLogger.Instance);
        reactions.OnDocument(Document(1, ("kept", 1), ("gone", 2), ("anew", 3)));
        reactions.OnDocument(Document(2, ("kept", 1), ("anew", 4)));
        await UntilAsync(async () => await StatAsync(disks, gone) is null && await StatAsync(disks, anew) is null);
        Assert.NotNull(await StatAsync(disks, kept));
    }

    [Fact]
    public async Task TheFirstDocumentDestroysNothing()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var kept = await PutAsync(disks, "kept", 1);
        await using (var reactions = new BucketReactions(disks.Store, NullLogger.Instance))
        {
            reactions.OnDocument(Document(1));
            reactions.OnDocument(Document(2, ("kept", 1)));
        }
        Assert.NotNull(await StatAsync(disks, kept));
    }

    private static SealedDocument Document(long version, params (string Name, ulong Id)[] buckets)
    {
        var all = BucketMetadata.Empty.Buckets.AddRange(buckets.Select(bucket => KeyValuePair.Create(
            BucketName.Ais(bucket.Name), BucketProps.Create(ClusterConfig.Default, Providers.Ais, bucket.Id, 0))));
        return ControlDocumentCodec.Seal(ControlDocument.Empty with
        {
            Stamp = new DocumentStamp(0, 1, version),
            Buckets = BucketMetadata.Empty with { Buckets = all },
        });
    }

    private static async Task<BucketRef> PutAsync(StoreFixture disks, string name, ulong id)
    {
        var bucket = StoreFixture.Bucket(name, id);
        await using var writer = await disks.Store.BeginWriteAsync(bucket, "o", null, null, StoreFixture.Cancel);
        await writer.WriteAsync(Encoding.UTF8.GetBytes(name), StoreFixture.Cancel);
        await writer.CommitAsync(new WriteCommit { Stamp = new WriteStamp(1, 1) }, StoreFixture.Cancel);
        return bucket;
    }

    private static Task<ObjectStat?> StatAsync(StoreFixture disks, BucketRef bucket) =>
        disks.Store.StatAsync(bucket, "o", StoreFixture.Cancel).AsTask();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
