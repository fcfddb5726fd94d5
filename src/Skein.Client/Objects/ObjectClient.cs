using System.Globalization;
using System.Net;
using Skein.Client.Transport;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Client.Objects;

/// <summary>Objects: store, read, look at, delete. Thread-safe.</summary>
public sealed partial class ObjectClient
{
    // Files up to this size are read into memory once instead of twice from the disk.
    private const int MaxInMemory = 1024 * 1024;

    private readonly RequestSender _sender;

    internal ObjectClient(RequestSender sender) => _sender = sender;

    /// <summary>Stores an object, replacing one of the same name.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>
    /// The checksum and version that the cluster reports. Both are empty when the stored object was the same already.
    /// </returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    /// <exception cref="Core.Errors.StoreException">When the name is invalid.</exception>
    /// <exception cref="IOException">When the source cannot be read.</exception>
    public async Task<ObjectAttributes> PutAsync(
        BucketName bucket, string name, ObjectSource source, PutOptions? options = null,
        CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        options ??= PutOptions.Default;
        var headers = CustomHeaders(options.Custom);
        if (options.SendChecksum && source.CanReplay)
        {
            source = await InMemoryIfSmallAsync(source, cancellation);
            var checksum = await ContentHash.ComputeAsync(source, ChecksumTypes.XxHash, cancellation);
            headers.Add(new(HeaderNames.ChecksumType, checksum.Type));
            headers.Add(new(HeaderNames.ChecksumValue, checksum.Value));
        }
        var spec = new RequestSpec(HttpMethod.Put, RequestSpec.ObjectPath(bucket, name))
        {
            Query = RequestSpec.BucketQuery(bucket),
            Headers = headers,
            Body = source,
            Progress = options.Progress,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return reply.Attributes(source.Length ?? 0);
    }

    /// <summary>Begins to read an object.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="options">What of it; null for everything.</param>
    /// <param name="cancellation">Ends the call, and the reading of the body as well.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    /// <exception cref="Core.Errors.StoreException">When the name is invalid.</exception>
    public async Task<ObjectDownload> GetAsync(
        BucketName bucket, string name, GetOptions? options = null, CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        options ??= GetOptions.Default;
        var spec = Spec(HttpMethod.Get, bucket, name) with { Headers = RangeHeader(options) };
        if (options.Latest)
        {
            spec = spec with { Query = Query(bucket, (QueryNames.LatestVersion, "true")) };
        }
        var reply = await _sender.SendAsync(spec, cancellation);
        try
        {
            var length = reply.Response.Content.Headers.ContentLength
                ?? throw new SkeinException("the answer does not name its length") { Request = reply.Request };
            var range = reply.Response.Content.Headers.ContentRange;
            if (spec.Headers.Count != 0 && range is null)
            {
                throw new SkeinException("the answer to a range request is not a range") { Request = reply.Request };
            }
            var attributes = reply.Attributes(range?.Length ?? length);
            var whole = range is null || length == attributes.Size;
            var expected = options.Verify && whole && !attributes.Checksum.IsNone ? attributes.Checksum : null;
            var body = await reply.Response.Content.ReadAsStreamAsync(cancellation);
            reply.Patience.Pause();
            return new ObjectDownload(
                reply, attributes, length, new VerifyingStream(body, length, expected, reply));
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole small object.</summary>
    /// <exception cref="SkeinException">When the cluster refuses, cannot be reached, or sends other bytes.</exception>
    public async Task<byte[]> GetBytesAsync(
        BucketName bucket, string name, GetOptions? options = null, CancellationToken cancellation = default)
    {
        await using var download = await GetAsync(bucket, name, options, cancellation);
        using var copy = new MemoryStream((int)Math.Min(download.Length, MaxInMemory));
        await download.Content.CopyToAsync(copy, cancellation);
        return copy.ToArray();
    }

    /// <summary>The attributes of an object; null when there is none.</summary>
    /// <exception cref="SkeinException">When the cluster refuses for another reason or cannot be reached.</exception>
    public async Task<ObjectAttributes?> HeadAsync(
        BucketName bucket, string name, CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        try
        {
            using var reply = await _sender.SendAsync(Spec(HttpMethod.Head, bucket, name), cancellation);
            return reply.Attributes(reply.Response.Content.Headers.ContentLength ?? 0);
        }
        catch (SkeinException e) when (e.IsNotFound && e.TypeCode != "ErrBckNotFound")
        {
            return null;
        }
    }

    /// <summary>Deletes an object.</summary>
    /// <exception cref="SkeinException">When there is none, the cluster refuses, or cannot be reached.</exception>
    public async Task DeleteAsync(BucketName bucket, string name, CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        try
        {
            (await _sender.SendAsync(Spec(HttpMethod.Delete, bucket, name), cancellation)).Dispose();
        }
        catch (SkeinException e) when (e.Status == HttpStatusCode.NotFound && e.Data[Reply.AmbiguousKey] is true)
        {
            // An earlier attempt deleted it, and its answer was lost.
        }
    }

    private static RequestSpec Spec(HttpMethod method, BucketName bucket, string name) =>
        new(method, RequestSpec.ObjectPath(bucket, name)) { Query = RequestSpec.BucketQuery(bucket) };

    private static List<KeyValuePair<string, string>> RangeHeader(GetOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Length ?? 1, 1);
        if (options.Offset == 0 && options.Length is null)
        {
            return [];
        }
        var last = options.Length is null
            ? "" : (options.Offset + options.Length.Value - 1).ToString(CultureInfo.InvariantCulture);
        return [new("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={options.Offset}-{last}"))];
    }

    private static List<KeyValuePair<string, string>> CustomHeaders(IReadOnlyDictionary<string, string>? custom)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (key, value) in custom ?? new Dictionary<string, string>())
        {
            if (key.Length == 0 || key.Contains('=', StringComparison.Ordinal)
                || (key + value).AsSpan().ContainsAny('\r', '\n'))
            {
                throw new ArgumentException($"custom metadata \"{key}\" has an empty key, '=' in it, or a line break");
            }
            headers.Add(new(HeaderNames.CustomMetadata, $"{key}={value}"));
        }
        return headers;
    }

    private static async ValueTask<ObjectSource> InMemoryIfSmallAsync(ObjectSource source, CancellationToken cancellation)
    {
        if (source.Length is not (> 0 and <= MaxInMemory))
        {
            return source;
        }
        var bytes = new byte[source.Length.Value];
        var stream = await source.OpenAsync(cancellation);
        try
        {
            await stream.ReadExactlyAsync(bytes, cancellation);
        }
        finally
        {
            await source.CloseAsync(stream);
        }
        return ObjectSource.FromBytes(bytes);
    }
}
