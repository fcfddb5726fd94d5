using System.Buffers;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Ports;

namespace Skein.UnitTests.Gateway;

public sealed class ListObjectsMsgpackTests
{
    /// <summary>A page of AIStore's own encoder, with mountpaths renamed.</summary>
    private const string Recorded =
        "84a455554944aa5234345761706f665f38b1436f6e74696e756174696f6e546f6b656ea46f2d3030a7456e747269657391"
        + "87a16ea46f2d3030a26373b035633830633039363833303431313233a161b33232204e6f762032362032313a3033205554"
        + "43a176a131a174ba745b743141495377697265" + "5d3a6d705b2f6d70322c207664615da17301a16640a5466c61677300";

    private const string RecordedEmpty =
        "84a455554944a9744b3061706f666341b1436f6e74696e756174696f6e546f6b656ea0a7456e747269657390a5466c61677300";

    [Fact]
    public void WritesWhatAIStoreWrites()
    {
        var entry = new ListEntry
        {
            Name = "o-00",
            Checksum = "5c80c09683041123",
            AccessTime = "22 Nov 26 21:03 UTC",
            Version = "1",
            Location = "t[t1AISwire]:mp[/mp2, vda]",
            Size = 1,
            Flags = 64,
        };
        Assert.Equal(Recorded, Hex("R44Wapof_8", new ObjectPage([new(entry, default)], "o-00", 0)));
    }

    [Fact]
    public void AnEmptyPageHasAnEmptyArray() =>
        Assert.Equal(RecordedEmpty, Hex("tK0apofcA", new ObjectPage([], "", 0)));

    [Fact]
    public void ReadsBackWithStamps()
    {
        var entries = new ObjectPageEntry[]
        {
            new(new ListEntry { Name = "dir", Flags = 256 }, default),
            new(
                new ListEntry
                {
                    Name = "ü/" + new string('x', 300),
                    Custom = "a:1",
                    Size = long.MaxValue,
                    Copies = 300,
                    Flags = 64,
                },
                new WriteStamp(7, 1L << 60)),
        };
        var buffer = new ArrayBufferWriter<byte>();
        ListObjectsMsgpack.Write(buffer, "id", new ObjectPage(entries, "next", 1), withStamps: true);
        var page = ListObjectsMsgpack.Read(buffer.WrittenMemory);
        Assert.Equal("next", page.NextToken);
        Assert.Equal(1U, page.Flags);
        Assert.Equal(entries, page.Entries);
    }

    [Theory]
    [InlineData(127, "7f")]
    [InlineData(128, "d10080")]
    [InlineData(32768, "d200008000")]
    [InlineData(4294967296, "d30000000100000000")]
    public void SizesHaveTheShortestSignedFormat(long size, string expected)
    {
        var hex = Hex("", new ObjectPage([new(new ListEntry { Name = "n", Size = size }, default)], "", 0));
        Assert.Contains("a173" + expected + "a5466c616773", hex, StringComparison.Ordinal);
    }

    private static string Hex(string id, ObjectPage page)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ListObjectsMsgpack.Write(buffer, id, page, withStamps: false);
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
