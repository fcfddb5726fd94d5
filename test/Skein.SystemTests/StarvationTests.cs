using System.Diagnostics;
using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>A cluster that has far more to do than it can is slow, and keeps its primary.</summary>
public sealed class StarvationTests
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    /// <summary>Many clients, and programs beside the cluster that take every processor.</summary>
    [Fact]
    public Task NoElectionIsHeldWithoutProcessorTime() => RunAsync(clients: 300, burners: 16);

    private static async Task RunAsync(int clients, int burners)
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        await UntilThreeVotersAsync(cluster);
        var before = await StampAsync(cluster);
        var standing = Standing(cluster);
        var programs = Enumerable.Range(0, burners).Select(_ => Burn()).ToList();
        var (done, failed) = (0L, 0L);
        try
        {
            using var end = new CancellationTokenSource(Load);
            await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
            {
                while (!end.IsCancellationRequested)
                {
                    var isDone = await WorkAsync(cluster, number);
                    Interlocked.Increment(ref isDone ? ref done : ref failed);
                }
            }));
        }
        finally
        {
            foreach (var program in programs)
            {
                program.Kill();
                await program.WaitForExitAsync(TestContext.Current.CancellationToken);
                program.Dispose();
            }
        }
        var after = await StampAsync(cluster);
        Report.Line($"{done} requests done, {failed} failed");
        Report.Line($"document {before} before, {after} after");
        Report.Line($"{Standing(cluster) - standing} times a voter asked whether it should stand");
        Assert.True(done > clients, $"only {done} requests were done, {failed} failed");
        Assert.Equal((before.Generation, before.Term), (after.Generation, after.Term));
    }

    /// <summary>One request of a client.</summary>
    private static async Task<bool> WorkAsync(ProcessCluster cluster, int number)
    {
        try
        {
            var proxy = cluster.Proxies[number % 3].Url;
            var reply = number % 2 == 0
                ? await cluster.Http.PutAsync(proxy, $"b/{number}", new byte[4096])
                : await cluster.Http.GetAsync(proxy, $"b/{number - 1}");
            return reply.IsSuccess || (number % 2 == 1 && reply.Code == 404);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Waits until all three proxies vote: only then heartbeats go to two.</summary>
    private static async Task UntilThreeVotersAsync(ProcessCluster cluster)
    {
        await Poll.UntilAsync(() => Task.FromResult(
            cluster.Proxies.Any(node => cluster.Proxies.All(
                voter => VotersLine(node.Output).Contains(voter.Id, StringComparison.Ordinal)))
                ? null
                : "not all proxies vote yet"));
        await cluster.SettleAsync();
    }

    private static string VotersLine(string output) =>
        output.Split('\n').LastOrDefault(line => line.Contains("voters are", StringComparison.Ordinal)) ?? "";

    /// <summary>Generation, term and version of the newest document that any node names, from its header.</summary>
    private static async Task<(long Generation, long Term, long Version)> StampAsync(ProcessCluster cluster)
    {
        var stamps = new List<(long, long, long)>();
        foreach (var node in cluster.Nodes)
        {
            var reply = await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/cluster/identity");
            var numbers = reply.Succeeded().Header("Skein-Stamp")!.Split(' ')[1].Split('.');
            stamps.Add((Number(numbers[0]), Number(numbers[1]), Number(numbers[2])));
        }
        return stamps.Max();

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static int Standing(ProcessCluster cluster) =>
        cluster.Proxies.Sum(node => Count(node.Output, "PreCandidate"));

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private static Process Burn() => Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]))!;
}
