using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>A store on two folders below the temporary folder.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly string _root;
    private readonly MountpathSet _mountpaths;
    private long _clock;

    private TemporaryStore(string root, MountpathSet mountpaths, ObjectStore store)
    {
        _root = root;
        _mountpaths = mountpaths;
        Store = store;
    }

    public ObjectStore Store { get; }

    public static async Task<TemporaryStore> OpenAsync()
    {
        var root = Path.Combine(Path.GetTempPath(), "skein-bench-" + Guid.NewGuid().ToString("N"));
        var mountpaths = MountpathSet.Open(
            [(root + "/mp1", ""), (root + "/mp2", "")],
            new MountpathOptions { NodeId = "bench", CreateMissing = true }, NullLogger.Instance);
        var store = await ObjectStore.OpenAsync(
            mountpaths, new ObjectStoreOptions(), TimeProvider.System, NullLogger.Instance);
        await store.ListingReady;
        return new TemporaryStore(root, mountpaths, store);
    }

    public static BucketRef Bucket(DurabilityPolicy durability) =>
        new(BucketName.Ais("bench"), 1, ChecksumTypes.XxHash, true, durability);

    public async Task PutAsync(BucketRef bucket, string name, ReadOnlyMemory<byte> content)
    {
        await using var writer = await Store.BeginWriteAsync(bucket, name, content.Length, null);
        await writer.WriteAsync(content);
        await writer.CommitAsync(new WriteCommit { Stamp = new WriteStamp(1, Interlocked.Increment(ref _clock)) });
    }

    public async Task<BatchWrite> BeginAsync(BucketRef bucket, string name, ReadOnlyMemory<byte> content)
    {
        var writer = await Store.BeginWriteAsync(bucket, name, content.Length, null);
        await writer.WriteAsync(content);
        return new BatchWrite(writer, new WriteCommit
        {
            Stamp = new WriteStamp(1, Interlocked.Increment(ref _clock)),
            ExactVersion = "1",
            OnlyIfNewer = true,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _mountpaths.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
