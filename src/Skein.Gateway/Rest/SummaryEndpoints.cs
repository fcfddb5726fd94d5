using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>
/// Summaries of buckets: <c>GET /v1/buckets[/B]</c> with the action <c>summary-bck</c>, and <c>HEAD</c> with
/// <c>bsumm_remote</c>. The first call begins a job: 202 with its id; with the id 202 while nothing is counted, 206 while
/// some is, 200 when all is.
/// </summary>
internal sealed class SummaryEndpoints(GatewayServices services, BucketLookup lookup)
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string SummaryHeader = "Ais-Bucket-Summ";
    private const string JobHeader = "Ais-Xaction-Id";

    private IBucketSummaries Summaries => services.Summaries
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node sums up no buckets");

    public async Task GetAsync(RequestContext request, string name, ActionMessage message)
    {
        var wanted = Read(message);
        var bucket = name.Length == 0 ? null : BucketLookup.Name(request, name);
        if (bucket is not null)
        {
            await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        }
        if (string.IsNullOrEmpty(wanted.Uuid))
        {
            var id = await Summaries
                .StartAsync(request.Call, bucket, wanted.Prefix ?? "", request.Aborted)
                .ConfigureAwait(false);
            await request.TextAsync(id, StatusCodes.Status202Accepted).ConfigureAwait(false);
            return;
        }
        var reading = await Summaries.ReadAsync(request.Call, wanted.Uuid, request.Aborted).ConfigureAwait(false);
        List<BucketSummary> shown = [.. reading.Buckets.Select(one => one.Show(reading.Disks, isPresent: false))];
        await request
            .BytesAsync(
                StatusOf(reading) == StatusCodes.Status202Accepted
                    ? ReadOnlyMemory<byte>.Empty
                    : JsonSerializer.SerializeToUtf8Bytes(shown, WireJsonContext.Output.ListBucketSummary),
                PlainText,
                StatusOf(reading))
            .ConfigureAwait(false);
    }

    /// <summary>Adds to the answer of HEAD what is to be said of the summary; the caller has set the properties.</summary>
    public async Task HeadAsync(RequestContext request, BucketName bucket)
    {
        var id = request.Query.Get(QueryNames.Uuid);
        if (id.Length == 0)
        {
            var begun = await Summaries.StartAsync(request.Call, bucket, "", request.Aborted).ConfigureAwait(false);
            request.Response.Headers[JobHeader] = begun;
            await request.EmptyAsync(StatusCodes.Status202Accepted).ConfigureAwait(false);
            return;
        }
        var reading = await Summaries.ReadAsync(request.Call, id, request.Aborted).ConfigureAwait(false);
        request.Response.Headers[JobHeader] = id;
        if (reading.Buckets.FirstOrDefault(one => one.Bucket.ToName() == bucket) is { } figures)
        {
            request.Response.Headers[SummaryHeader] = JsonSerializer.Serialize(
                figures.Show(reading.Disks, isPresent: true), WireJsonContext.Output.BucketSummary);
        }
        await request.EmptyAsync(StatusOf(reading)).ConfigureAwait(false);
    }

    private static int StatusOf(SummaryReading reading) => reading switch
    {
        { IsDone: true } => StatusCodes.Status200OK,
        { Buckets.Count: 0 } => StatusCodes.Status202Accepted,
        _ => StatusCodes.Status206PartialContent,
    };

    private static SummaryMessage Read(ActionMessage message) =>
        WireJson.Read(message.Value, WireJsonContext.Default.SummaryMessage, "*apc.BsummCtrlMsg", message.Action)
        ?? new SummaryMessage();
}
