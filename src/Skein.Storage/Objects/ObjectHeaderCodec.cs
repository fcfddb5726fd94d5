using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Skein.Core.Objects;

namespace Skein.Storage.Objects;

/// <summary>
/// The bytes of an <see cref="ObjectHeader"/>, docs/reference/on-disk-format.md. Kept to 64 bytes in the common case,
/// since ext4 stores that much in the inode itself and takes a block of its own for more.
/// </summary>
internal static class ObjectHeaderCodec
{
    /// <summary>Most bytes of an extended attribute in Linux.</summary>
    public const int MaxBytes = 65536;

    /// <summary>Version of the form that this program writes.</summary>
    public const byte FormatVersion = 1;

    private const int TrailerBytes = sizeof(ulong);
    private const long TrailerSeed = 0x536b65696e; // "Skein"
    private const int ChecksumMask = 0x0F;
    private const int HasName = 0x10;
    private const int HasTextVersion = 0x20;
    private const int HasCustom = 0x40;

    /// <summary>Position = number on disk; never reorder.</summary>
    private static readonly (string Type, int DigestBytes)[] ChecksumCodes =
    [
        (ChecksumTypes.None, 0), (ChecksumTypes.XxHash, 8), (ChecksumTypes.XxHash2, 8), (ChecksumTypes.Md5, 16),
        (ChecksumTypes.Crc32C, 4), (ChecksumTypes.Sha256, 32), (ChecksumTypes.Sha512, 64),
    ];

    /// <summary>Writes the header.</summary>
    /// <exception cref="ArgumentException">When the checksum is of no known type or length: a defect.</exception>
    public static byte[] Encode(ObjectHeader header)
    {
        var attributes = header.Attributes;
        var code = CodeOf(attributes.Checksum);
        var number = VersionNumber(attributes.Version);
        var writer = new HeaderWriter(stackalloc byte[256]);
        writer.Byte(FormatVersion);
        writer.Byte((byte)(code
            | (header.Name is null ? 0 : HasName)
            | (number is null ? HasTextVersion : 0)
            | (attributes.Custom.Count == 0 ? 0 : HasCustom)));
        writer.Number((ulong)attributes.Size);
        writer.Number(header.BucketId);
        writer.Number((ulong)attributes.Stamp.Ownership);
        writer.Number((ulong)attributes.Stamp.Clock);
        writer.Number((ulong)attributes.AccessTime);
        writer.Hex(attributes.Checksum.Value);
        if (number is null)
        {
            writer.Text(attributes.Version);
        }
        else
        {
            writer.Number(number.Value);
        }
        if (header.Name is not null)
        {
            writer.Text(header.Name);
        }
        if (attributes.Custom.Count != 0)
        {
            writer.Number((ulong)attributes.Custom.Count);
            foreach (var (key, value) in attributes.Custom)
            {
                writer.Text(key);
                writer.Text(value);
            }
        }
        return writer.Finish(TrailerSeed);
    }

    /// <summary>Reads a header; null when the bytes are not one that this program wrote, down to the last bit.</summary>
    public static ObjectHeader? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < TrailerBytes + 2 || bytes.Length > MaxBytes || bytes[0] != FormatVersion
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^TrailerBytes..])
                != XxHash64.HashToUInt64(bytes[..^TrailerBytes], TrailerSeed))
        {
            return null;
        }
        var reader = new HeaderReader(bytes[1..^TrailerBytes]);
        var flags = reader.Byte();
        var code = flags & ChecksumMask;
        if (code >= ChecksumCodes.Length || (flags & 0x80) != 0)
        {
            return null;
        }
        var size = (long)reader.Number();
        var bucketId = reader.Number();
        var stamp = new WriteStamp((long)reader.Number(), (long)reader.Number());
        var accessTime = (long)reader.Number();
        var digest = reader.Hex(ChecksumCodes[code].DigestBytes);
        var version = (flags & HasTextVersion) != 0 ? reader.Text() : VersionText(reader.Number());
        var name = (flags & HasName) != 0 ? reader.Text() : null;
        var custom = (flags & HasCustom) != 0 ? ReadCustom(ref reader) : [];
        if (reader.Failed || !reader.AtEnd || size < 0)
        {
            return null;
        }
        return new ObjectHeader(
            new ObjectAttributes
            {
                Size = size,
                Checksum = code == 0 ? Checksum.None : new Checksum(ChecksumCodes[code].Type, digest),
                Version = version,
                AccessTime = accessTime,
                Stamp = stamp,
                Custom = custom,
            },
            bucketId, name);
    }

    private static KeyValuePair<string, string>[] ReadCustom(ref HeaderReader reader)
    {
        var count = reader.Number();
        if (count > MaxBytes / 2)
        {
            reader.Fail();
            return [];
        }
        var custom = new KeyValuePair<string, string>[count];
        for (var i = 0; i < custom.Length && !reader.Failed; i++)
        {
            custom[i] = new(reader.Text(), reader.Text());
        }
        return custom;
    }

    private static int CodeOf(Checksum checksum)
    {
        for (var i = 0; i < ChecksumCodes.Length; i++)
        {
            if (ChecksumCodes[i].Type == checksum.Type && checksum.Value.Length == ChecksumCodes[i].DigestBytes * 2)
            {
                return i;
            }
        }
        throw new ArgumentException($"checksum {checksum} cannot be stored");
    }

    /// <summary>The version as a number where that tells it exactly: 0 for empty; null where it does not.</summary>
    private static ulong? VersionNumber(string version)
    {
        if (version.Length == 0)
        {
            return 0;
        }
        return version[0] is >= '1' and <= '9'
            && ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
    }

    private static string VersionText(ulong number) =>
        number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);
}
