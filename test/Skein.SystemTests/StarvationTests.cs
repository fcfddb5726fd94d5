using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>A cluster that has far more to do than it can is slow, and keeps its primary.</summary>
public sealed class StarvationTests
{
    private const int Clients = 60;
    private const int Floods = 240;
    private const int Burners = 8;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task NoElectionIsHeldUnderLoad()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        await UntilThreeVotersAsync(cluster);
        var before = await StampAsync(cluster);
        var standing = Standing(cluster);
        var burners = Enumerable.Range(0, Burners).Select(_ => Burn()).ToList();
        var (done, failed, answered) = (0L, 0L, 0L);
        try
        {
            using var end = new CancellationTokenSource(Load);
            var floods = Enumerable.Range(0, Floods)
                .Select(number => FloodAsync(cluster.Proxies[number % 3].Url, end.Token)).ToList();
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
            {
                while (!end.IsCancellationRequested)
                {
                    var isDone = await WorkAsync(cluster, number);
                    Interlocked.Increment(ref isDone ? ref done : ref failed);
                }
            }));
            answered = (await Task.WhenAll(floods)).Sum();
        }
        finally
        {
            foreach (var burner in burners)
            {
                burner.Kill();
                await burner.WaitForExitAsync(TestContext.Current.CancellationToken);
                burner.Dispose();
            }
        }
        var after = await StampAsync(cluster);
        Report.Line($"{done} requests done, {failed} failed, {answered} bytes of answers to the flood");
        Report.Line($"document {before} before, {after} after");
        Report.Line($"{Standing(cluster) - standing} times a voter asked whether it should stand");
        Assert.True(done > 0 && answered > 1 << 20, $"no load: {done} requests done, {answered} bytes of answers");
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

    /// <summary>
    /// Sends requests in a row without waiting for answers. The server works through them without a pause, on a thread
    /// of its pool: with a few hundred such connections, whatever else needs the pool waits for seconds.
    /// </summary>
    /// <returns>Bytes of answers.</returns>
    private static async Task<long> FloodAsync(string proxy, CancellationToken end)
    {
        var url = new Uri(proxy);
        var requests = Encoding.ASCII.GetBytes(string.Concat(
            Enumerable.Repeat("GET /v1/objects/b/flood HTTP/1.1\r\nHost: h\r\n\r\n", 1000)));
        using var client = new TcpClient();
        var received = 0L;
        try
        {
            await client.ConnectAsync(url.Host, url.Port, end);
            var stream = client.GetStream();
            var reading = ReadAsync();
            while (!end.IsCancellationRequested)
            {
                await stream.WriteAsync(requests, end);
            }
            await reading;

            async Task ReadAsync()
            {
                var answers = new byte[64 << 10];
                for (int read; (read = await stream.ReadAsync(answers, end)) > 0;)
                {
                    received += read;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The time is over, or the server has had enough.
        }
        return received;
    }

    /// <summary>Waits until all three proxies vote: only then heartbeats go to two.</summary>
    private static async Task UntilThreeVotersAsync(ProcessCluster cluster)
    {
        await Poll.UntilAsync(() => Task.FromResult(
            cluster.Proxies.Any(node => cluster.Proxies.All(voter => VotersLine(node.Output).Contains(voter.Id, StringComparison.Ordinal)))
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
