using Skein.Gateway.Listing;

namespace Skein.UnitTests.Gateway;

public sealed class GoTimeLayoutTests
{
    /// <summary>2026-11-22 21:03:05.120034 UTC, a Sunday.</summary>
    private const long Time = 1_795_381_385_120_034_000;

    [Theory]
    [InlineData(null, "22 Nov 26 21:03 UTC")]
    [InlineData("", "22 Nov 26 21:03 UTC")]
    [InlineData("02 Jan 06 15:04 MST", "22 Nov 26 21:03 UTC")]
    [InlineData("02 Jan 06 15:04 -0700", "22 Nov 26 21:03 +0000")]
    [InlineData("2006-01-02T15:04:05Z07:00", "2026-11-22T21:03:05Z")]
    [InlineData("2006-01-02T15:04:05.999999999Z07:00", "2026-11-22T21:03:05.120034Z")]
    [InlineData("Mon Jan _2 15:04:05 2006", "Sun Nov 22 21:03:05 2026")]
    [InlineData("Monday, 02-Jan-06 15:04:05 MST", "Sunday, 22-Nov-26 21:03:05 UTC")]
    [InlineData("3:04PM", "9:03PM")]
    [InlineData("15:04:05.000", "21:03:05.120")]
    [InlineData("January 2, 2006", "November 22, 2026")]
    [InlineData("1/2/06 at 03h", "11/22/26 at 09h")]
    [InlineData("02/Jan/2006:15:04:05 -07:00", "22/Nov/2026:21:03:05 +00:00")]
    [InlineData("002", "326")]
    public void PrintsByTheLayout(string? layout, string expected) =>
        Assert.Equal(expected, GoTimeLayout.Print(Time, layout));
}
