using System.Buffers.Binary;
using System.Security.Cryptography;
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
public sealed class ControlDocumentFile
{
    /// <summary>Version of the file format.</summary>
    public const uint Format = 1;

    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBody = 256 * 1024 * 1024;

    private const int HeaderSize = 8 + 4 + 4 + 32;

    private static readonly byte[] Magic = "SKEINDOC"u8.ToArray();

    private readonly IMetadataDisk _disk;
    private readonly string _folder;
    private readonly bool _strict;
    private readonly string _current;
    private readonly string _previous;
    private readonly string _temporary;

    /// <summary>Names the files; nothing is read yet.</summary>
    /// <param name="folder">The node's metadata folder; must exist.</param>
    /// <param name="name">File name of the present generation.</param>
    /// <param name="strict">True when a damaged file must not be replaced by the one before it.</param>
    public ControlDocumentFile(string folder, string name = ".skein.document", bool strict = false)
        : this(MetadataDisk.Real, folder, name, strict)
    {
    }

    internal ControlDocumentFile(IMetadataDisk disk, string folder, string name, bool strict)
    {
        _disk = disk;
        _folder = folder;
        _strict = strict;
        _current = Path.Combine(folder, name);
        _previous = _current + ".prev";
        _temporary = _current + ".tmp";
    }

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
            if (!_disk.Exists(path))
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
                if (_strict)
                {
                    break;
                }
            }
        }
        return any
            ? throw new StoreException(
                StoreErrorCode.Internal,
                $"no readable control document in {_folder} ({string.Join("; ", found)}): "
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
        _disk.Write(_temporary, header, document.Body.Span);
        _disk.Flush(_temporary);
        if (_disk.Exists(_current))
        {
            _disk.Move(_current, _previous);
        }
        _disk.Move(_temporary, _current);
        _disk.FlushFolder(_folder);
    }

    /// <summary>Makes durable what is there, in case the process that wrote it was killed before it could.</summary>
    internal void Flush()
    {
        foreach (var path in new[] { _current, _previous })
        {
            if (_disk.Exists(path))
            {
                _disk.Flush(path);
            }
        }
    }

    /// <summary>Removes both generations: the node forgets its cluster.</summary>
    public void Delete()
    {
        _disk.Delete(_current);
        _disk.Delete(_previous);
        _disk.FlushFolder(_folder);
    }

    private SealedDocument Read(string path)
    {
        var bytes = _disk.Read(path);
        if (bytes.Length < HeaderSize || !bytes.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new InvalidDataException("not a control document");
        }
        var format = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        if (format != Format)
        {
            throw new InvalidDataException($"format {format}, this build reads format {Format}");
        }
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        if (size > MaxBody || bytes.Length < HeaderSize + size)
        {
            throw new InvalidDataException("cut short");
        }
        var body = bytes.AsMemory(HeaderSize, (int)size);
        return SHA256.HashData(body.Span).AsSpan().SequenceEqual(bytes.AsSpan(16, 32))
            ? ControlDocumentCodec.Open(body)
            : throw new InvalidDataException("checksum does not match");
    }
}
