using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Target.Sorting;

/// <summary>Gives other targets what they need of a sort: records, planned shards, content. On the data network only.</summary>
internal sealed class SortEndpoints(SortJobs jobs, PeerCalls calls, TimeProvider time) : IIntraHandler
{
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        network.HasFlag(NetworkKind.Data) && path.Decoded switch
        {
            SortCalls.RecordsPath or SortCalls.PlanPath => method == "GET",
            SortCalls.ContentPath => method == "POST",
            _ => false,
        };

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var caller = await calls.CallerAsync(context, NodeRole.Target).ConfigureAwait(false);
        var run = jobs.Find(RequestQuery.Parse(path.RawQuery).Get(QueryNames.Uuid));
        context.Response.ContentType = SortCodec.MediaType;
        switch (path.Decoded)
        {
            case SortCalls.RecordsPath:
                await SendRecordsAsync(context, run).ConfigureAwait(false);
                break;
            case SortCalls.PlanPath:
                await SortCodec
                    .WriteAsync(context.Response.Body, run.PlanOf(caller.Id), SortCodec.Write, context.RequestAborted)
                    .ConfigureAwait(false);
                break;
            default:
                await SendContentAsync(context, run).ConfigureAwait(false);
                break;
        }
    }

    private async Task SendRecordsAsync(HttpContext context, SortRun run)
    {
        var started = time.GetTimestamp();
        var records = run.Records;
        var head = new Action<BinaryWriter>(writer =>
        {
            writer.Write(run.ShardBytes);
            writer.Write(run.ContentBytes);
        });
        var things = records.Select(record => new Action<BinaryWriter>(writer => SortCodec.Write(writer, record)));
        await SortCodec
            .WriteAsync(context.Response.Body, things.Prepend(head), (writer, write) => write(writer), context.RequestAborted)
            .ConfigureAwait(false);
        run.CountSent(time.GetElapsedTime(started));
    }

    private static async Task SendContentAsync(HttpContext context, SortRun run)
    {
        if (context.Request.ContentLength is not (> 0 and <= SortLimits.MaxPieces * SortCodec.PieceBytes) and var length)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"a request for content of {length} bytes");
        }
        var body = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted).ConfigureAwait(false);
        var files = SortCodec.DecodePieces(body);
        context.Response.ContentLength = files.Sum(file => file.Size);
        foreach (var file in files)
        {
            var content = run.Content.Open(file);
            await using (content.ConfigureAwait(false))
            {
                await content
                    .CopyToAsync(context.Response.Body, SortLimits.BufferBytes, context.RequestAborted)
                    .ConfigureAwait(false);
            }
        }
    }
}
