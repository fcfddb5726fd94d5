using Nerdbank.MessagePack;
using Skein.Client.Listing;
using Skein.Core.Wire;

namespace Skein.UnitTests.Client;

public sealed class ListPageReaderTests
{
    [Fact]
    public void Reads_an_empty_page()
    {
        var page = Read("84 a4 55554944 a9 744b3061706f666341 b1 436f6e74696e756174696f6e546f6b656e a0 "
            + "a7 456e7472696573 90 a5 466c616773 00");

        Assert.Equal("tK0apofcA", page.Uuid);
        Assert.Equal("", page.ContinuationToken);
        Assert.Empty(page.Entries!);
        Assert.Equal(0u, page.Flags);
    }

    [Fact]
    public void Reads_nil_entries_as_none()
    {
        var page = Read("84 a4 55554944 a0 b1 436f6e74696e756174696f6e546f6b656e a0 a7 456e7472696573 c0 a5 466c616773 01");

        Assert.Empty(page.Entries!);
        Assert.Equal(1u, page.Flags);
    }

    [Fact]
    public void Reads_every_property_of_an_entry()
    {
        // n=o-00 cs=5c80 a=22Nov v=1 t=t[t1] m=k:v s=70000 c=2 f=64
        var page = Read("84 a4 55554944 a3 523434 b1 436f6e74696e756174696f6e546f6b656e a4 6f2d3030 a7 456e7472696573 91 "
            + "89 a1 6e a4 6f2d3030 a2 6373 a4 35633830 a1 61 a5 32324e6f76 a1 76 a1 31 a1 74 a5 745b74315d a1 6d a3 6b3a76 "
            + "a1 73 ce 00011170 a1 63 02 a1 66 40 a5 466c616773 00");

        var entry = Assert.Single(page.Entries!);
        Assert.Equal("o-00", page.ContinuationToken);
        Assert.Equal("o-00", entry.Name);
        Assert.Equal("5c80", entry.Checksum);
        Assert.Equal("22Nov", entry.AccessTime);
        Assert.Equal("1", entry.Version);
        Assert.Equal("t[t1]", entry.Location);
        Assert.Equal("k:v", entry.Custom);
        Assert.Equal(70000, entry.Size);
        Assert.Equal(2, entry.Copies);
        Assert.Equal(64, entry.Flags);
    }

    [Fact]
    public void Passes_over_keys_it_does_not_know()
    {
        var page = Read("83 a1 7a 92 01 81 a1 61 c0 a4 55554944 a1 75 a7 456e7472696573 91 82 a1 7a c3 a1 6e a1 6f");

        Assert.Equal("u", page.Uuid);
        Assert.Equal("o", Assert.Single(page.Entries!).Name);
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("81 a7 456e7472696573 91 81 a1 73 01")]
    [InlineData("81 a7 456e7472696573 dd ffffffff")]
    public void Refuses_what_is_not_a_page(string hex)
    {
        Assert.ThrowsAny<Exception>(() => Read(hex));
    }

    private static ListObjectsResult Read(string hex) =>
        ListPageReader.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
}
