using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Maps;

namespace Skein.Cluster.Timeline;

/// <summary>The bytes of a timeline file.</summary>
/// <remarks>
/// Format 1, little-endian. File: 8 bytes <c>SKEINTLN</c>, format version (u32), 4 bytes 0, then records. Record: length of
/// what follows the checksum (u32), first 16 bytes of the SHA-256 of it, length of the entry (u32), the entry in JSON,
/// the document's bytes compressed with gzip.
/// </remarks>
internal static class TimelineRecord
{
    /// <summary>Version of the file format.</summary>
    public const uint Format = 1;

    /// <summary>Bytes before the first record.</summary>
    public const int FileHeaderSize = 16;

    /// <summary>Largest record that is read, in bytes.</summary>
    public const int MaxRecord = 64 << 20;

    /// <summary>Largest document that is unpacked, in bytes.</summary>
    public const int MaxBody = 256 << 20;

    private const int CheckSize = 16;
    private const int HeaderSize = 4 + CheckSize;

    private static readonly byte[] Magic = "SKEINTLN"u8.ToArray();

    /// <summary>The bytes before the first record.</summary>
    public static byte[] FileHeader()
    {
        var bytes = new byte[FileHeaderSize];
        Magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Format);
        return bytes;
    }

    /// <summary>True for a file that begins as <see cref="FileHeader"/>.</summary>
    public static bool IsFile(SafeFileHandle file)
    {
        var bytes = new byte[FileHeaderSize];
        return ReadFully(file, 0, bytes) && bytes.AsSpan().SequenceEqual(FileHeader());
    }

    /// <summary>Makes a record.</summary>
    public static byte[] Write(TimelineEntry entry, ReadOnlySpan<byte> body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new StoredEntry
            {
                Uuid = entry.Uuid,
                Stamp = entry.Stamp.ToString(),
                Hash = entry.Hash,
                Who = entry.Change.Who,
                What = entry.Change.What,
                Why = entry.Change.Why,
                Time = entry.Change.Time,
            },
            TimelineJsonContext.Default.StoredEntry);
        using var target = new MemoryStream();
        target.SetLength(HeaderSize + 4);
        target.Position = HeaderSize + 4;
        target.Write(json);
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }
        var bytes = target.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeaderSize), (uint)json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)(bytes.Length - HeaderSize));
        SHA256.HashData(bytes.AsSpan(HeaderSize)).AsSpan(0, CheckSize).CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    /// <summary>The bytes of the record at an offset; null when the file ends before it does.</summary>
    public static byte[]? ReadAt(SafeFileHandle file, long offset, long size)
    {
        var head = new byte[4];
        if (size - offset < HeaderSize || !ReadFully(file, offset, head))
        {
            return null;
        }
        var rest = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (rest > MaxRecord || rest > size - offset - HeaderSize)
        {
            return null;
        }
        var record = new byte[HeaderSize + rest];
        return ReadFully(file, offset, record) ? record : null;
    }

    /// <summary>Takes a record apart.</summary>
    /// <returns>False when its checksum or content is wrong.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> record, [NotNullWhen(true)] out TimelineEntry? entry, out ReadOnlyMemory<byte> packed)
    {
        entry = null;
        packed = default;
        if (record.Length < HeaderSize + 4
            || !SHA256.HashData(record.Span[HeaderSize..]).AsSpan(0, CheckSize)
                .SequenceEqual(record.Span.Slice(4, CheckSize)))
        {
            return false;
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(record.Span[HeaderSize..]);
        if (length > record.Length - HeaderSize - 4)
        {
            return false;
        }
        StoredEntry? stored;
        try
        {
            stored = JsonSerializer.Deserialize(
                record.Span.Slice(HeaderSize + 4, (int)length), TimelineJsonContext.Default.StoredEntry);
        }
        catch (JsonException)
        {
            return false;
        }
        if (stored is null || !DocumentStamp.TryParse(stored.Stamp, out var stamp))
        {
            return false;
        }
        entry = new TimelineEntry(
            stored.Uuid, stamp, stored.Hash, new ChangeRecord(stored.What, stored.Who, stored.Why, stored.Time));
        packed = record[(HeaderSize + 4 + (int)length)..];
        return true;
    }

    /// <summary>Unpacks a document; null when it is damaged or too large.</summary>
    public static SealedDocument? Unpack(ReadOnlySpan<byte> packed)
    {
        try
        {
            using var source = new MemoryStream(packed.ToArray(), writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            using var target = new MemoryStream();
            var buffer = new byte[64 << 10];
            int read;
            while ((read = gzip.Read(buffer)) > 0)
            {
                if (target.Length + read > MaxBody)
                {
                    return null;
                }
                target.Write(buffer, 0, read);
            }
            return ControlDocumentCodec.Open(target.ToArray());
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Fills the buffer from an offset; false when the file ends before.</summary>
    public static bool ReadFully(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                return false;
            }
            offset += read;
            buffer = buffer[read..];
        }
        return true;
    }
}
