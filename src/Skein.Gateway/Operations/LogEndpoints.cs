using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Operations;

/// <summary>
/// <c>what=log</c>: the log that is written now as text, from <c>offset</c> on and with <c>severity</c> only what is at
/// least that bad; or <c>all</c> files in one compressed archive.
/// </summary>
internal sealed class LogEndpoints(GatewayServices services)
{
    private static readonly string[] Warnings = ["\"level\":\"Warning\""];
    private static readonly string[] Errors = ["\"level\":\"Error\"", "\"level\":\"Critical\""];

    public async Task GetAsync(RequestContext request)
    {
        var severity = request.Query.Get("severity");
        var wanted = severity switch
        {
            "" or "i" or "info" => null,
            "w" or "warning" => [.. Warnings, .. Errors],
            "e" or "error" => Errors,
            _ => throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"unknown log severity \"{(severity.Length > 32 ? severity[..32] : severity)}\""),
        };
        var logs = services.Logs
            ?? throw new StoreException(StoreErrorCode.NotFound, $"{services.Facts.Self.DisplayName} writes no log files");
        if (request.Query.Flag("all"))
        {
            await SendAllAsync(request, logs.Files).ConfigureAwait(false);
            return;
        }
        var offset = request.Query.Number("offset") ?? 0;
        var file = Open(logs.CurrentFile);
        await using (file.ConfigureAwait(false))
        {
            var size = wanted is null ? file.Length : await SizeAsync(file, wanted, request.Aborted).ConfigureAwait(false);
            if (offset < 0 || offset > size)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"log likely rotated (offset {offset}, size {size})");
            }
            request.Response.ContentType = "text/plain; charset=utf-8";
            await SendAsync(request, file, wanted, offset, size).ConfigureAwait(false);
        }
    }

    /// <summary>Sends exactly what was there when the size was taken: the file grows meanwhile.</summary>
    private static async Task SendAsync(RequestContext request, Stream file, string[]? wanted, long offset, long size)
    {
        var position = 0L;
        file.Position = 0;
        await foreach (var line in LinesAsync(file, wanted, request.Aborted).ConfigureAwait(false))
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
            var from = (int)Math.Clamp(offset - position, 0, bytes.Length);
            var to = (int)Math.Clamp(size - position, 0, bytes.Length);
            if (to > from)
            {
                await request.Response.Body.WriteAsync(bytes.AsMemory(from, to - from), request.Aborted)
                    .ConfigureAwait(false);
            }
            position += bytes.Length;
            if (position >= size)
            {
                return;
            }
        }
    }

    private static async Task<long> SizeAsync(Stream file, string[] wanted, CancellationToken cancellation)
    {
        var size = 0L;
        await foreach (var line in LinesAsync(file, wanted, cancellation).ConfigureAwait(false))
        {
            size += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
        }
        return size;
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        Stream file, string[]? wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (wanted is null || Array.Exists(wanted, word => line.Contains(word, StringComparison.Ordinal)))
            {
                yield return line;
            }
        }
    }

    private static async Task SendAllAsync(RequestContext request, IReadOnlyList<string> files)
    {
        request.Response.ContentType = "application/x-gzip";
        var body = request.Response.Body;
        if (request.Http.Features.Get<IHttpBodyControlFeature>() is { } control)
        {
            control.AllowSynchronousIO = true; // compression ends with a synchronous flush
        }
        var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            var tar = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true);
            await using (tar.ConfigureAwait(false))
            {
                foreach (var path in files)
                {
                    await AddAsync(tar, path, request.Aborted).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task AddAsync(TarWriter tar, string path, CancellationToken cancellation)
    {
        FileStream file;
        try
        {
            file = Open(path);
        }
        catch (FileNotFoundException)
        {
            return; // turned over meanwhile
        }
        await using (file.ConfigureAwait(false))
        {
            var entry = new UstarTarEntry(TarEntryType.RegularFile, Path.GetFileName(path))
            {
                DataStream = new FixedLength(file, file.Length),
            };
            await tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>The first bytes of a file that may grow.</summary>
    private sealed class FixedLength(Stream inner, long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            inner.Read(buffer, offset, (int)Math.Min(count, Math.Max(0, length - inner.Position)));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(
                buffer[..(int)Math.Min(buffer.Length, Math.Max(0, length - inner.Position))], cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
