using System.Buffers;
using Nerdbank.MessagePack;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Listing;

/// <summary>
/// A page of a listing in MessagePack: a map of <c>UUID, ContinuationToken, Entries, Flags</c>; each entry a map of
/// <c>n cs a v t m s c f</c> in this order, without what is empty. Between nodes each entry also has <c>wt</c> and
/// <c>wc</c>, term and clock of its write stamp, and <c>sl</c>, length of the name of its archive.
/// </summary>
public static class ListObjectsMsgpack
{
    /// <summary>Media type.</summary>
    public const string ContentType = "application/msgpack";

    /// <summary>Writes a page.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="id">Id of the listing.</param>
    /// <param name="page">The page.</param>
    /// <param name="withStamps">True between nodes.</param>
    public static void Write(IBufferWriter<byte> output, string id, ObjectPage page, bool withStamps)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteMapHeader(4);
        writer.Write("UUID");
        writer.Write(id);
        writer.Write("ContinuationToken");
        writer.Write(page.NextToken);
        writer.Write("Entries");
        writer.WriteArrayHeader(page.Entries.Count);
        foreach (var item in page.Entries)
        {
            WriteEntry(ref writer, item, withStamps);
        }
        writer.Write("Flags");
        writer.Write(page.Flags);
        writer.Flush();
    }

    /// <summary>Reads a page, with or without stamps. Unknown keys are skipped.</summary>
    /// <exception cref="MessagePackSerializationException">When the bytes are not a page.</exception>
    /// <exception cref="EndOfStreamException">When the bytes end too early.</exception>
    public static ObjectPage Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var context = new SerializationContext();
        var token = "";
        var flags = 0U;
        List<ObjectPageEntry> entries = [];
        var keys = reader.ReadMapHeader();
        for (var i = 0; i < keys; i++)
        {
            switch (reader.ReadString())
            {
                case "ContinuationToken":
                    token = reader.ReadString() ?? "";
                    break;
                case "Entries":
                    entries = ReadEntries(ref reader, context);
                    break;
                case "Flags":
                    flags = reader.ReadUInt32();
                    break;
                default:
                    reader.Skip(context);
                    break;
            }
        }
        return new ObjectPage(entries, token, flags);
    }

    private static void WriteEntry(ref MessagePackWriter writer, ObjectPageEntry item, bool withStamps)
    {
        var entry = item.Entry;
        var stamped = withStamps && item.Stamp != default;
        var sharded = withStamps && item.ShardLength != 0;
        writer.WriteMapHeader(1 + Has(entry.Checksum) + Has(entry.AccessTime) + Has(entry.Version) + Has(entry.Location)
            + Has(entry.Custom) + Has(entry.Size) + Has(entry.Copies) + Has(entry.Flags) + (stamped ? 2 : 0) + (sharded ? 1 : 0));
        writer.Write("n");
        writer.Write(entry.Name);
        WriteText(ref writer, "cs", entry.Checksum);
        WriteText(ref writer, "a", entry.AccessTime);
        WriteText(ref writer, "v", entry.Version);
        WriteText(ref writer, "t", entry.Location);
        WriteText(ref writer, "m", entry.Custom);
        if (entry.Size != 0)
        {
            writer.Write("s");
            WriteSigned(ref writer, entry.Size);
        }
        if (entry.Copies != 0)
        {
            writer.Write("c");
            WriteSigned(ref writer, entry.Copies);
        }
        if (entry.Flags != 0)
        {
            writer.Write("f");
            writer.Write(entry.Flags);
        }
        if (stamped)
        {
            writer.Write("wt");
            writer.Write(item.Stamp.Ownership);
            writer.Write("wc");
            writer.Write(item.Stamp.Clock);
        }
        if (sharded)
        {
            writer.Write("sl");
            writer.Write(item.ShardLength);
        }
    }

    /// <summary>AIStore's encoder gives signed fields the signed formats, the shortest that fits.</summary>
    private static void WriteSigned(ref MessagePackWriter writer, long value)
    {
        switch (value)
        {
            case >= -32 and <= 127:
                writer.Write(value);
                break;
            case >= sbyte.MinValue and <= sbyte.MaxValue:
                writer.WriteInt8((sbyte)value);
                break;
            case >= short.MinValue and <= short.MaxValue:
                writer.WriteInt16((short)value);
                break;
            case >= int.MinValue and <= int.MaxValue:
                writer.WriteInt32((int)value);
                break;
            default:
                writer.WriteInt64(value);
                break;
        }
    }

    private static void WriteText(ref MessagePackWriter writer, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    private static List<ObjectPageEntry> ReadEntries(ref MessagePackReader reader, SerializationContext context)
    {
        if (reader.TryReadNil())
        {
            return [];
        }
        var count = reader.ReadArrayHeader();
        if (count > ListObjectsMessage.MaxPageSize + 1)
        {
            throw new MessagePackSerializationException($"a page of {count} entries is too long");
        }
        var entries = new List<ObjectPageEntry>(count);
        for (var i = 0; i < count; i++)
        {
            entries.Add(ReadEntry(ref reader, context));
        }
        return entries;
    }

    private static ObjectPageEntry ReadEntry(ref MessagePackReader reader, SerializationContext context)
    {
        string? name = null, checksum = null, accessTime = null, version = null, location = null, custom = null;
        var (size, copies, flags) = (0L, (short)0, (ushort)0);
        var (term, clock, shardLength) = (0L, 0L, 0);
        var keys = reader.ReadMapHeader();
        for (var i = 0; i < keys; i++)
        {
            switch (ReadKey(ref reader))
            {
                case Key.Name:
                    name = reader.ReadString();
                    break;
                case Key.Checksum:
                    checksum = reader.ReadString();
                    break;
                case Key.AccessTime:
                    accessTime = reader.ReadString();
                    break;
                case Key.Version:
                    version = reader.ReadString();
                    break;
                case Key.Location:
                    location = reader.ReadString();
                    break;
                case Key.Custom:
                    custom = reader.ReadString();
                    break;
                case Key.Size:
                    size = reader.ReadInt64();
                    break;
                case Key.Copies:
                    copies = reader.ReadInt16();
                    break;
                case Key.Flags:
                    flags = reader.ReadUInt16();
                    break;
                case Key.Term:
                    term = reader.ReadInt64();
                    break;
                case Key.Clock:
                    clock = reader.ReadInt64();
                    break;
                case Key.ShardLength:
                    shardLength = reader.ReadInt32();
                    break;
                default:
                    reader.Skip(context);
                    break;
            }
        }
        var entry = new ListEntry
        {
            Name = name ?? "",
            Checksum = checksum,
            AccessTime = accessTime,
            Version = version,
            Location = location,
            Custom = custom,
            Size = size,
            Copies = copies,
            Flags = flags,
        };
        return new ObjectPageEntry(entry, new WriteStamp(term, clock))
        {
            ShardLength = shardLength >= 0 && shardLength <= entry.Name.Length
                ? shardLength
                : throw new MessagePackSerializationException("an archive's name is longer than that of its file"),
        };
    }

    /// <summary>A key of an entry, read without making a string of it.</summary>
    private static Key ReadKey(ref MessagePackReader reader)
    {
        if (!reader.TryReadStringSpan(out var key))
        {
            reader.ReadString(); // in pieces, or nil: no key of ours
            return Key.Unknown;
        }
        return key.Length switch
        {
            1 => key[0] switch
            {
                (byte)'n' => Key.Name,
                (byte)'a' => Key.AccessTime,
                (byte)'v' => Key.Version,
                (byte)'t' => Key.Location,
                (byte)'m' => Key.Custom,
                (byte)'s' => Key.Size,
                (byte)'c' => Key.Copies,
                (byte)'f' => Key.Flags,
                _ => Key.Unknown,
            },
            _ => key.SequenceEqual("cs"u8) ? Key.Checksum
                : key.SequenceEqual("wt"u8) ? Key.Term
                : key.SequenceEqual("wc"u8) ? Key.Clock
                : key.SequenceEqual("sl"u8) ? Key.ShardLength
                : Key.Unknown,
        };
    }

    private static int Has(string? text) => string.IsNullOrEmpty(text) ? 0 : 1;

    private static int Has(long number) => number == 0 ? 0 : 1;

    private enum Key
    {
        Unknown, Name, Checksum, AccessTime, Version, Location, Custom, Size, Copies, Flags, Term, Clock, ShardLength,
    }
}
