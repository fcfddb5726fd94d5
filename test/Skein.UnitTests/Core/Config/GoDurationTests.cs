using CsCheck;
using Skein.Core.Config;

namespace Skein.UnitTests.Core.Config;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("2s", "2s")]
    [InlineData("60s", "1m")]
    [InlineData("90s", "1m30s")]
    [InlineData("120m", "2h0m")]
    [InlineData("1h", "1h0m")]
    [InlineData("1h0m5s", "1h0m5s")]
    [InlineData("0.1s", "100ms")]
    [InlineData("1.5s", "1.5s")]
    [InlineData("100ms", "100ms")]
    [InlineData("1500us", "1.5ms")]
    [InlineData("7µs", "7µs")]
    [InlineData("700ns", "700ns")]
    [InlineData("0", "0s")]
    [InlineData("-3m", "-3m")]
    [InlineData("87600h", "87600h0m")]
    public void Reads_and_writes_as_go_does(string text, string canonical)
    {
        Assert.True(GoDuration.TryParse(text, out var value));
        Assert.Equal(canonical, GoDuration.Format(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("s")]
    [InlineData("2 s")]
    [InlineData("2d")]
    [InlineData("--2s")]
    [InlineData("2s3")]
    [InlineData("1..5s")]
    [InlineData("9223372036854775807h")]
    [InlineData("99999999999999999999999999999999999s")]
    public void Refuses_what_is_no_duration(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void Writes_what_it_reads_back() =>
        Gen.Long.Sample(ticks =>
        {
            var value = new TimeSpan(ticks == long.MinValue ? 0 : ticks);
            return GoDuration.TryParse(GoDuration.Format(value), out var read) && read == value;
        });
}
