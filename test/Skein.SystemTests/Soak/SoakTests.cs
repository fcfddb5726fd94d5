using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests.Soak;

/// <summary>Nodes and disks come and go, and clients lose nothing: <c>./dev soak</c> runs it for longer.</summary>
public sealed class SoakTests
{
    private const int DefaultSeed = 1;
    private const int ShownProblems = 20;
    private static readonly TimeSpan DefaultLength = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan DefaultTimingFrom = TimeSpan.FromMinutes(2);

    private static TimeSpan Length { get; } =
        TimeSpan.FromMinutes(TestSetting.Number("SKEIN_SOAK_MINUTES", DefaultLength.TotalMinutes));

    private static int Seed { get; } = TestSetting.Number("SKEIN_SOAK_SEED", DefaultSeed);

    [Fact]
    public async Task NodesComeAndGoAndNothingIsLost()
    {
        var timing = Length < DefaultTimingFrom ? SoakTiming.Quick : SoakTiming.Default;
        await using var cluster = await ProcessCluster.StartAsync(SoakRun.Proxies, SoakRun.Targets, mountpaths: 2);
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, SoakRun.Proxies);
        var run = new SoakRun(cluster, timing, Seed, text => Report.Line($"{text}"));
        var problems = await run.RunAsync(Length);
        Assert.True(
            problems.Count == 0,
            $"seed {Seed}, {problems.Count} problems:\n{string.Join('\n', problems.Take(ShownProblems))}");
    }
}
