using System.Globalization;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Target.Backends;

namespace Skein.UnitTests.Target.Remote;

/// <summary>The home of remote objects, in memory; it can fail before or after it has made a change.</summary>
internal sealed class FakeBackend : IBackend
{
    private readonly Dictionary<string, (byte[] Bytes, ObjectAttributes Attributes)> _objects = [];

    /// <summary>Thrown before a change is made, or anything is told.</summary>
    public Exception? Before { get; set; }

    /// <summary>Thrown after a change was made: its answer is lost.</summary>
    public Exception? After { get; set; }

    /// <summary>Reads wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Writes wait for it, before they change anything.</summary>
    public Task Refusal { get; set; } = Task.CompletedTask;

    /// <summary>Writes that were asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>Objects that were opened for reading.</summary>
    public int Opened { get; private set; }

    public Task<ObjectAttributes?> HeadAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        ThrowIf(Before);
        return Task.FromResult(_objects.TryGetValue(name, out var found) ? found.Attributes : null);
    }

    public async Task<BackendObject?> OpenAsync(
        BucketName bucket, string name, (long Offset, long Length)? range, CancellationToken cancellation)
    {
        ThrowIf(Before);
        Opened++;
        await Gate;
        return _objects.TryGetValue(name, out var found)
            ? new BackendObject(found.Attributes, found.Bytes.Length, new MemoryStream(found.Bytes), new MemoryStream())
            : null;
    }

    public async Task<ObjectAttributes> PutAsync(
        BucketName bucket, string name, BackendUpload upload, CancellationToken cancellation)
    {
        ThrowIf(Before);
        Asked++;
        await Refusal;
        var bytes = new MemoryStream();
        var content = upload.Open();
        await using (content)
        {
            await content.CopyToAsync(bytes, cancellation);
        }
        var version = _objects.TryGetValue(name, out var old)
            ? int.Parse(old.Attributes.Version, CultureInfo.InvariantCulture) + 1
            : 1;
        var stored = new ObjectAttributes
        {
            Size = upload.Length,
            Checksum = upload.Checksum,
            Version = version.ToString(CultureInfo.InvariantCulture),
            Custom = upload.Custom,
        };
        _objects[name] = (bytes.ToArray(), stored);
        ThrowIf(After);
        return stored;
    }

    public Task<bool> DeleteAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        ThrowIf(Before);
        var removed = _objects.Remove(name);
        ThrowIf(After);
        return Task.FromResult(removed);
    }

    public Task<BackendBucket> HeadBucketAsync(BucketName bucket, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<BucketName>> ListBucketsAsync(BucketNamespace ns, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task CreateBucketAsync(BucketName bucket, string? propsJson, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task DestroyBucketAsync(BucketName bucket, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<ListObjectsResult> ListAsync(
        BucketName bucket, ListObjectsMessage message, CancellationToken cancellation) => throw new NotSupportedException();

    private static void ThrowIf(Exception? error)
    {
        if (error is not null)
        {
            throw error;
        }
    }
}
