using System.IO.Compression;
using Skein.Core.Maps;

namespace Skein.Node.Intra;

/// <summary>A control document on its way between nodes: its exact bytes, compressed.</summary>
internal static class DocumentTransfer
{
    /// <summary>Largest document that is taken, in bytes after decompression.</summary>
    public const int MaxBody = 64 << 20;

    /// <summary>Compresses the body.</summary>
    public static byte[] Pack(SealedDocument document)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(document.Body.Span);
        }
        return target.ToArray();
    }

    /// <summary>Reads a compressed body and opens the document.</summary>
    /// <exception cref="InvalidDataException">When it is damaged, too large or of an unknown format.</exception>
    public static async Task<SealedDocument> UnpackAsync(Stream source, CancellationToken cancellation)
    {
        using var target = new MemoryStream();
        var gzip = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await gzip.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                Append(target, buffer.AsSpan(0, read));
            }
        }
        return ControlDocumentCodec.Open(target.ToArray());
    }

    /// <summary>Opens a document from its compressed body.</summary>
    /// <exception cref="InvalidDataException">When it is damaged, too large or of an unknown format.</exception>
    public static SealedDocument Unpack(byte[] bytes, int offset)
    {
        using var target = new MemoryStream();
        using var source = new MemoryStream(bytes, offset, bytes.Length - offset, writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        var buffer = new byte[64 << 10];
        int read;
        while ((read = gzip.Read(buffer)) > 0)
        {
            Append(target, buffer.AsSpan(0, read));
        }
        return ControlDocumentCodec.Open(target.ToArray());
    }

    private static void Append(MemoryStream target, ReadOnlySpan<byte> bytes)
    {
        if (target.Length + bytes.Length > MaxBody)
        {
            throw new InvalidDataException($"control document of more than {MaxBody} bytes");
        }
        target.Write(bytes);
    }
}
