using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Client.Jobs;
using Skein.Client.Transport;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Client.Buckets;

/// <summary>
/// Jobs over the objects of a bucket. Each call starts one and returns its id; <see cref="JobClient.WaitAsync"/> waits for its
/// end. A call is not repeated when its answer is lost: look at the jobs before you try again. Thread-safe.
/// </summary>
public sealed class BucketJobClient
{
    /// <summary>Time between two questions about a summary.</summary>
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromMilliseconds(100);

    private readonly RequestSender _sender;
    private readonly TimeProvider _time;

    internal BucketJobClient(RequestSender sender, TimeProvider time)
    {
        _sender = sender;
        _time = time;
    }

    /// <summary>Deletes objects. Names without an object are no error.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="names">Which; with neither names nor template all of them.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> DeleteObjectsAsync(
        BucketName bucket, NamesMessage names, CancellationToken cancellation = default) =>
        StartAsync(HttpMethod.Delete, bucket, Actions.DeleteNames, Json(names), "", cancellation);

    /// <summary>Removes objects of a remote bucket from the cluster; they stay in the remote bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="names">Which; with neither names nor template all of them.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> EvictObjectsAsync(
        BucketName bucket, NamesMessage names, CancellationToken cancellation = default) =>
        StartAsync(HttpMethod.Delete, bucket, Actions.EvictNames, Json(names), "", cancellation);

    /// <summary>Fetches objects of a remote bucket into the cluster.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="names">Which; with neither names nor template all of them.</param>
    /// <param name="latest">True to fetch anew what differs from its home.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> PrefetchObjectsAsync(
        BucketName bucket, NamesMessage names, bool latest = false, CancellationToken cancellation = default)
    {
        var json = JsonObject.Create(Json(names))!;
        json["latest-ver"] = latest;
        var value = JsonSerializer.Deserialize(json.ToJsonString(), WireJsonContext.Default.JsonElement);
        return StartAsync(HttpMethod.Post, bucket, Actions.PrefetchNames, value, "", cancellation);
    }

    /// <summary>Fetches one large object of a remote bucket into the cluster, as a job of its own.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The object.</param>
    /// <param name="latest">True to fetch it anew when it differs from its home.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> FetchLargeAsync(
        BucketName bucket, string name, bool latest = false, CancellationToken cancellation = default)
    {
        var message = new ActionMessage
        {
            Action = Actions.BlobDownload,
            Name = name,
            Value = JsonSerializer.Deserialize(
                latest ? """{"latest-ver":true}""" : "{}", WireJsonContext.Default.JsonElement),
        };
        var spec = new RequestSpec(HttpMethod.Post, RequestSpec.ObjectsPath(bucket))
        {
            Query = RequestSpec.BucketQuery(bucket),
            Json = JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage),
            IsIdempotent = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    /// <summary>Copies a bucket. The destination is created, with the properties of the source, when it does not exist.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="how">Prefix, new names, and what else there is to say; its destination and names are not looked at.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> CopyAsync(
        BucketName source, BucketName destination, CopyMessage how, CancellationToken cancellation = default)
    {
        var message = how with { Destination = null, Template = null, ObjectNames = null };
        return StartAsync(
            HttpMethod.Post, source, Actions.CopyBucket, Json(message), DestinationQuery(destination), cancellation);
    }

    /// <summary>Copies objects that are named. The destination is created when it does not exist.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="how">Destination, names or template, and what else there is to say.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> CopyObjectsAsync(
        BucketName source, CopyMessage how, CancellationToken cancellation = default) =>
        StartAsync(HttpMethod.Post, source, Actions.CopyNames, Json(how), "", cancellation);

    /// <summary>Renames a bucket: its objects move to a new one, and the old one goes when all have.</summary>
    /// <param name="source">The old name.</param>
    /// <param name="destination">The new name; must not exist.</param>
    /// <param name="cancellation">Ends the call; the job goes on.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> RenameAsync(
        BucketName source, BucketName destination, CancellationToken cancellation = default) =>
        StartAsync(HttpMethod.Post, source, Actions.MoveBucket, null, DestinationQuery(destination), cancellation);

    /// <summary>Sums up a bucket, or all: begins the job and waits until everything is counted.</summary>
    /// <param name="bucket">The bucket; null for all.</param>
    /// <param name="prefix">Only names that begin so; may be empty.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<IReadOnlyList<BucketSummary>> SummarizeAsync(
        BucketName? bucket, string prefix = "", CancellationToken cancellation = default)
    {
        var message = new SummaryMessage { Prefix = prefix, Cached = true, Present = true };
        while (true)
        {
            var spec = new RequestSpec(HttpMethod.Get, bucket is null ? "/v1/buckets" : RequestSpec.BucketPath(bucket))
            {
                Query = bucket is null ? "" : RequestSpec.BucketQuery(bucket),
                Json = JsonSerializer.SerializeToUtf8Bytes(
                    new ActionMessage
                    {
                        Action = Actions.SummarizeBucket,
                        Value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.SummaryMessage),
                    },
                    WireJsonContext.Output.ActionMessage),
            };
            using var reply = await _sender.SendAsync(spec, cancellation);
            if (reply.Response.StatusCode == System.Net.HttpStatusCode.OK)
            {
                return await reply.ReadJsonAsync(WireJsonContext.Default.ListBucketSummary, cancellation);
            }
            if (message.Uuid!.Length == 0)
            {
                var id = Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim('"', '\n', ' ');
                message = message with { Uuid = id };
            }
            await Task.Delay(SummaryInterval, _time, cancellation);
        }
    }

    private static string DestinationQuery(BucketName destination) =>
        $"{QueryNames.BucketTo}={Uri.EscapeDataString(destination.Uname + "/")}";

    private static JsonElement Json(NamesMessage names) =>
        JsonSerializer.SerializeToElement(names, WireJsonContext.Output.NamesMessage);

    private static JsonElement Json(CopyMessage message) =>
        JsonSerializer.SerializeToElement(message, WireJsonContext.Output.CopyMessage);

    private async Task<string> StartAsync(
        HttpMethod method,
        BucketName bucket,
        string action,
        JsonElement? value,
        string query,
        CancellationToken cancellation)
    {
        var name = RequestSpec.BucketQuery(bucket);
        var spec = new RequestSpec(method, RequestSpec.BucketPath(bucket))
        {
            Query = query.Length == 0 ? name : $"{name}&{query}",
            Json = JsonSerializer.SerializeToUtf8Bytes(
                new ActionMessage { Action = action, Value = value }, WireJsonContext.Output.ActionMessage),
            IsIdempotent = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }
}
