using Skein.Client;
using Skein.Client.Jobs;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Jobs;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Jobs;

/// <summary>Jobs as a client of real nodes sees them.</summary>
public sealed class JobTests
{
    private static readonly JobDescription Copy = new(JobKinds.Find("copy-bck")!, "CopyJob01");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARebalanceIsAJobThatAnyProxyStartsShowsAndRemembers()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        using var client = new SkeinClient(cluster.Proxies[1].Url);
        var id = await client.Jobs.StartAsync(new JobMessage { Kind = "rebalance" }, Cancel);
        Assert.NotNull(JobId.RebalanceNumber(id));
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = Poll.Limit }, null, Cancel);
        Assert.NotNull(status);
        Assert.Equal((id, "rebalance", false, ""), (status.Id, status.Kind, status.IsAborted, status.Error));
        using var other = new SkeinClient(cluster.Proxies[0].Url);
        Assert.Equal(id, (await other.Jobs.FindStatusAsync(new JobMessage { Kind = "rebalance" }, Cancel))!.Id);
        Assert.Null(await other.Jobs.FindStatusAsync(new JobMessage { Id = "nosuchid1" }, Cancel));
        // Nothing runs any more: to stop it is no error, as in AIStore.
        await other.Jobs.StopAsync(new JobMessage { Id = id }, Cancel);
    }

    [Fact]
    public async Task AWaitGoesOnWhileATargetIsAwayAndItsJobIsRemembered()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 2);
        using var client = new SkeinClient(cluster.Url);
        var job = cluster.Targets[0].Jobs!.Run(
            Copy, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        cluster.Targets[1].Jobs!.Begin(Copy, out _).End();
        job.Progress.AddSent(2, 20);
        var heard = new TaskCompletionSource<JobReport>();
        var wait = client.Jobs.WaitAsync(
            new JobMessage { Id = Copy.Id }, new JobWaitOptions { Timeout = Poll.Limit }, new FirstReport(heard), Cancel);
        var report = await heard.Task.WaitAsync(Poll.Limit, Cancel);
        Assert.Equal((0, 2), (report.Status.EndTime, report.Snaps[cluster.Targets[0].Id][0].Stats.SentObjects));
        await cluster.Targets[0].StopAsync();
        await cluster.Targets[0].StartAsync();
        var status = await wait;
        Assert.NotNull(status);
        Assert.True(status is { IsAborted: true, EndTime: > 0 }, status.ToString());
        Assert.Equal($"t[{cluster.Targets[0].Id}]: {JobTable.Stopped}", status.Error);
        var snaps = await client.Jobs.GetSnapsAsync(new JobMessage { Id = Copy.Id }, Cancel);
        Assert.Equal(2, snaps[cluster.Targets[0].Id][0].Stats.SentObjects);
        Assert.True(snaps[cluster.Targets[1].Id][0].IsFinished);
    }

    [Fact]
    public async Task WhereThereIsRoomAnEvictionHasNothingToDo()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 2);
        using var client = new SkeinClient(cluster.Url);
        var id = await client.Jobs.StartAsync(new JobMessage { Kind = "lru" }, Cancel);
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = Poll.Limit }, null, Cancel);
        Assert.Equal((id, "", false), (status!.Id, status.Error, status.IsAborted));
    }

    [Fact]
    public async Task AJobIsStoppedOnEveryTarget()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 3);
        using var client = new SkeinClient(cluster.Proxies[1].Url);
        List<RunningJob> jobs = [.. cluster.Targets.Select(target => target.Jobs!.Run(
            Copy, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop)))];
        await client.Jobs.StopAsync(new JobMessage { Kind = "copy-bucket" }, Cancel);
        await Task.WhenAll(jobs.Select(job => job.Completion)).WaitAsync(Poll.Limit, Cancel);
        Assert.All(jobs, job => Assert.True(job.Snapshot().IsAborted));
        var error = await Assert.ThrowsAsync<SkeinException>(
            () => client.Jobs.StartAsync(new JobMessage { Kind = "copy-bck" }, Cancel));
        Assert.Equal("xaction \"copy-bck\" requires a bucket to start", error.Message);
    }

    private sealed class FirstReport(TaskCompletionSource<JobReport> heard) : IProgress<JobReport>
    {
        public void Report(JobReport value) => heard.TrySetResult(value);
    }
}
