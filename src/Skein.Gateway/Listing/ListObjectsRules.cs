using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Listing;

/// <summary>Reads and completes what a client asks of a listing.</summary>
internal static class ListObjectsRules
{
    private const string DefaultProps = "name,size,cached";
    private const string CachedProps = "name,size,checksum,atime";

    /// <summary>The message of a request, checked and with defaults filled in.</summary>
    /// <param name="request">The request, for error texts.</param>
    /// <param name="value">The value of the action message; null when there is none.</param>
    /// <exception cref="StoreException">When the message is malformed or asks for what cannot be.</exception>
    public static ListObjectsMessage Read(RequestContext request, JsonElement? value)
    {
        var message = WireJson.Read(value, WireJsonContext.Default.ListObjectsMessage, "*apc.LsoMsg", request.Method)
            ?? OfQuery(request);
        if (message.PageSize < 0)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid pagesize {message.PageSize}");
        }
        var prefix = message.Prefix ?? "";
        if (prefix.Contains("../", StringComparison.Ordinal))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid prefix \"{prefix}\": may not contain '../'");
        }
        if (!string.IsNullOrEmpty(message.Target)
            && request.Call.Metadata.Document.Map.Find(message.Target) is null)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"target {message.Target} is not in the cluster map");
        }
        var flags = (ListFlags)message.Flags;
        var size = message.PageSize == 0 ? ListObjectsMessage.MaxPageSize : message.PageSize;
        return message with
        {
            PageSize = Math.Min(size, ListObjectsMessage.MaxPageSize),
            Prefix = prefix,
            Props = Props(message.Props, flags),
            Uuid = string.IsNullOrEmpty(message.Uuid) ? JobId.New() : message.Uuid,
        };
    }

    private static string Props(string? asked, ListFlags flags)
    {
        if ((flags & ListFlags.NamesOnly) != 0)
        {
            return "name";
        }
        if ((flags & ListFlags.NameSize) != 0)
        {
            return "name,size";
        }
        return !string.IsNullOrEmpty(asked) ? asked : (flags & ListFlags.Cached) != 0 ? CachedProps : DefaultProps;
    }

    /// <summary>A browser cannot send a body with GET: then the query says what to list.</summary>
    private static ListObjectsMessage OfQuery(RequestContext request) => new()
    {
        Prefix = request.Query.Get("prefix"),
        Props = request.Query.Get("props"),
        Flags = (ulong)Math.Max(0, request.Query.Number("flags") ?? 0),
        PageSize = request.Query.Number("pagesize") ?? 0,
        ContinuationToken = request.Query.Get("continuation_token"),
    };
}
