using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Nerdbank.MessagePack;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.UnitTests.Client;

/// <summary>What the nodes of <see cref="FakeCluster"/> answer.</summary>
internal sealed class FakeHandlers(FakeCluster cluster)
{
    public async Task HandleAsync(HttpContext context, bool isProxy, FakeRequest request)
    {
        var path = context.Request.Path.Value!.Split('/', 5);
        var bucket = path.Length > 3 ? path[3] : "";
        switch (path[2])
        {
            case "health":
                context.Response.Headers["Ais-Node-Uptime"] = "5000000000";
                context.Response.Headers["Ais-Cluster-Uptime"] = "9000000000";
                break;
            case "daemon":
                await JsonAsync(context, WireJsonContext.Output.WireClusterMap, cluster.Map);
                break;
            case "reverse" when cluster.Answers.TryGetValue(Key(context), out var answer):
                await context.Response.WriteAsync(answer);
                break;
            case "reverse":
                await NodeStatusAsync(context);
                break;
            case "cluster" when cluster.Answers.TryGetValue(Key(context), out var answer):
                context.Response.ContentType = "application/json; charset=utf-8";
                await context.Response.WriteAsync(answer);
                break;
            case "cluster" when context.Request.Query["what"] == "control" && cluster.Control is { } control:
                await JsonAsync(context, WireJsonContext.Output.ControlStatus, control);
                break;
            case "cluster" when context.Request.Query["what"] == "control":
                await ErrorAsync(context, 400, null, "unexpected query [what=control]");
                break;
            case "cluster":
                await context.Response.WriteAsync("{\"config_version\":\"1\"}");
                break;
            case "buckets":
                await BucketAsync(context, bucket);
                break;
            case "objects" when isProxy:
                await RedirectAsync(context, bucket, request);
                break;
            case "objects":
                await ObjectAsync(context, bucket, path[4], request);
                break;
            default:
                await ErrorAsync(context, 400, null, $"invalid request URI: '{context.Request.Path}'");
                break;
        }
    }

    public static async Task ErrorAsync(HttpContext context, int status, string? code, string message)
    {
        var error = new WireError { TypeCode = code, Message = message, Status = status, Node = "p[proxy001]" };
        var json = JsonSerializer.Serialize(error, WireJsonContext.Output.WireError);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (context.Request.Method == "HEAD")
        {
            context.Response.Headers["Hdr-Error"] = json;
            return;
        }
        await context.Response.WriteAsync(json + "\n");
    }

    private static string Key(HttpContext context) =>
        $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";

    private static async Task JsonAsync<T>(
        HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, T value)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(JsonSerializer.Serialize(value, type) + "\n");
    }

    private static async Task<ActionMessage> MessageAsync(HttpContext context) =>
        (await JsonSerializer.DeserializeAsync(context.Request.Body, WireJsonContext.Default.ActionMessage))!;

    private async Task NodeStatusAsync(HttpContext context)
    {
        var id = context.Request.Headers["Ais-Node-Id"].ToString();
        if (cluster.Statuses.TryGetValue(id, out var status))
        {
            await JsonAsync(context, WireJsonContext.Output.NodeStatus, status);
            return;
        }
        context.Response.StatusCode = 502;
    }

    private async Task BucketAsync(HttpContext context, string bucket)
    {
        var exists = cluster.Buckets.ContainsKey(bucket);
        switch (context.Request.Method)
        {
            case "GET" when bucket.Length == 0:
                await MessageAsync(context);
                await JsonAsync(context, WireJsonContext.Output.ListWireBucket,
                    [.. cluster.Buckets.Keys.Select(name => new WireBucket { Name = name, Provider = "ais" })]);
                break;
            case "POST" when exists:
                await ErrorAsync(context, 409, "ErrBucketAlreadyExists", $"bucket \"ais://{bucket}\" already exists");
                break;
            case "POST":
                cluster.Buckets[bucket] = new SortedDictionary<string, FakeObject>(StringComparer.Ordinal);
                break;
            case "GET" or "HEAD" or "DELETE" when !exists:
                await ErrorAsync(context, 404, "ErrBckNotFound", $"bucket \"ais://{bucket}\" does not exist");
                break;
            case "DELETE":
                cluster.Buckets.Remove(bucket);
                break;
            case "HEAD":
                context.Response.Headers["Ais-Bucket-Props"] = "{\"provider\":\"ais\",\"mirror\":{\"copies\":2}}";
                break;
            default:
                await ListAsync(context, bucket);
                break;
        }
    }

    private async Task ListAsync(HttpContext context, string bucket)
    {
        var message = (await MessageAsync(context)).Value!.Value.Deserialize(WireJsonContext.Default.ListObjectsMessage)!;
        var after = message.ContinuationToken is { Length: > 0 } token ? token : message.StartAfter ?? "";
        var size = message.PageSize is 0 or > 1000 ? 1000 : (int)message.PageSize;
        List<KeyValuePair<string, FakeObject>> names;
        lock (cluster.Buckets)
        {
            names = [.. cluster.Buckets[bucket]
                .Where(o => o.Key.StartsWith(message.Prefix ?? "", StringComparison.Ordinal)
                    && string.CompareOrdinal(o.Key, after) > 0)
                .Take(size + 1)];
        }
        var page = names.Take(size).ToList();
        var next = names.Count > size ? page[^1].Key : "";
        if (!context.Request.Headers.Accept.ToString().Contains("application/msgpack", StringComparison.Ordinal))
        {
            await JsonAsync(context, WireJsonContext.Output.ListObjectsResult, new ListObjectsResult
            {
                Uuid = "list1",
                ContinuationToken = next,
                Entries = [.. page.Select(o => new ListEntry { Name = o.Key, Size = o.Value.Bytes.Length, Flags = 64 })],
            });
            return;
        }
        context.Response.ContentType = "application/msgpack";
        await context.Response.Body.WriteAsync(Pack(page, next));
    }

    private static byte[] Pack(List<KeyValuePair<string, FakeObject>> page, string next)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(4);
        writer.Write("UUID");
        writer.Write("list1");
        writer.Write("ContinuationToken");
        writer.Write(next);
        writer.Write("Entries");
        writer.WriteArrayHeader(page.Count);
        foreach (var (name, stored) in page)
        {
            writer.WriteMapHeader(stored.Bytes.Length == 0 ? 3 : 4);
            writer.Write("n");
            writer.Write(name);
            writer.Write("cs");
            writer.Write(stored.Checksum);
            if (stored.Bytes.Length != 0)
            {
                writer.Write("s");
                writer.Write(stored.Bytes.Length);
            }
            writer.Write("f");
            writer.Write(64);
        }
        writer.Write("Flags");
        writer.Write(0);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private async Task RedirectAsync(HttpContext context, string bucket, FakeRequest request)
    {
        if (!cluster.Buckets.ContainsKey(bucket))
        {
            await ErrorAsync(context, 404, "ErrBckNotFound", $"bucket \"ais://{bucket}\" does not exist");
            return;
        }
        var question = request.Target.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : request.Target[(question + 1)..] + "&";
        var path = question < 0 ? request.Target : request.Target[..question];
        var target = cluster.TargetUrls[path.Length % cluster.TargetUrls.Count];
        context.Response.StatusCode = context.Request.Method == "GET" ? 301 : 307;
        context.Response.Headers.Location = $"{target}{path}?{query}pid=proxy001&utm=1795381289232544521";
    }

    private async Task ObjectAsync(HttpContext context, string bucket, string name, FakeRequest request)
    {
        if (context.Request.Method is "PUT" or "DELETE" && !context.Request.Query.ContainsKey("utm"))
        {
            await ErrorAsync(context, 400, null, "t[t1]: PUT(obj) is expected to be redirected or replicated");
            return;
        }
        if (context.Request.Method == "PUT")
        {
            await PutAsync(context, bucket, name, request);
            return;
        }
        FakeObject? stored;
        lock (cluster.Buckets)
        {
            cluster.Buckets[bucket].TryGetValue(name, out stored);
            if (context.Request.Method == "DELETE")
            {
                cluster.Buckets[bucket].Remove(name);
            }
        }
        if (stored is null)
        {
            await ErrorAsync(context, 404, "ErrNotFound", $"t[t1]: ais://{bucket}/{name} does not exist");
        }
        else if (context.Request.Method != "DELETE")
        {
            await SendAsync(context, stored);
        }
    }

    private async Task PutAsync(HttpContext context, string bucket, string name, FakeRequest request)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        request.BodyBytes = body.Length;
        var stored = FakeObject.Of(body.ToArray()) with
        {
            Custom = [.. context.Request.Headers["Ais-Custom-Md"].OfType<string>()],
        };
        var sent = context.Request.Headers["Ais-Checksum-Value"].ToString();
        if (sent.Length != 0 && sent != stored.Checksum)
        {
            await ErrorAsync(context, 400, "ErrBadCksum", $"BAD DATA CHECKSUM: xxhash({sent} != {stored.Checksum})");
            return;
        }
        lock (cluster.Buckets)
        {
            var objects = cluster.Buckets[bucket];
            stored = stored with { Version = objects.TryGetValue(name, out var old) ? old.Version + 1 : 1 };
            objects[name] = stored;
        }
        WriteHeaders(context, stored);
    }

    private static void WriteHeaders(HttpContext context, FakeObject stored)
    {
        context.Response.Headers["Ais-Checksum-Type"] = "xxhash";
        context.Response.Headers["Ais-Checksum-Value"] = stored.Checksum;
        context.Response.Headers["Ais-Version"] = stored.Version.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Ais-Atime"] = "1795381289233445831";
        if (stored.Custom.Count != 0)
        {
            context.Response.Headers["Ais-Custom-Md"] = stored.Custom.ToArray();
        }
    }

    private static async Task SendAsync(HttpContext context, FakeObject stored)
    {
        WriteHeaders(context, stored);
        var (offset, length) = (0, stored.Bytes.Length);
        if (ByteRange.Parse(context.Request.Headers.Range.ToString(), "o") is { } range)
        {
            var resolved = range.Resolve(stored.Bytes.Length);
            (offset, length) = ((int)resolved.Offset, (int)resolved.Length);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{stored.Bytes.Length}";
        }
        context.Response.ContentLength = length;
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(stored.Bytes.AsMemory(offset, length));
        }
    }
}
