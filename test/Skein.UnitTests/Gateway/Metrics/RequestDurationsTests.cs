using Skein.Gateway.Metrics;

namespace Skein.UnitTests.Gateway.Metrics;

/// <summary>The steps of the histogram of request times.</summary>
public sealed class RequestDurationsTests
{
    private static readonly int Get = RequestDurations.Verbs.ToList().IndexOf("GET");
    private static readonly int Other = RequestDurations.Verbs.Count - 1;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.0005, 0)]
    [InlineData(0.0006, 1)]
    [InlineData(0.05, 6)]
    [InlineData(30, 14)]
    [InlineData(31, 15)]
    public void A_request_counts_from_the_first_step_that_is_not_shorter(double seconds, int step)
    {
        var durations = new RequestDurations();
        durations.Record("GET", TimeSpan.FromSeconds(seconds));
        var sums = durations.Read(Get);
        Assert.Equal(RequestDurations.Bounds.Count + 1, sums.Length);
        Assert.Equal(step, Array.IndexOf(sums, 1));
        Assert.All(sums[step..], sum => Assert.Equal(1, sum));
        Assert.Equal(seconds, durations.Seconds(Get), 6);
    }

    [Fact]
    public void Verbs_are_counted_apart_and_unknown_ones_together()
    {
        var durations = new RequestDurations();
        foreach (var verb in (string[])["GET", "GET", "PROPFIND", "get"])
        {
            durations.Record(verb, TimeSpan.FromSeconds(1));
        }
        Assert.Equal((2, 2), (durations.Read(Get)[^1], durations.Read(Other)[^1]));
        Assert.Equal(2, durations.Seconds(Get));
    }

    [Fact]
    public void A_request_takes_no_memory()
    {
        var durations = new RequestDurations();
        durations.Record("PUT", TimeSpan.FromMilliseconds(3));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            durations.Record("PUT", TimeSpan.FromMilliseconds(i));
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Counters_that_are_reset_take_the_times_along()
    {
        var counters = new NodeCounters();
        counters.Durations.Record("GET", TimeSpan.FromSeconds(1));
        counters.Reset(errorsOnly: true);
        Assert.Equal(1, counters.Durations.Read(Get)[^1]);
        counters.Reset(errorsOnly: false);
        Assert.Equal((0, 0), (counters.Durations.Read(Get)[^1], counters.Durations.Seconds(Get)));
    }
}
