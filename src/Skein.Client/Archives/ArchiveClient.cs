using System.Globalization;
using System.Text;
using System.Text.Json;
using Skein.Client.Objects;
using Skein.Client.Transport;
using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Client.Archives;

/// <summary>Files in archives, and many objects in one archive. Thread-safe.</summary>
public sealed class ArchiveClient
{
    private readonly RequestSender _sender;

    internal ArchiveClient(RequestSender sender) => _sender = sender;

    /// <summary>Begins to read one file of an archive.</summary>
    /// <param name="bucket">Bucket of the archive.</param>
    /// <param name="name">The archive, an object.</param>
    /// <param name="path">Name of the file in it.</param>
    /// <param name="mime">The archive's format, for example <c>.tar</c>; empty to go by its name and content.</param>
    /// <param name="cancellation">Ends the call, and the reading of the body as well.</param>
    /// <returns>The file; of its attributes only the size is known.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    /// <exception cref="StoreException">When the object's name is invalid.</exception>
    public async Task<ObjectDownload> GetFileAsync(
        BucketName bucket, string name, string path, string mime = "", CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        var spec = new RequestSpec(HttpMethod.Get, RequestSpec.ObjectPath(bucket, name))
        {
            Query = Query(bucket, path) + Mime(mime),
        };
        return await OpenAsync(spec, cancellation);
    }

    /// <summary>Begins to read the files of an archive that match a pattern, as a TAR.</summary>
    /// <param name="bucket">Bucket of the archive.</param>
    /// <param name="name">The archive, an object.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="mode">How names are compared: regexp, prefix, suffix, substr or wdskey (WebDataset key).</param>
    /// <param name="mime">The archive's format, for example <c>.tar</c>; empty to go by its name and content.</param>
    /// <param name="cancellation">Ends the call, and the reading of the body as well.</param>
    /// <returns>The TAR; its length is not known.</returns>
    /// <exception cref="SkeinException">
    /// When the cluster refuses, also because no file matches, or cannot be reached.
    /// </exception>
    /// <exception cref="StoreException">When the object's name is invalid.</exception>
    public async Task<ObjectDownload> GetMatchingAsync(
        BucketName bucket, string name, string pattern, string mode, string mime = "", CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        var spec = new RequestSpec(HttpMethod.Get, RequestSpec.ObjectPath(bucket, name))
        {
            Query = $"{RequestSpec.BucketQuery(bucket)}&{QueryNames.ArchivePattern}={Uri.EscapeDataString(pattern)}"
                + $"&{QueryNames.ArchiveMode}={Uri.EscapeDataString(mode)}{Mime(mime)}",
        };
        return await OpenAsync(spec, cancellation);
    }

    /// <summary>Begins to read many objects and files in archives as one archive, which is made while it is sent.</summary>
    /// <param name="bucket">Bucket of the entries that name none; null when all do.</param>
    /// <param name="batch">What is wanted, in the order of the answer; it is always streamed.</param>
    /// <param name="cancellation">Ends the call, and the reading of the body as well.</param>
    /// <returns>The archive; its length is not known. A connection that breaks off means that it is not complete.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<ObjectDownload> GetBatchAsync(
        BucketName? bucket, BatchMessage batch, CancellationToken cancellation = default)
    {
        var path = bucket is null ? "/v1/ml/moss" : "/v1/ml/moss/" + Uri.EscapeDataString(bucket.Name);
        var spec = new RequestSpec(HttpMethod.Get, path)
        {
            Query = bucket is null ? "" : RequestSpec.BucketQuery(bucket),
            Json = JsonSerializer.SerializeToUtf8Bytes(batch with { IsStreamed = true }, WireJsonContext.Output.BatchMessage),
        };
        return await OpenAsync(spec, cancellation);
    }

    private async Task<ObjectDownload> OpenAsync(RequestSpec spec, CancellationToken cancellation)
    {
        var reply = await _sender.SendAsync(spec, cancellation);
        try
        {
            var length = reply.Response.Content.Headers.ContentLength;
            var body = await reply.Response.Content.ReadAsStreamAsync(cancellation);
            reply.Patience.Pause();
            return new ObjectDownload(
                reply, reply.Attributes(length ?? -1), length ?? -1, new VerifyingStream(body, length, null, reply));
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    /// <summary>Adds a file to an archive.</summary>
    /// <param name="bucket">Bucket of the archive.</param>
    /// <param name="name">The archive, an object.</param>
    /// <param name="path">Name of the file in it.</param>
    /// <param name="source">The bytes; their number has to be known.</param>
    /// <param name="creates">True to create the archive when it does not exist.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    /// <exception cref="StoreException">When a name is invalid.</exception>
    /// <exception cref="ArgumentException">When the number of bytes is not known.</exception>
    public async Task AddFileAsync(
        BucketName bucket, string name, string path, ObjectSource source, bool creates = false,
        CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        ArchivePath.Validate(path);
        if (source.Length is null)
        {
            throw new ArgumentException("the number of bytes has to be known", nameof(source));
        }
        var spec = new RequestSpec(HttpMethod.Put, RequestSpec.ObjectPath(bucket, name))
        {
            Query = Query(bucket, path),
            Headers = [new(HeaderNames.AppendMode, (creates ? 2 : 1).ToString(CultureInfo.InvariantCulture))],
            Body = source,
            IsIdempotent = false, // asked again after a lost answer, the file would be there twice
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
    }

    /// <summary>Begins to make one archive of many objects.</summary>
    /// <param name="bucket">Bucket of the objects.</param>
    /// <param name="names">Which; with neither names nor template all of them.</param>
    /// <param name="how">The archive and its bucket, and what else there is to say.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <returns>Id of the job.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> StartAsync(
        BucketName bucket, NamesMessage names, ArchiveMessage how, CancellationToken cancellation = default)
    {
        var members = new Dictionary<string, JsonElement>();
        Collect(members, JsonSerializer.SerializeToElement(names, WireJsonContext.Output.NamesMessage));
        Collect(members, JsonSerializer.SerializeToElement(how, WireJsonContext.Output.ArchiveMessage));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("action", "archive");
            writer.WriteStartObject("value");
            foreach (var (member, value) in members)
            {
                writer.WritePropertyName(member);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        var spec = new RequestSpec(HttpMethod.Put, RequestSpec.BucketPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket),
            Json = buffer.WrittenMemory.ToArray(),
            IsIdempotent = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    private static void Collect(Dictionary<string, JsonElement> members, JsonElement from)
    {
        foreach (var member in from.EnumerateObject())
        {
            members[member.Name] = member.Value; // what both have, the later one says
        }
    }

    private static string Mime(string mime) =>
        mime.Length == 0 ? "" : $"&{QueryNames.ArchiveMime}={Uri.EscapeDataString(mime)}";

    private static string Query(BucketName bucket, string path) =>
        $"{RequestSpec.BucketQuery(bucket)}&{QueryNames.ArchivePath}={Uri.EscapeDataString(path)}";
}
