using Nerdbank.MessagePack;
using Skein.Core.Wire;

namespace Skein.Client.Listing;

/// <summary>Reads a page of a listing from MessagePack, with AIStore's short keys.</summary>
internal static class ListPageReader
{
    private const int MaxEntries = 1_000_000;

    /// <summary>Reads a page. Unknown keys are passed over.</summary>
    /// <exception cref="MessagePackSerializationException">When the bytes are not such a page.</exception>
    public static ListObjectsResult Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var uuid = "";
        var token = "";
        var flags = 0u;
        List<ListEntry> entries = [];
        var keys = reader.ReadMapHeader();
        for (var i = 0; i < keys; i++)
        {
            switch (reader.ReadString())
            {
                case "UUID":
                    uuid = reader.ReadString() ?? "";
                    break;
                case "ContinuationToken":
                    token = reader.ReadString() ?? "";
                    break;
                case "Entries":
                    entries = ReadEntries(ref reader);
                    break;
                case "Flags":
                    flags = reader.ReadUInt32();
                    break;
                default:
                    reader.Skip(new SerializationContext());
                    break;
            }
        }
        return new ListObjectsResult { Uuid = uuid, ContinuationToken = token, Entries = entries, Flags = flags };
    }

    private static List<ListEntry> ReadEntries(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return [];
        }
        var count = reader.ReadArrayHeader();
        if (count > MaxEntries)
        {
            throw new MessagePackSerializationException($"a page of {count} entries");
        }
        var entries = new List<ListEntry>(count);
        for (var i = 0; i < count; i++)
        {
            entries.Add(ReadEntry(ref reader));
        }
        return entries;
    }

    private static ListEntry ReadEntry(ref MessagePackReader reader)
    {
        var fields = new Fields();
        var keys = reader.ReadMapHeader();
        for (var i = 0; i < keys; i++)
        {
            var key = reader.ReadString();
            switch (key)
            {
                case "s":
                    fields.Size = reader.ReadInt64();
                    break;
                case "c":
                    fields.Copies = reader.ReadInt16();
                    break;
                case "f":
                    fields.Flags = reader.ReadUInt16();
                    break;
                case "n" or "cs" or "a" or "v" or "t" or "m":
                    fields.SetText(key, reader.ReadString());
                    break;
                default:
                    reader.Skip(new SerializationContext());
                    break;
            }
        }
        return fields.ToEntry();
    }

    private struct Fields
    {
        public long Size;
        public short Copies;
        public ushort Flags;
        private string? _name;
        private string? _checksum;
        private string? _accessTime;
        private string? _version;
        private string? _location;
        private string? _custom;

        public void SetText(string key, string? value)
        {
            switch (key)
            {
                case "n":
                    _name = value;
                    break;
                case "cs":
                    _checksum = value;
                    break;
                case "a":
                    _accessTime = value;
                    break;
                case "v":
                    _version = value;
                    break;
                case "t":
                    _location = value;
                    break;
                default:
                    _custom = value;
                    break;
            }
        }

        public readonly ListEntry ToEntry() => new()
        {
            Name = _name ?? throw new MessagePackSerializationException("an entry without a name"),
            Checksum = _checksum,
            AccessTime = _accessTime,
            Version = _version,
            Location = _location,
            Custom = _custom,
            Size = Size,
            Copies = Copies,
            Flags = Flags,
        };
    }
}
