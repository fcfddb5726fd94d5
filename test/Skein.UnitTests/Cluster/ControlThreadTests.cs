using System.Globalization;
using Skein.Cluster.Consensus;

namespace Skein.UnitTests.Cluster;

public sealed class ControlThreadTests
{
    private const int NiceCapability = 23;

    /// <summary>True when the system allows it; says nothing of what the product does.</summary>
    public static bool MayRaise => OperatingSystem.IsLinux()
        && ulong.Parse(
            File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..],
            NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite,
            CultureInfo.InvariantCulture) is var allowed
        && ((allowed >> NiceCapability) & 1) == 1;

    [Fact(Skip = "this process may not raise a priority", SkipUnless = nameof(MayRaise))]
    public void A_control_thread_is_raised_and_the_threads_that_it_starts_are_not()
    {
        var (own, child) = Measure();
        Assert.Equal(ControlThread.Nice, own);
        Assert.Equal(0, child);
    }

    [Fact]
    public void It_runs_with_or_without_permission()
    {
        var seen = ("", false);
        var thread = ControlThread.Start(
            "link-test", () => seen = (Thread.CurrentThread.Name!, Thread.CurrentThread.IsBackground));
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(("link-test", true), seen);
    }

    private static (int Own, int Child) Measure()
    {
        var own = 1000;
        var child = 1000;
        var thread = ControlThread.Start("test", () =>
        {
            own = NiceOfThisThread();
            var inner = new Thread(() => child = NiceOfThisThread());
            inner.Start();
            inner.Join();
        });
        thread.Join();
        return (own, child);
    }

    private static int NiceOfThisThread()
    {
        var text = File.ReadAllText("/proc/thread-self/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[16], CultureInfo.InvariantCulture);
    }
}
