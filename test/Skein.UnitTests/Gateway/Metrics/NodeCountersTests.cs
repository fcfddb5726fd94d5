using Skein.Gateway.Metrics;

namespace Skein.UnitTests.Gateway.Metrics;

public sealed class NodeCountersTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static long Nanoseconds => (Now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    [Fact]
    public void TimesAreAveragesAndWhatTheyAreDividedByMayBeHidden()
    {
        var counters = new NodeCounters();
        counters.Add(NodeCounter.KeepAlive, 2);
        counters.Add(NodeCounter.KeepAliveNanoseconds, 30);
        counters.Add(NodeCounter.Put, 4);
        counters.Add(NodeCounter.PutNanoseconds, 400);
        counters.Add(NodeCounter.ColdGet, 2);
        counters.Add(NodeCounter.ColdGetNanoseconds, 50);
        var shown = counters.Snapshot(TimeSpan.FromSeconds(1));
        Assert.Equal((15, 100, 4), (shown["kalive.ns"], shown["put.ns"], shown["put.n"]));
        Assert.Equal((25, 0), (shown["get.cold.rw.ns"], shown["lst.ns"]));
        Assert.DoesNotContain("kalive.n", shown.Keys);
        Assert.Equal(shown.Keys, NodeCounters.Kinds().Keys);
        Assert.Equal("latency", NodeCounters.Kinds()["kalive.ns"]);
    }

    [Fact]
    public void EveryCounterHasAName() =>
        Assert.Distinct(Enum.GetValues<NodeCounter>().Select(NodeCounters.NameOf));

    [Theory]
    [InlineData(500, 500)]
    [InlineData(-1, 0)] // the proxy's clock is ahead
    [InlineData(3_600_000_000_000, 0)] // or far behind
    public void ARedirectCountsWhenTheClocksAgree(long ago, long shown)
    {
        var counters = new NodeCounters();
        counters.AddRedirected(NodeCounter.GetRedirected, Nanoseconds - ago, Now);
        counters.AddRedirected(NodeCounter.PutRedirected, Nanoseconds - 100, Now);
        counters.AddRedirected(NodeCounter.PutRedirected, Nanoseconds - 300, Now);
        var values = counters.Snapshot(TimeSpan.FromSeconds(1));
        Assert.Equal((shown, 200), (values["get.redir.ns"], values["put.redir.ns"]));
    }

    [Fact]
    public void ErrorsAloneCanBeSetToZero()
    {
        var counters = new NodeCounters();
        counters.Increment(NodeCounter.ChecksumErrors);
        counters.Increment(NodeCounter.StreamIn);
        counters.Reset(errorsOnly: true);
        Assert.Equal((0, 1), (counters.Read(NodeCounter.ChecksumErrors), counters.Read(NodeCounter.StreamIn)));
        counters.Reset(errorsOnly: false);
        Assert.Equal(0, counters.Read(NodeCounter.StreamIn));
    }
}
