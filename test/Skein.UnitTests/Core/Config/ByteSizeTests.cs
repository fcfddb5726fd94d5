using CsCheck;
using Skein.Core.Config;

namespace Skein.UnitTests.Core.Config;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("4mb", 4L << 20, "4MiB")]
    [InlineData("256kb", 256L << 10, "256KiB")]
    [InlineData("2 GB", 2L << 30, "2GiB")]
    [InlineData("1.5gib", 3L << 29, "1536MiB")]
    [InlineData("1024", 1024, "1KiB")]
    [InlineData("1000b", 1000, "1000B")]
    [InlineData("0", 0, "0B")]
    [InlineData("3T", 3L << 40, "3TiB")]
    public void Reads_and_writes_powers_of_1024(string text, long bytes, string canonical)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
        Assert.Equal(canonical, ByteSize.Format(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mb")]
    [InlineData("-1mb")]
    [InlineData("1 zb")]
    [InlineData("1mbps")]
    [InlineData("9999999999999tb")]
    public void Refuses_what_is_no_size(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Writes_what_it_reads_back() =>
        Gen.Long[0, long.MaxValue].Sample(bytes =>
            ByteSize.TryParse(ByteSize.Format(bytes), out var read) && read == bytes);
}
