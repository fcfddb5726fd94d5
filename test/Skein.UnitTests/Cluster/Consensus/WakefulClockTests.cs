using Skein.Cluster.Consensus;

namespace Skein.UnitTests.Cluster.Consensus;

public sealed class WakefulClockTests
{
    private readonly TwoClocks _time = new();

    [Fact]
    public void Time_awake_and_time_asleep_count()
    {
        var clock = new WakefulClock(_time);
        _time.Awake(1000);
        Assert.Equal(1000, clock.Now);
        _time.Asleep(2500);
        Assert.Equal(3500, clock.Now);
        _time.Awake(10);
        Assert.Equal(3510, clock.Now);
        _time.Asleep(60_000);
        _time.Awake(5);
        Assert.Equal(63_515, clock.Now);
    }

    [Fact]
    public void It_never_goes_back_when_the_wall_clock_is_set_back_and_notices_sleep_after_that()
    {
        var clock = new WakefulClock(_time);
        _time.Awake(1000);
        _time.Wall -= TimeSpan.FromHours(1);
        Assert.Equal(1000, clock.Now);
        _time.Awake(1000);
        Assert.Equal(2000, clock.Now);
        _time.Asleep(500);
        Assert.Equal(2500, clock.Now);
    }

    [Fact]
    public void Less_than_the_slack_may_go_unnoticed_but_not_again_and_again()
    {
        var clock = new WakefulClock(_time);
        var slept = 0;
        for (var i = 0; i < 100; i++)
        {
            _time.Asleep(30);
            slept += 30;
            Assert.InRange(clock.Now, slept - WakefulClock.Slack.TotalMilliseconds, slept);
        }
    }

    private sealed class TwoClocks : TimeProvider
    {
        private long _awake;

        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch.AddYears(55);

        public override long TimestampFrequency => 1000;

        public void Awake(int milliseconds)
        {
            _awake += milliseconds;
            Asleep(milliseconds);
        }

        public void Asleep(int milliseconds) => Wall += TimeSpan.FromMilliseconds(milliseconds);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _awake;
    }
}
