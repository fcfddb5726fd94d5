using CsCheck;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class ObjectHeaderCodecTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['\u0001', '\uD7FF'], 0, 60];

    private static readonly Gen<Checksum> Checksums = Gen.OneOf(
        Gen.Const(Checksum.None), Hex(ChecksumTypes.XxHash, 8), Hex(ChecksumTypes.XxHash2, 8),
        Hex(ChecksumTypes.Md5, 16), Hex(ChecksumTypes.Crc32C, 4), Hex(ChecksumTypes.Sha256, 32),
        Hex(ChecksumTypes.Sha512, 64));

    private static readonly Gen<string> Versions = Gen.OneOf(
        Gen.Const(""), Gen.ULong.Select(n => n.ToString()), Gen.Const("007"), Gen.Const("0"), Text);

    private static readonly Gen<ObjectHeader> Headers =
        from size in Gen.Long[0, long.MaxValue]
        from checksum in Checksums
        from version in Versions
        from access in Gen.Long
        from term in Gen.Long
        from clock in Gen.Long
        from custom in Gen.Select(Text, Text, KeyValuePair.Create).Array[0, 6]
        from bucket in Gen.ULong
        from hasName in Gen.Bool
        from name in Text
        select new ObjectHeader(
            new ObjectAttributes
            {
                Size = size,
                Checksum = checksum,
                Version = version,
                AccessTime = access,
                Stamp = new WriteStamp(term, clock),
                Custom = custom,
            },
            bucket, hasName ? name : null);

    [Fact]
    public void What_is_written_is_read() => Headers.Sample(header =>
    {
        var read = ObjectHeaderCodec.Decode(ObjectHeaderCodec.Encode(header))!;
        Assert.Equal(header.BucketId, read.BucketId);
        Assert.Equal(header.Name, read.Name);
        Assert.Equal(header.Attributes.Custom, read.Attributes.Custom);
        KeyValuePair<string, string>[] none = [];
        Assert.Equal(header.Attributes with { Custom = none }, read.Attributes with { Custom = none });
    });

    [Fact]
    public void Any_changed_byte_is_noticed() => Gen.Select(Headers, Gen.Int, Gen.Byte[1, 255]).Sample(
        (header, where, change) =>
        {
            var bytes = ObjectHeaderCodec.Encode(header);
            bytes[(where & int.MaxValue) % bytes.Length] ^= change;
            Assert.Null(ObjectHeaderCodec.Decode(bytes));
        });

    [Fact]
    public void Any_other_length_is_noticed() => Gen.Select(Headers, Gen.Int[0, 40]).Sample((header, count) =>
    {
        var bytes = ObjectHeaderCodec.Encode(header);
        Assert.Null(ObjectHeaderCodec.Decode(bytes.AsSpan(0, Math.Max(0, bytes.Length - 1 - count))));
        Assert.Null(ObjectHeaderCodec.Decode([.. bytes, .. new byte[count + 1]]));
    });

    [Fact]
    public void Random_bytes_are_refused_and_never_throw() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.Null(ObjectHeaderCodec.Decode(bytes)));

    [Fact]
    public void The_usual_header_fits_into_the_inode()
    {
        var header = new ObjectHeader(
            new ObjectAttributes
            {
                Size = 5L << 30,
                Checksum = new Checksum(ChecksumTypes.XxHash, "0123456789abcdef"),
                Version = "127",
                AccessTime = 1_900_000_000_000_000_000,
                Stamp = new WriteStamp(500, 1_900_000_000_000L << 16),
            },
            1 << 20, null);
        Assert.InRange(ObjectHeaderCodec.Encode(header).Length, 40, 64);
    }

    private static Gen<Checksum> Hex(string type, int bytes) =>
        Gen.Byte.Array[bytes].Select(b => new Checksum(type, Convert.ToHexStringLower(b)));
}
