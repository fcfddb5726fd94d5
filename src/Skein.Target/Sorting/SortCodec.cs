using System.Buffers.Binary;
using System.Text;
using Skein.Core.Errors;

namespace Skein.Target.Sorting;

/// <summary>
/// Lists of records and of planned shards on their way to another target: frames with their length in front (four bytes,
/// little-endian); one without bytes is the end, so a list that is cut short is noticed.
/// </summary>
internal static class SortCodec
{
    /// <summary>What <c>Content-Type</c> says.</summary>
    public const string MediaType = "application/vnd.skein.sort";

    /// <summary>Writes things, several to a frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="things">The things.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When one is larger than <see cref="SortLimits.MaxFrameBytes"/>.</exception>
    public static async Task WriteAsync<T>(
        Stream output, IEnumerable<T> things, Action<BinaryWriter, T> write, CancellationToken cancellation)
    {
        using var frame = new MemoryStream();
        using var writer = new BinaryWriter(frame, Encoding.UTF8);
        foreach (var thing in things)
        {
            write(writer, thing);
            if (frame.Length >= SortLimits.FrameBytes)
            {
                await SendAsync(output, frame, cancellation).ConfigureAwait(false);
            }
        }
        if (frame.Length != 0)
        {
            await SendAsync(output, frame, cancellation).ConfigureAwait(false);
        }
        await SendAsync(output, frame, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <param name="input">Where from.</param>
    /// <param name="read">Reads one, and keeps it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">When it is something else.</exception>
    /// <exception cref="EndOfStreamException">When it is cut short.</exception>
    public static async Task ReadAsync(Stream input, Action<BinaryReader> read, CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        while (true)
        {
            await input.ReadExactlyAsync(head, cancellation).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 0 or > SortLimits.MaxFrameBytes)
            {
                throw new InvalidDataException($"a frame of {length} bytes");
            }
            if (length == 0)
            {
                return;
            }
            var frame = new byte[length];
            await input.ReadExactlyAsync(frame, cancellation).ConfigureAwait(false);
            using var bytes = new MemoryStream(frame, writable: false);
            using var reader = new BinaryReader(bytes, Encoding.UTF8);
            while (bytes.Position < length)
            {
                read(reader);
            }
        }
    }

    /// <summary>Writes a record, without the target that has it.</summary>
    public static void Write(BinaryWriter writer, SortRecord record)
    {
        writer.Write(record.Shard);
        writer.Write(record.Ordinal);
        writer.Write(record.Index);
        writer.Write(record.Name);
        writer.Write(record.Key is not null);
        writer.Write(record.Key ?? "");
        writer.Write(record.Target);
        writer.Write(record.Files.Count);
        foreach (var file in record.Files)
        {
            writer.Write(file.Name);
            writer.Write(file.Size);
            writer.Write(file.Modified);
            writer.Write(file.Source);
            writer.Write(file.Offset);
        }
    }

    /// <summary>Reads a record.</summary>
    public static SortRecord ReadRecord(BinaryReader reader)
    {
        var record = new SortRecord(reader.ReadString(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadString());
        var hasKey = reader.ReadBoolean();
        var key = reader.ReadString();
        record.Key = hasKey ? key : null;
        record.Target = reader.ReadInt32();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            record.Files.Add(new SortFile(
                reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64()));
        }
        return record;
    }

    /// <summary>Writes a planned shard.</summary>
    public static void Write(BinaryWriter writer, PlannedShard shard)
    {
        writer.Write(shard.Name);
        writer.Write(shard.Records.Count);
        foreach (var record in shard.Records)
        {
            Write(writer, record);
        }
    }

    /// <summary>Reads a planned shard.</summary>
    public static PlannedShard ReadShard(BinaryReader reader)
    {
        var name = reader.ReadString();
        var records = new List<SortRecord>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            records.Add(ReadRecord(reader));
        }
        return new PlannedShard(name, records);
    }

    /// <summary>Bytes of one piece in a request for content.</summary>
    public const int PieceBytes = sizeof(int) + (2 * sizeof(long));

    /// <summary>A request for the content of files.</summary>
    public static byte[] EncodePieces(IReadOnlyCollection<SortFile> files)
    {
        var bytes = new byte[files.Count * PieceBytes];
        var rest = bytes.AsSpan();
        foreach (var file in files)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, file.Source);
            BinaryPrimitives.WriteInt64LittleEndian(rest[sizeof(int)..], file.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(rest[(sizeof(int) + sizeof(long))..], file.Size);
            rest = rest[PieceBytes..];
        }
        return bytes;
    }

    /// <summary>Reads such a request; the files have no names.</summary>
    /// <exception cref="StoreException">When it is none.</exception>
    public static List<SortFile> DecodePieces(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % PieceBytes != 0 || bytes.Length > SortLimits.MaxPieces * PieceBytes)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"a request for content of {bytes.Length} bytes");
        }
        var files = new List<SortFile>(bytes.Length / PieceBytes);
        for (; !bytes.IsEmpty; bytes = bytes[PieceBytes..])
        {
            files.Add(new SortFile(
                "",
                BinaryPrimitives.ReadInt64LittleEndian(bytes[(sizeof(int) + sizeof(long))..]),
                0,
                BinaryPrimitives.ReadInt32LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(int)..])));
        }
        return files;
    }

    private static async Task SendAsync(Stream output, MemoryStream frame, CancellationToken cancellation)
    {
        if (frame.Length > SortLimits.MaxFrameBytes)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"the list of the files of one shard takes {frame.Length} bytes, at most {SortLimits.MaxFrameBytes} are sent: "
                    + "output_shard_size has to be smaller");
        }
        var head = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(head, (int)frame.Length);
        await output.WriteAsync(head, cancellation).ConfigureAwait(false);
        await output.WriteAsync(frame.GetBuffer().AsMemory(0, (int)frame.Length), cancellation).ConfigureAwait(false);
        frame.SetLength(0);
    }
}
