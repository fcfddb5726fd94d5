using Microsoft.Extensions.Time.Testing;
using Skein.Gateway.Metrics;
using Skein.Target.Moves;

namespace Skein.UnitTests.Target.Moves;

public sealed class ForegroundLoadTests
{
    [Fact]
    public void The_level_rises_with_the_rate_at_once_and_falls_step_by_step()
    {
        var (time, counters) = (new FakeTimeProvider(), new NodeCounters());
        var load = new ForegroundLoad(counters, time);
        Assert.Equal(LoadLevel.Idle, load.Level);
        Assert.Equal(LoadLevel.Light, After(1));
        Assert.Equal(LoadLevel.Busy, After(10 * Environment.ProcessorCount));
        Assert.Equal(LoadLevel.Full, After(100 * Environment.ProcessorCount));
        Assert.Equal(LoadLevel.Full, load.Level);
        Assert.Equal(LoadLevel.Busy, After(0));
        Assert.Equal(LoadLevel.Light, After(0));
        Assert.Equal(LoadLevel.Idle, After(0));
        Assert.Equal(LoadLevel.Full, After(100 * Environment.ProcessorCount));

        LoadLevel After(int requests)
        {
            counters.Add(NodeCounter.Get, requests);
            time.Advance(ForegroundLoad.Window);
            return load.Level;
        }
    }
}
