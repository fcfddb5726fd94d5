using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Membership;

/// <summary>Runs alone: it takes the threads of the whole process.</summary>
[CollectionDefinition(nameof(ControlPathTests), DisableParallelization = true)]
public sealed class ControlPathCollection;

/// <summary>The control path depends on nobody else's threads, and leaves none of its own.</summary>
[Collection(nameof(ControlPathTests))]
public sealed class ControlPathTests
{
    // Several times the longest election timeout of a cluster in one process.
    private static readonly TimeSpan Starvation = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task APoolWithoutAFreeThreadCausesNoElection()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 1);
        await UntilAllProxiesVoteAsync(cluster);
        var before = await TermAsync(cluster);
        using var release = new ManualResetEvent(false);
        using var isOver = new ManualResetEvent(false);
        // Each takes a thread of the pool and keeps it; the pool makes new ones, but not as many.
        for (var i = 0; i < 20_000; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.WaitOne(), null);
        }
        var timer = new Thread(() => isOver.WaitOne(Starvation));
        timer.Start();
        timer.Join();
        var waiting = ThreadPool.PendingWorkItemCount;
        release.Set();
        Assert.InRange(waiting, 1000, long.MaxValue);
        await Poll.UntilAsync(() => Task.FromResult(
            ThreadPool.PendingWorkItemCount < 100 ? null : "the pool has not worked off what was queued"));
        // A change is committed only by a primary that leads: whether there was an election shows in its term.
        await Poll.UntilAsync(async () =>
        {
            var reply = await cluster.Http.CreateAsync(cluster.Url, "after");
            return reply.IsSuccess || reply.Code == 409 ? null : $"{reply.Code} {reply.Url}";
        });
        Assert.Equal(before, await TermAsync(cluster));
    }

    [Fact]
    public async Task AClusterThatHasStoppedLeavesNoThread()
    {
        var before = ControlThreads();
        await using (var cluster = await InProcessCluster.StartAsync(3, 2))
        {
            await UntilAllProxiesVoteAsync(cluster);
            Assert.True(ControlThreads() >= before + 5, "not even the threads of the consensus are there");
            await cluster.RestartAsync(cluster.Proxies[1]);
        }
        await Poll.UntilAsync(() => Task.FromResult(
            ControlThreads() <= before ? null : $"{ControlThreads()} threads of the control path, {before} before"));
    }

    private static Task UntilAllProxiesVoteAsync(InProcessCluster cluster) => Poll.UntilAsync(() => Task.FromResult(
        cluster.Proxies.All(node => cluster.Proxies.All(proxy => node.VoterIds.Contains(proxy.Id)))
            ? null
            : "not all proxies vote yet"));

    /// <summary>Generation and term of the newest document.</summary>
    private static async Task<(long Generation, long Term)> TermAsync(InProcessCluster cluster)
    {
        var terms = new List<(long, long)>();
        foreach (var node in cluster.Nodes)
        {
            var reply = await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/cluster/identity");
            var numbers = reply.Succeeded().Header("Skein-Stamp")!.Split(' ')[1].Split('.');
            terms.Add((Number(numbers[0]), Number(numbers[1])));
        }
        return terms.Max();

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static int ControlThreads() => Directory.EnumerateDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim()
                is "consensus" or "link-accept" or "link-in" or "link-out";
        }
        catch (IOException)
        {
            // It has just ended.
            return false;
        }
    });
}
