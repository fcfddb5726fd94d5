using System.Buffers;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Listing;

/// <summary>Sends a page: MessagePack with stamps to nodes, MessagePack or JSON to clients, as they accept.</summary>
internal static class ListObjectsReply
{
    public static Task WriteAsync(RequestContext request, ListObjectsMessage message, ObjectPage page)
    {
        var id = message.Uuid ?? "";
        if (request.Call.IsIntra)
        {
            return PackedAsync(request, id, page, withStamps: true);
        }
        if (request.Http.Request.Headers.Accept.ToString().Contains(
            ListObjectsMsgpack.ContentType, StringComparison.Ordinal))
        {
            return PackedAsync(request, id, page, withStamps: false);
        }
        var result = new ListObjectsResult
        {
            Uuid = id,
            ContinuationToken = page.NextToken,
            Entries = page.Entries.Count == 0 ? null : [.. page.Entries.Select(item => item.Entry)],
            Flags = page.Flags,
        };
        return request.JsonAsync(result, WireJsonContext.Output.ListObjectsResult);
    }

    private static Task PackedAsync(RequestContext request, string id, ObjectPage page, bool withStamps)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + (page.Entries.Count * 64));
        ListObjectsMsgpack.Write(buffer, id, page, withStamps);
        return request.BytesAsync(buffer.WrittenMemory, ListObjectsMsgpack.ContentType);
    }
}
