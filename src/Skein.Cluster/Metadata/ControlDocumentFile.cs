using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Metadata;

/// <summary>
/// The control document on a node's disk, in two generations. Writing: temporary file, flush to disk, the present file
/// becomes the previous one, rename, flush of the folder. Reading: the present file, or the previous one when the
/// present one is missing or damaged.
/// </summary>
/// <remarks>
/// Format 1: 8 bytes <c>SKEINDOC</c>, format version (u32, little-endian), length of the body (u32), SHA-256 of the
/// body (32 bytes), body (<see cref="ControlDocumentCodec"/>).
/// </remarks>
/// <param name="folder">The node's metadata folder; must exist.</param>
/// <param name="name">File name of the present generation.</param>
/// <param name="strict">True when a damaged file must not be replaced by the one before it.</param>
public sealed class ControlDocumentFile(string folder, string name = ".skein.document", bool strict = false)
{
    /// <summary>Version of the file format.</summary>
    public const uint Format = 1;

    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBody = 256 * 1024 * 1024;

    private const int HeaderSize = 8 + 4 + 4 + 32;

    private static readonly byte[] Magic = "SKEINDOC"u8.ToArray();

    private readonly string _current = Path.Combine(folder, name);
    private readonly string _previous = Path.Combine(folder, name + ".prev");
    private readonly string _temporary = Path.Combine(folder, name + ".tmp");

    /// <summary>The newest readable document; <see cref="SealedDocument.None"/> when there is none.</summary>
    /// <param name="problems">What was found to be damaged, for the log; empty when all is well.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Internal"/> when there are files but none is readable: starting with nothing would
    /// silently forget the cluster.
    /// </exception>
    public SealedDocument Load(out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        var any = false;
        foreach (var path in new[] { _current, _previous })
        {
            if (!File.Exists(path))
            {
                continue;
            }
            any = true;
            try
            {
                return Read(path);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                found.Add($"{path}: {e.Message}");
                if (strict)
                {
                    break;
                }
            }
        }
        return any
            ? throw new StoreException(
                StoreErrorCode.Internal,
                $"no readable control document in {folder} ({string.Join("; ", found)}): "
                    + "to rejoin the cluster with empty metadata move the files away and start again")
            : SealedDocument.None;
    }

    /// <summary>Stores the document; when it returns the document survives the loss of power.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Save(SealedDocument document)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)document.Body.Length);
        SHA256.HashData(document.Body.Span, header[16..]);
        using (var file = File.OpenHandle(_temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, header, 0);
            RandomAccess.Write(file, document.Body.Span, HeaderSize);
            RandomAccess.FlushToDisk(file);
        }
        if (File.Exists(_current))
        {
            File.Move(_current, _previous, overwrite: true);
        }
        File.Move(_temporary, _current, overwrite: true);
        FolderFlush.Flush(folder);
    }

    /// <summary>Removes both generations: the node forgets its cluster.</summary>
    public void Delete()
    {
        File.Delete(_current);
        File.Delete(_previous);
        FolderFlush.Flush(folder);
    }

    private static SealedDocument Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var header = new byte[HeaderSize];
        if (length < HeaderSize || RandomAccess.Read(file, header, 0) != HeaderSize || !header.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new InvalidDataException("not a control document");
        }
        var format = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8));
        if (format != Format)
        {
            throw new InvalidDataException($"format {format}, this build reads format {Format}");
        }
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        if (size > MaxBody || length < HeaderSize + size)
        {
            throw new InvalidDataException("cut short");
        }
        var body = new byte[size];
        var read = 0;
        while (read < body.Length)
        {
            var got = RandomAccess.Read(file, body.AsSpan(read), HeaderSize + read);
            if (got == 0)
            {
                throw new InvalidDataException("cut short");
            }
            read += got;
        }
        return SHA256.HashData(body).AsSpan().SequenceEqual(header.AsSpan(16, 32))
            ? ControlDocumentCodec.Open(body)
            : throw new InvalidDataException("checksum does not match");
    }
}
