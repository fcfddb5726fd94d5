using Skein.Target.Mountpaths;

namespace Skein.UnitTests.Target;

public sealed class DiskStatisticsTests
{
    private static readonly string[] Before =
    [
        "   7       0 loop0 11 0 1000 1 0 0 0 0 0 1 1",
        " 254       0 vda 1000 5 80000 300 2000 7 160000 900 0 4000 1200 0 0 0 0 3 4",
        " 254       1 vda1 1 1 1 1 1 1 1 1 1 1 1",
    ];

    private static readonly string[] After =
        [" 254       0 vda 1010 5 80160 300 2100 7 168000 900 0 5000 1200 0 0 0 0 3 4"];

    [Fact]
    public void Rates_are_differences_of_the_kernels_counters()
    {
        var names = new HashSet<string> { "vda" };
        var before = DiskStatistics.Parse(Before, names);
        var rates = DiskStatistics.Rates(before["vda"], DiskStatistics.Parse(After, names)["vda"], TimeSpan.FromSeconds(2));
        Assert.Equal("vda", Assert.Single(before).Key);
        Assert.Equal((160 * 512 / 2, 16 * 512), (rates.ReadPerSecond, rates.AverageRead));
        Assert.Equal((8000 * 512 / 2, 80 * 512), (rates.WrittenPerSecond, rates.AverageWrite));
        Assert.Equal(50, rates.Utilization);
    }
}
