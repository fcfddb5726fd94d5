using System.Globalization;
using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest.Archives;

/// <summary>GET and PUT of an object that name files inside of it.</summary>
internal static class ArchiveQuery
{
    /// <summary>What a GET wants of an archive; null when it wants the object itself.</summary>
    /// <exception cref="StoreException">When the parameters contradict each other.</exception>
    public static ReadArchiveRequest? OnGet(RequestContext request, FoundObject found)
    {
        if (request.Path.RawQuery.Length == 0)
        {
            return null;
        }
        var path = request.Query.Get(QueryNames.ArchivePath);
        var mode = request.Query.Get(QueryNames.ArchiveMode);
        var pattern = request.Query.Get(QueryNames.ArchivePattern);
        if (path.Length == 0 && mode.Length == 0)
        {
            return null; // as in AIStore, a pattern alone asks for the object
        }
        if (path.Length != 0 && (mode.Length != 0 || pattern.Length != 0))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{QueryNames.ArchivePath}\" names one file, \"{QueryNames.ArchivePattern}\" and "
                    + $"\"{QueryNames.ArchiveMode}\" select several: they exclude each other");
        }
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "reading files in archives");
        if (request.Http.Request.Headers.Range.Count != 0)
        {
            throw new StoreException(
                StoreErrorCode.Unsupported,
                $"cannot range-read archived content of {found.Bucket}/{found.Name} - operation not supported");
        }
        var mime = request.Query.Get(QueryNames.ArchiveMime);
        return new ReadArchiveRequest
        {
            Object = found.Of(request),
            Path = path.Length == 0 ? null : path,
            Pattern = pattern,
            Mode = mode.Length == 0 ? ArchiveMatchMode.Regexp : ArchiveModes.Parse(mode),
            Format = mime.Length == 0 ? null : ArchiveFormats.OfMime(mime),
            Query = Encode(path, pattern, mode, mime),
        };
    }

    /// <summary>What a PUT adds to an archive; null when it stores an object.</summary>
    /// <exception cref="StoreException">When a parameter is missing or invalid.</exception>
    public static AppendArchiveRequest? OnPut(RequestContext request, FoundObject found)
    {
        var path = request.Path.RawQuery.Length == 0 ? "" : request.Query.Get(QueryNames.ArchivePath);
        if (path.Length == 0)
        {
            return null;
        }
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "adding to an archive");
        ArchivePath.Validate(path);
        var mode = Mode(request.Http.Request.Headers[HeaderNames.AppendMode].ToString());
        var mime = request.Query.Get(QueryNames.ArchiveMime);
        return new AppendArchiveRequest
        {
            Object = found.Of(request),
            Path = path,
            Format = mime.Length == 0 ? null : ArchiveFormats.OfMime(mime),
            Mode = mode,
            Body = request.Http.Request.BodyReader,
            Length = request.Http.Request.ContentLength ?? throw new StoreException(
                StoreErrorCode.InvalidRequest, "missing \"Content-Length\" in the request"),
        };
    }

    /// <summary>Answers a GET.</summary>
    public static async Task SendAsync(GatewayServices services, RequestContext request, ReadArchiveRequest wanted)
    {
        await using var content = await Handler(services).GetAsync(wanted, request.Aborted).ConfigureAwait(false);
        request.Response.ContentType = content.ContentType;
        request.Response.ContentLength = content.Length;
        await content.SendAsync(request.Response.BodyWriter, request.Http.Features, request.Aborted).ConfigureAwait(false);
        services.Counters.Add(NodeCounter.GetBytes, content.Length ?? 0);
    }

    /// <summary>Answers a PUT.</summary>
    public static async Task AppendAsync(GatewayServices services, RequestContext request, AppendArchiveRequest append)
    {
        await Handler(services).AppendAsync(append, request.Aborted).ConfigureAwait(false);
        services.Counters.Add(NodeCounter.PutBytes, append.Length);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private static IArchiveHandler Handler(GatewayServices services) => services.Archives
        ?? throw new StoreException(StoreErrorCode.Internal, "this node has no objects");

    private static AppendMode Mode(string text)
    {
        if (text.Length == 0)
        {
            return AppendMode.Create;
        }
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= 2
            ? (AppendMode)number
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid {HeaderNames.AppendMode} \"{(text.Length > 40 ? text[..40] : text)}\" "
                    + "(expecting 0 to create, 1 to append, 2 to append or create)");
    }

    private static string Encode(string path, string pattern, string mode, string mime)
    {
        var query = path.Length != 0
            ? $"{QueryNames.ArchivePath}={Uri.EscapeDataString(path)}"
            : $"{QueryNames.ArchivePattern}={Uri.EscapeDataString(pattern)}&{QueryNames.ArchiveMode}={mode}";
        return mime.Length == 0 ? query : $"{query}&{QueryNames.ArchiveMime}={Uri.EscapeDataString(mime)}";
    }
}
