using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;

namespace Skein.Console.Files;

/// <summary>The files of the page, as they are embedded in this assembly; compressed once, when first asked for.</summary>
internal sealed class ConsoleFiles
{
    private const string Index = "index.html";

    /// <summary>
    /// Scripts and styles come from here only, and no frame shows the page. Connections may go to the targets, to which the
    /// API redirects.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' http: https:; "
        + "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    private readonly FrozenDictionary<string, Lazy<StaticFile>> _files = Names()
        .ToFrozenDictionary(name => name, name => new Lazy<StaticFile>(() => StaticFile.Load(name)));

    /// <summary>Names of all files, below <c>/console</c>.</summary>
    public static IEnumerable<string> Names() => typeof(ConsoleFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(StaticFile.Prefix, StringComparison.Ordinal))
        .Select(name => name[StaticFile.Prefix.Length..]);

    /// <summary>Answers with a file; without a name with the page itself.</summary>
    /// <exception cref="StoreException">When there is no such file.</exception>
    public async Task ServeAsync(HttpContext context, string name)
    {
        if (!_files.TryGetValue(name.Length == 0 ? Index : name, out var found))
        {
            throw new StoreException(StoreErrorCode.InvalidPath, $"the console has no file \"{name}\": open /console");
        }
        var file = found.Value;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        headers.ETag = file.Tag;
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var body = file.Content;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            headers.ContentEncoding = "gzip";
            body = file.Compressed;
        }
        context.Response.ContentType = file.Type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>One file.</summary>
    private sealed record StaticFile(byte[] Content, byte[] Compressed, string Type, string Tag)
    {
        public const string Prefix = "console/";

        public static StaticFile Load(string name)
        {
            using var stream = typeof(StaticFile).Assembly.GetManifestResourceStream(Prefix + name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                gzip.Write(content);
            }
            var tag = $"\"{Convert.ToHexString(SHA256.HashData(content).AsSpan(0, 8))}\"";
            return new StaticFile(content, compressed.ToArray(), TypeOf(name), tag);
        }

        private static string TypeOf(string name) => Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
    }
}
