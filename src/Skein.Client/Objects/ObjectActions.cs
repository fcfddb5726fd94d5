using System.Globalization;
using System.Text;
using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Client.Objects;

/// <summary>Rename, copy, append, upload in parts, promote.</summary>
public sealed partial class ObjectClient
{
    /// <summary>Gives an object another name in its bucket; one that has the name is replaced.</summary>
    /// <exception cref="SkeinException">When there is no such object, the cluster refuses, or cannot be reached.</exception>
    /// <exception cref="Core.Errors.StoreException">When a name is invalid.</exception>
    public async Task RenameAsync(
        BucketName bucket, string name, string newName, CancellationToken cancellation = default)
    {
        ObjectName.Validate(newName);
        var action = new ActionMessage { Action = Actions.RenameObject, Name = newName };
        // a second attempt after a lost answer would find nothing and say so
        (await _sender.SendAsync(Post(bucket, name, action) with { IsIdempotent = false }, cancellation)).Dispose();
    }

    /// <summary>Copies an object with its custom metadata, to any bucket.</summary>
    /// <exception cref="SkeinException">When object or bucket do not exist, or the cluster refuses or is not reached.</exception>
    /// <exception cref="Core.Errors.StoreException">When a name is invalid.</exception>
    public async Task CopyAsync(
        BucketName bucket, string name, BucketName toBucket, string newName, CancellationToken cancellation = default)
    {
        ObjectName.Validate(newName);
        var spec = With(HttpMethod.Put, bucket, name, (QueryNames.ObjectTo, $"{toBucket.Uname}/{newName}"));
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }

    /// <summary>Appends bytes to what is not visible before <see cref="FlushAsync"/>.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="handle">What the append before answered; empty to begin with the object as it is, or with nothing.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The handle for the next append, or for the flush.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> AppendAsync(
        BucketName bucket, string name, ObjectSource source, string handle = "", CancellationToken cancellation = default)
    {
        var spec = With(
            HttpMethod.Put, bucket, name, (QueryNames.AppendType, "append"), (QueryNames.AppendHandle, handle))
            with
        { Body = source };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return reply.Response.Headers.TryGetValues(HeaderNames.AppendHandle, out var values)
            ? values.First()
            : throw new SkeinException("the answer to an append has no handle") { Request = reply.Request };
    }

    /// <summary>Makes what was appended the object.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="handle">What the last append answered.</param>
    /// <param name="checksum">Checksum of all bytes, to be compared; null for none.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task FlushAsync(
        BucketName bucket, string name, string handle, Checksum? checksum = null, CancellationToken cancellation = default)
    {
        var spec = With(
            HttpMethod.Put, bucket, name, (QueryNames.AppendType, "flush"), (QueryNames.AppendHandle, handle))
            with
        {
            Headers = checksum is null
                ? []
                : [new(HeaderNames.ChecksumType, checksum.Type), new(HeaderNames.ChecksumValue, checksum.Value)],
        };
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }

    /// <summary>Begins an upload in parts; the answer is its id.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="custom">Custom metadata of the object to be; null for none.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> BeginUploadAsync(
        BucketName bucket, string name, IReadOnlyDictionary<string, string>? custom = null,
        CancellationToken cancellation = default)
    {
        var spec = Post(bucket, name, new ActionMessage { Action = Actions.BeginUpload }) with
        {
            Headers = CustomHeaders(custom),
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    /// <summary>Stores a part, in place of an older one of its number; the answer is the MD5 of its bytes in hex.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="uploadId">From <see cref="BeginUploadAsync"/>.</param>
    /// <param name="number">1 to 10,000.</param>
    /// <param name="source">The bytes; their length must be known.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> PutPartAsync(
        BucketName bucket, string name, string uploadId, int number, ObjectSource source,
        CancellationToken cancellation = default)
    {
        var spec = With(
            HttpMethod.Put, bucket, name, (QueryNames.UploadId, uploadId),
            (QueryNames.PartNumber, number.ToString(CultureInfo.InvariantCulture)))
            with
        { Body = source };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return reply.Response.Headers.ETag?.Tag.Trim('"') ?? "";
    }

    /// <summary>Makes the parts 1 to <paramref name="parts"/>, which must be all, the object.</summary>
    /// <exception cref="SkeinException">When parts are missing, the cluster refuses, or cannot be reached.</exception>
    public async Task CompleteUploadAsync(
        BucketName bucket, string name, string uploadId, int parts, CancellationToken cancellation = default)
    {
        var list = string.Join(',', Enumerable.Range(1, parts).Select(number =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"part-number":{{number}},"etag":""}""")));
        using var value = JsonDocument.Parse($"[{list}]");
        var action = new ActionMessage { Action = Actions.CompleteUpload, Value = value.RootElement };
        var spec = Post(bucket, name, action) with { Query = Query(bucket, (QueryNames.UploadId, uploadId)) };
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }

    /// <summary>Gives an upload up.</summary>
    /// <exception cref="SkeinException">When there is none, the cluster refuses, or cannot be reached.</exception>
    public async Task AbortUploadAsync(
        BucketName bucket, string name, string uploadId, CancellationToken cancellation = default)
    {
        var spec = With(HttpMethod.Delete, bucket, name, (QueryNames.UploadId, uploadId)) with
        {
            Json = Bytes(new ActionMessage { Action = Actions.AbortUpload }),
        };
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }

    /// <summary>Makes objects of files on the machines of the targets.</summary>
    /// <param name="bucket">Destination.</param>
    /// <param name="files">Which files.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Id of the job; empty when all is done.</returns>
    /// <exception cref="SkeinException">When there is no such file, the cluster refuses, or cannot be reached.</exception>
    public async Task<string> PromoteAsync(
        BucketName bucket, PromoteMessage files, CancellationToken cancellation = default)
    {
        var action = new ActionMessage
        {
            Action = Actions.Promote,
            Name = files.Source,
            Value = JsonSerializer.SerializeToElement(files, WireJsonContext.Output.PromoteMessage),
        };
        var spec = new RequestSpec(HttpMethod.Post, RequestSpec.ObjectsPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket),
            Json = Bytes(action),
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    private static RequestSpec Post(BucketName bucket, string name, ActionMessage action)
    {
        ObjectName.Validate(name);
        return Spec(HttpMethod.Post, bucket, name) with { Json = Bytes(action) };
    }

    private static RequestSpec With(
        HttpMethod method, BucketName bucket, string name, params (string Key, string Value)[] more)
    {
        ObjectName.Validate(name);
        return Spec(method, bucket, name) with { Query = Query(bucket, more) };
    }

    private static string Query(BucketName bucket, params (string Key, string Value)[] more) =>
        RequestSpec.BucketQuery(bucket) + string.Concat(more.Select(one => $"&{one.Key}={Uri.EscapeDataString(one.Value)}"));

    private static byte[] Bytes(ActionMessage action) =>
        JsonSerializer.SerializeToUtf8Bytes(action, WireJsonContext.Output.ActionMessage);
}
