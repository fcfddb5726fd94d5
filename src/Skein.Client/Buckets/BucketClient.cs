using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Nerdbank.MessagePack;
using Skein.Client.Listing;
using Skein.Client.Transport;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Client.Buckets;

/// <summary>Buckets: create, destroy, list, and list their objects. Thread-safe.</summary>
public sealed class BucketClient
{
    private const string MessagePack = "application/msgpack";

    private readonly RequestSender _sender;

    internal BucketClient(RequestSender sender) => _sender = sender;

    /// <summary>Creates a bucket.</summary>
    /// <param name="bucket">Name.</param>
    /// <param name="props">Properties that differ from the cluster's defaults; null for none.</param>
    /// <param name="skipsLookup">True to note a remote bucket without asking its home whether it exists.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When it exists, the cluster refuses, or cannot be reached.</exception>
    public async Task CreateAsync(
        BucketName bucket, JsonElement? props = null, bool skipsLookup = false, CancellationToken cancellation = default)
    {
        try
        {
            await ActAsync(
                HttpMethod.Post, bucket, Actions.CreateBucket, props,
                skipsLookup ? $"&{QueryNames.DontHeadRemote}=true" : "", cancellation);
        }
        catch (SkeinException e) when (e.IsConflict && e.Data[Reply.AmbiguousKey] is true)
        {
            // An earlier attempt created it, and its answer was lost.
        }
    }

    /// <summary>Destroys a bucket with everything in it.</summary>
    /// <exception cref="SkeinException">When there is none, the cluster refuses, or cannot be reached.</exception>
    public async Task DestroyAsync(BucketName bucket, CancellationToken cancellation = default)
    {
        try
        {
            await ActAsync(HttpMethod.Delete, bucket, Actions.DestroyBucket, null, "", cancellation);
        }
        catch (SkeinException e) when (e.IsNotFound && e.Data[Reply.AmbiguousKey] is true)
        {
            // An earlier attempt destroyed it, and its answer was lost.
        }
    }

    /// <summary>Removes what is here of a remote bucket; at its home nothing changes.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="keepsMetadata">True to keep the bucket and its properties, and remove the objects only.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the bucket is not remote, the cluster refuses, or cannot be reached.</exception>
    public Task EvictAsync(BucketName bucket, bool keepsMetadata = false, CancellationToken cancellation = default) =>
        ActAsync(
            HttpMethod.Delete, bucket, Actions.EvictRemoteBucket, null,
            keepsMetadata ? $"&{QueryNames.KeepMetadata}=true" : "", cancellation);

    /// <summary>Changes properties.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="props">What changes, as AIStore's clients send it; null to take the cluster's defaults again.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When a value is refused, or the cluster cannot be reached.</exception>
    public Task SetPropsAsync(BucketName bucket, JsonElement? props, CancellationToken cancellation = default) => ActAsync(
        HttpMethod.Patch, bucket, props is null ? Actions.ResetBucketProps : Actions.SetBucketProps, props, "",
        cancellation);

    /// <summary>All buckets, in the cluster's order.</summary>
    /// <param name="provider">Only of this provider; null for all.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<IReadOnlyList<BucketName>> ListAsync(
        string? provider = null, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Get, "/v1/buckets")
        {
            Query = provider is null ? "" : $"{QueryNames.Provider}={Uri.EscapeDataString(provider)}",
            Json = Message(Actions.List, null),
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        var buckets = await reply.ReadJsonAsync(WireJsonContext.Default.ListWireBucket, cancellation);
        return [.. buckets.Select(bucket => bucket.ToName())];
    }

    /// <summary>The properties of a bucket; null when there is no such bucket.</summary>
    /// <exception cref="SkeinException">When the cluster refuses for another reason or cannot be reached.</exception>
    public async Task<JsonElement?> HeadAsync(BucketName bucket, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Head, RequestSpec.BucketPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket),
        };
        try
        {
            using var reply = await _sender.SendAsync(spec, cancellation);
            return JsonSerializer.Deserialize(
                reply.Header(HeaderNames.BucketProps), WireJsonContext.Default.JsonElement);
        }
        catch (SkeinException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new SkeinException("the properties of the bucket are not JSON: " + e.Message, e);
        }
    }

    /// <summary>The objects of a bucket, in bytewise order of their names, page after page.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async IAsyncEnumerable<ListEntry> ListObjectsAsync(
        BucketName bucket,
        ListOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var page in ListPagesAsync(bucket, options, cancellation))
        {
            foreach (var entry in page.Entries ?? [])
            {
                yield return entry;
            }
        }
    }

    /// <summary>
    /// The pages of a listing. <see cref="ListObjectsResult.Flags"/> other than 0 says that a page may be incomplete.
    /// </summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async IAsyncEnumerable<ListObjectsResult> ListPagesAsync(
        BucketName bucket,
        ListOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options ??= ListOptions.Default;
        var left = options.Limit ?? long.MaxValue;
        var message = new ListObjectsMessage
        {
            Prefix = options.Prefix,
            StartAfter = options.StartAfter,
            Props = string.Join(',', options.Properties),
            Flags = (ulong)options.Flags,
        };
        while (left > 0)
        {
            var asked = options.PageSize == 0 ? ListObjectsMessage.MaxPageSize : options.PageSize;
            var size = left < asked ? left : options.PageSize;
            var page = await ListPageAsync(bucket, message with { PageSize = size }, cancellation);
            var count = page.Entries?.Count ?? 0;
            if (count > left)
            {
                page = page with { Entries = [.. page.Entries!.Take((int)left)] };
            }
            left -= count;
            yield return page;
            if (page.ContinuationToken.Length == 0)
            {
                yield break;
            }
            if (page.ContinuationToken == message.ContinuationToken)
            {
                throw new SkeinException($"the listing does not move on from \"{page.ContinuationToken}\"");
            }
            message = message with { Uuid = page.Uuid, ContinuationToken = page.ContinuationToken };
        }
    }

    /// <summary>One page of a listing.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<ListObjectsResult> ListPageAsync(
        BucketName bucket, ListObjectsMessage message, CancellationToken cancellation = default)
    {
        var value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.ListObjectsMessage);
        var spec = new RequestSpec(HttpMethod.Get, RequestSpec.BucketPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket),
            Headers = [new("Accept", MessagePack)],
            Json = Message(Actions.List, value),
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        if (reply.Response.Content.Headers.ContentType?.MediaType != MessagePack)
        {
            return await reply.ReadJsonAsync(WireJsonContext.Default.ListObjectsResult, cancellation);
        }
        var bytes = await reply.ReadAllAsync(cancellation);
        try
        {
            return ListPageReader.Read(bytes);
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new SkeinException("the page of the listing cannot be read: " + e.Message, e)
            {
                Request = reply.Request,
            };
        }
    }

    private static byte[] Message(string action, JsonElement? value) => JsonSerializer.SerializeToUtf8Bytes(
        new ActionMessage { Action = action, Value = value }, WireJsonContext.Output.ActionMessage);

    private async Task ActAsync(
        HttpMethod method, BucketName bucket, string action, JsonElement? value, string query,
        CancellationToken cancellation)
    {
        var spec = new RequestSpec(method, RequestSpec.BucketPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket) + query,
            Json = Message(action, value),
        };
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }
}
