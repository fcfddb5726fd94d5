using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
namespace Skein.Storage.Objects;
#pragma warning disable
public sealed record BatchWrite(ObjectWriter Writer, WriteCommit Commit, Func<bool>? StillWanted = null);
public sealed record BatchResult(ObjectAttributes? Attributes, StoreException? Error);
public sealed record DiskObject(BucketName Bucket, ulong BucketId, string Name, WriteStamp Stamp, long Size, string Mountpath);
public static class TempBatch
{
    public static async Task<IReadOnlyList<BatchResult>> CommitBatchAsync(this ObjectStore store, IReadOnlyList<BatchWrite> batch, CancellationToken cancel)
    {
        var r = new List<BatchResult>();
        foreach (var b in batch)
        {
            try
            {
                if (b.StillWanted is { } f && !f()) { r.Add(new(null, null)); continue; }
                r.Add(new(await b.Writer.CommitAsync(b.Commit, cancel), null));
            }
            catch (StoreException e) { r.Add(new(null, e)); }
        }
        return r;
    }
    public static async Task RemoveBatchAsync(this ObjectStore store, BucketRef bucket, IReadOnlyList<(string Name, WriteStamp Stamp)> items, bool durable, CancellationToken cancel)
    {
        foreach (var i in items)
        {
            var s = await store.StatAsync(bucket, i.Name, cancel);
            if (s?.Attributes.Stamp == i.Stamp) await store.DeleteAsync(bucket, i.Name, cancel);
        }
    }
    public static Task FlushAsync(this ObjectStore store, CancellationToken cancel) => Task.CompletedTask;
    public static async IAsyncEnumerable<DiskObject> FindOnDisksAsync(this ObjectStore store, Func<BucketName, ulong, string, WriteStamp, bool> match, CancellationToken cancel)
    {
        yield break;
    }
}
