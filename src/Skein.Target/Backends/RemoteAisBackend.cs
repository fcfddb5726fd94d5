using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Remote;
using Skein.Gateway.Rest;
using Skein.Target.Objects;

namespace Skein.Target.Backends;

/// <summary>Remote clusters as backends, over the native API; they may be Skein or AIStore.</summary>
/// <param name="invoker">Sends; from <see cref="RemoteClusterProbe.CreateHandler"/>.</param>
/// <param name="config">The present cluster configuration, where the clusters are attached.</param>
/// <param name="time">Clock for the limits of time.</param>
internal sealed class RemoteAisBackend(HttpMessageInvoker invoker, Func<ClusterConfig> config, TimeProvider time) : IBackend
{
    private readonly RemoteAisConnection _connection = new(invoker, time);

    public async Task<BackendBucket> HeadBucketAsync(BucketName bucket, CancellationToken cancellation)
    {
        using var answer = await SendAsync(bucket, Bucket(HttpMethod.Head, bucket), cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, bucket, "", cancellation).ConfigureAwait(false);
        var json = NeighbourAnswer.Text(answer.Headers.NonValidated, HeaderNames.BucketProps);
        return new BackendBucket { Versioning = ReadsVersioning(json) };
    }

    public async Task<IReadOnlyList<BucketName>> ListBucketsAsync(BucketNamespace ns, CancellationToken cancellation)
    {
        var query = $"/v1/buckets?{QueryNames.Provider}={Providers.Ais}{Namespace(ns)}";
        var request = new RemoteRequest(HttpMethod.Get, query)
        {
            Content = () => Body(Actions.List, null),
            Limit = config().Client.ListTimeout,
        };
        using var answer = await _connection.SendAsync(Cluster(ns), request, cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, new BucketName("", Providers.Ais, ns), "", cancellation).ConfigureAwait(false);
        var listed = await ReadAsync(answer, WireJsonContext.Default.ListWireBucket, cancellation).ConfigureAwait(false);
        return
        [
            .. listed.Where(bucket => bucket.Namespace is null or { Uuid.Length: 0 }).Select(bucket => new BucketName(
                bucket.Name, Providers.Ais, new BucketNamespace(ns.Uuid, bucket.Namespace?.Name ?? ""))),
        ];
    }

    public async Task CreateBucketAsync(BucketName bucket, string? propsJson, CancellationToken cancellation)
    {
        using var answer = await SendAsync(
            bucket, Bucket(HttpMethod.Post, bucket, Actions.CreateBucket, propsJson), cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, bucket, "", cancellation).ConfigureAwait(false);
    }

    public async Task DestroyBucketAsync(BucketName bucket, CancellationToken cancellation)
    {
        using var answer = await SendAsync(
            bucket, Bucket(HttpMethod.Delete, bucket, Actions.DestroyBucket), cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, bucket, "", cancellation).ConfigureAwait(false);
    }

    public async Task<ListObjectsResult> ListAsync(
        BucketName bucket, ListObjectsMessage message, CancellationToken cancellation)
    {
        var value = JsonSerializer.Serialize(message, WireJsonContext.Output.ListObjectsMessage);
        using var answer = await SendAsync(
            bucket, Bucket(HttpMethod.Get, bucket, Actions.List, value) with { Limit = config().Client.ListTimeout },
            cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, bucket, "", cancellation).ConfigureAwait(false);
        return await ReadAsync(answer, WireJsonContext.Default.ListObjectsResult, cancellation).ConfigureAwait(false);
    }

    public async Task<ObjectAttributes?> HeadAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        using var answer = await SendAsync(bucket, Object(HttpMethod.Head, bucket, name), cancellation)
            .ConfigureAwait(false);
        return await IsMissingAsync(answer, bucket, name, cancellation).ConfigureAwait(false) ? null : Attributes(answer);
    }

    public async Task<BackendObject?> OpenAsync(
        BucketName bucket, string name, (long Offset, long Length)? range, CancellationToken cancellation)
    {
        var request = Object(HttpMethod.Get, bucket, name) with
        {
            Prepare = message => message.Headers.Range = range is var (offset, length)
                ? new RangeHeaderValue(offset, offset + length - 1)
                : null,
        };
        var answer = await SendAsync(bucket, request, cancellation).ConfigureAwait(false);
        try
        {
            if (await IsMissingAsync(answer, bucket, name, cancellation).ConfigureAwait(false))
            {
                answer.Dispose();
                return null;
            }
            var content = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return new BackendObject(Attributes(answer), answer.Content.Headers.ContentLength, content, answer);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public async Task<ObjectAttributes> PutAsync(
        BucketName bucket, string name, BackendUpload upload, CancellationToken cancellation)
    {
        var request = Object(HttpMethod.Put, bucket, name) with
        {
            Limit = config().Timeout.SendFileTime,
            Content = () =>
            {
                var content = new StreamContent(upload.Open());
                content.Headers.ContentLength = upload.Length;
                return content;
            },
            Prepare = message => PrepareUpload(message, upload),
        };
        using var answer = await SendAsync(bucket, request, cancellation).ConfigureAwait(false);
        await ThrowIfBadAsync(answer, bucket, name, cancellation).ConfigureAwait(false);
        var version = NeighbourAnswer.Text(answer.Headers.NonValidated, HeaderNames.Version);
        if (version.Length != 0)
        {
            return Attributes(answer) with { Size = upload.Length, Checksum = upload.Checksum };
        }
        // Newer servers, and those that had these bytes already, tell nothing.
        return await HeadAsync(bucket, name, cancellation).ConfigureAwait(false)
            ?? throw new StoreException(
                StoreErrorCode.Unreachable, $"{bucket}/{name} was stored, and deleted by somebody in the same moment");
    }

    public async Task<bool> DeleteAsync(BucketName bucket, string name, CancellationToken cancellation)
    {
        using var answer = await SendAsync(bucket, Object(HttpMethod.Delete, bucket, name), cancellation)
            .ConfigureAwait(false);
        return !await IsMissingAsync(answer, bucket, name, cancellation).ConfigureAwait(false);
    }

    private static void PrepareUpload(HttpRequestMessage message, BackendUpload upload)
    {
        // A proxy redirects before the body is sent.
        message.Headers.ExpectContinue = true;
        if (!upload.Checksum.IsNone)
        {
            var type = upload.Checksum.Type == ChecksumTypes.XxHash2 ? ChecksumTypes.XxHash : upload.Checksum.Type;
            message.Headers.TryAddWithoutValidation(HeaderNames.ChecksumType, type);
            message.Headers.TryAddWithoutValidation(HeaderNames.ChecksumValue, upload.Checksum.Value);
        }
        foreach (var (key, value) in upload.Custom)
        {
            message.Headers.TryAddWithoutValidation(HeaderNames.CustomMetadata, $"{key}={value}");
        }
    }

    private RemoteCluster Cluster(BucketNamespace ns) => RemoteClusters.Of(config()).Require(ns.Uuid);

    private Task<HttpResponseMessage> SendAsync(
        BucketName bucket, RemoteRequest request, CancellationToken cancellation) =>
        _connection.SendAsync(Cluster(bucket.Namespace), request, cancellation);

    private RemoteRequest Bucket(HttpMethod method, BucketName bucket, string action = "", string? value = null) =>
        new(method, $"/v1/buckets/{bucket.Name}?{QueryNames.Provider}={Providers.Ais}{Namespace(bucket.Namespace)}")
        {
            Content = action.Length == 0 ? null : () => Body(action, value),
            Limit = config().Client.Timeout,
        };

    private RemoteRequest Object(HttpMethod method, BucketName bucket, string name) =>
        new(
            method,
            $"/v1/objects/{bucket.Name}/{PercentEncoding.EncodePath(name)}"
                + $"?{QueryNames.Provider}={Providers.Ais}{Namespace(bucket.Namespace)}")
        {
            Limit = config().Client.Timeout,
        };

    /// <summary>The namespace as it is called at home.</summary>
    private static string Namespace(BucketNamespace ns) =>
        ns.Name.Length == 0 ? "" : $"&{QueryNames.Namespace}={Uri.EscapeDataString("#" + ns.Name)}";

    private static ByteArrayContent Body(string action, string? value)
    {
        using var parsed = value is null ? null : JsonDocument.Parse(value);
        var message = new ActionMessage { Action = action, Value = parsed?.RootElement };
        var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static ObjectAttributes Attributes(HttpResponseMessage answer)
    {
        var told = NeighbourAnswer.Attributes(answer);
        return told.Checksum.Type == ChecksumTypes.XxHash2
            ? told with { Checksum = told.Checksum with { Type = ChecksumTypes.XxHash } }
            : told;
    }

    private static bool ReadsVersioning(string json)
    {
        try
        {
            using var props = JsonDocument.Parse(json);
            return props.RootElement.TryGetProperty("versioning", out var section)
                && section.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.True;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(RemoteLimits.MaxAnswer, cancellation).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"the answer of the remote cluster cannot be read: {error.Message}", error);
        }
    }

    private static async Task<bool> IsMissingAsync(
        HttpResponseMessage answer, BucketName bucket, string name, CancellationToken cancellation)
    {
        try
        {
            await ThrowIfBadAsync(answer, bucket, name, cancellation).ConfigureAwait(false);
            return false;
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            return true;
        }
    }

    private static async Task ThrowIfBadAsync(
        HttpResponseMessage answer, BucketName bucket, string name, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }
        var status = (int)answer.StatusCode;
        var error = await ErrorAsync(answer, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            throw error?.TypeCode is "ErrBckNotFound" or "ErrRemoteBckNotFound" || name.Length == 0
                ? new StoreException(StoreErrorCode.RemoteBucketNotFound, $"remote bucket \"{bucket}\" does not exist")
                : new StoreException(StoreErrorCode.ObjectNotFound, $"{bucket}/{name} does not exist");
        }
        var code = ErrorStatusTable.CodeOf(status, error?.TypeCode);
        var text = error?.Message ?? string.Create(CultureInfo.InvariantCulture, $"status {status}");
        throw new StoreException(
            code is StoreErrorCode.Internal or StoreErrorCode.NotReady ? StoreErrorCode.Unreachable : code,
            $"{(name.Length == 0 ? $"{bucket}" : $"{bucket}/{name}")}: the remote cluster refused: {text}");
    }

    private static async Task<WireError?> ErrorAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            var header = NeighbourAnswer.Text(answer.Headers.NonValidated, HeaderNames.Error);
            if (header.Length != 0)
            {
                return JsonSerializer.Deserialize(header, WireJsonContext.Default.WireError);
            }
            await answer.Content.LoadIntoBufferAsync(RemoteLimits.MaxAnswer, cancellation).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, WireJsonContext.Default.WireError);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }
}
