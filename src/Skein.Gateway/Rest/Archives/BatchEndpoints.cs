using Microsoft.AspNetCore.Http;
using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest.Archives;

/// <summary><c>/v1/ml/moss[/B]</c>: many objects in one answer.</summary>
internal sealed class BatchEndpoints(GatewayServices services, BucketLookup lookup)
{
    private const int BucketIndex = 3;

    private readonly RedirectReply _redirect = new(services);
    private int _turn;

    public async Task HandleAsync(RequestContext request)
    {
        if (request.Path.Count < BucketIndex || request.Path.Segment(2) != "moss")
        {
            throw RestDialect.InvalidUri(request);
        }
        if (request.Method != "GET")
        {
            await Verbs.RefuseAsync(request, "GET").ConfigureAwait(false);
            return;
        }
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = (body.IsEmpty ? null : request.ParseJson(body, WireJsonContext.Default.BatchMessage, "*apc.MossReq"))
            ?? throw WireJson.Missing("*apc.MossReq", request.Method);
        var batch = await ReadAsync(request, message).ConfigureAwait(false);
        if (services.Facts.Self.Role == NodeRole.Proxy)
        {
            services.Counters.Increment(NodeCounter.Redirect);
            await _redirect.ToAsync(request, Choose(request, batch), Path(request)).ConfigureAwait(false);
            return;
        }
        await AnswerAsync(request, batch).ConfigureAwait(false);
    }

    private async Task AnswerAsync(RequestContext request, BatchRequest batch)
    {
        var handler = services.Batches ?? throw new StoreException(StoreErrorCode.Internal, "this node has no objects");
        await using var content = await handler.OpenAsync(batch, request.Aborted).ConfigureAwait(false);
        request.Response.ContentType = content.ContentType;
        request.Response.ContentLength = content.Length;
        await content.SendAsync(request.Response.BodyWriter, request.Http.Features, request.Aborted).ConfigureAwait(false);
    }

    private async Task<BatchRequest> ReadAsync(RequestContext request, BatchMessage message)
    {
        var entries = message.Entries ?? [];
        if (entries.Count is 0 or > BatchMessage.MaxEntries)
        {
            throw Invalid($"{entries.Count} entries: 1 to {BatchMessage.MaxEntries} are allowed");
        }
        if (message.Colocation is < 0 or > 2)
        {
            throw Invalid($"invalid coloc {message.Colocation}: expecting 0, 1 or 2");
        }
        var name = request.Path.Count > BucketIndex ? request.Path.Segment(BucketIndex) : "";
        var bucket = name.Length == 0 ? null : BucketLookup.Name(request, name);
        var known = new Dictionary<BucketName, BucketProps>();
        var items = new List<BatchItem>(entries.Count);
        foreach (var entry in entries)
        {
            Check(entry);
            var its = BucketOf(entry) ?? bucket
                ?? throw Invalid($"missing bucket specification for object \"{entry.ObjectName}\"");
            if (!known.TryGetValue(its, out var props))
            {
                props = await lookup.FindAsync(request, its).ConfigureAwait(false);
                AccessCheck.Require(its, props, AccessPermissions.Get);
                ObjectEndpoints.RequireNoCloud(its, props, "getting many objects at once");
                known.Add(its, props);
            }
            items.Add(new BatchItem(its, props, entry));
        }
        var format = string.IsNullOrEmpty(message.Mime) ? ArchiveFormat.Tar : ArchiveFormats.OfMime(message.Mime);
        return new BatchRequest(request.Call, items, format, message);
    }

    private static BucketName? BucketOf(BatchEntry entry)
    {
        if (!string.IsNullOrEmpty(entry.Uname))
        {
            return BucketName.ParseUname(entry.Uname);
        }
        return string.IsNullOrEmpty(entry.Bucket) ? null : BucketName.Parse(entry.Bucket, entry.Provider, null);
    }

    private static void Check(BatchEntry? entry)
    {
        if (entry is null)
        {
            throw Invalid("an entry is null");
        }
        ObjectName.Validate(entry.ObjectName ?? "");
        if (entry.Start < 0 || entry.Length < -1 || (entry.Start != 0 && entry.Length == 0))
        {
            throw new StoreException(
                StoreErrorCode.RangeNotSatisfiable,
                $"range start={entry.Start}, length={entry.Length} of \"{entry.ObjectName}\" not satisfiable");
        }
    }

    /// <summary>The target that puts the answer together: each in turn, or the one that owns most of it.</summary>
    private NodeInfo Choose(RequestContext request, BatchRequest batch)
    {
        var map = request.Call.Metadata.Document.Map;
        if (map.ActiveTargets.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, "there are no active targets in the cluster: start one and try again");
        }
        if (batch.Message.Colocation == 0)
        {
            return map.ActiveTargets[(int)((uint)Interlocked.Increment(ref _turn) % map.ActiveTargets.Count)];
        }
        return batch.Items
            .GroupBy(item => map.Owner(HrwDigest.OfObject(item.Bucket.Uname, item.Name))!)
            .MaxBy(owned => owned.Count())!.Key;
    }

    private static string Path(RequestContext request) => request.Path.Count > BucketIndex
        ? $"/v1/ml/moss/{PercentEncoding.EncodePath(request.Path.Segment(BucketIndex))}"
        : "/v1/ml/moss";

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidRequest, message);
}
