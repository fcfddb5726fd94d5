using System.Diagnostics;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>What was acknowledged survives SIGKILL, and nothing half is ever seen.</summary>
public sealed class CrashTests
{
    private const int Puts = 1000;
    private const int Writers = 6;

    [Fact]
    public async Task KillingATargetInTheMiddleOfAThousandPutsLosesNothing()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var ledger = new Ledger();
        var done = 0;
        var started = Stopwatch.GetTimestamp();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(cluster, ledger, writer, () =>
            Interlocked.Increment(ref done) <= Puts)).ToList();

        var victim = cluster.Targets[1];
        foreach (var moment in new[] { Puts / 4, Puts / 2 })
        {
            await Poll.UntilAsync(() => Task.FromResult(Volatile.Read(ref done) >= moment ? null : "few writes so far"));
            await victim.KillAsync();
            await victim.StartAsync(cluster.Http);
        }
        await Task.WhenAll(writers);
        var took = Stopwatch.GetElapsedTime(started);
        await cluster.SettleAsync();
        Report.Line($"{ledger.Acknowledged} of {Puts} writes acknowledged in {took.TotalSeconds:0.0} s over two kills");
        Assert.InRange(ledger.Acknowledged, Puts / 2, Puts);
        await ledger.CheckAsync(cluster, "b");

        // Once more: what recovery found is also what the next start finds.
        await victim.KillAsync();
        await victim.StartAsync(cluster.Http);
        await cluster.SettleAsync();
        await ledger.CheckAsync(cluster, "b");
    }

    [Fact]
    public async Task KillingAllNodesAtOnceLosesNothing()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var ledger = new Ledger();
        var done = 0;
        var stop = false;
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(cluster, ledger, writer, () =>
        {
            Interlocked.Increment(ref done);
            return !Volatile.Read(ref stop);
        })).ToList();
        await Poll.UntilAsync(() => Task.FromResult(Volatile.Read(ref done) >= 200 ? null : "few writes so far"));
        // The last thing before the end is a change of the cluster: it is acknowledged, so it must survive too.
        (await cluster.Http.CreateAsync(cluster.Proxies[1].Url, "last-change")).Succeeded();
        Volatile.Write(ref stop, true);
        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        await Task.WhenAll(writers);

        var order = cluster.Nodes.ToArray();
        new Random(7).Shuffle(order);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(order.Select(node => node.StartAsync(cluster.Http)));
        await cluster.SettleAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Report.Line($"all {order.Length} nodes back in one cluster {elapsed:0} ms after the start of the processes");
        Report.Line($"{ledger.Acknowledged} writes acknowledged before");
        await ledger.CheckAsync(cluster, "b");
        foreach (var proxy in cluster.Proxies)
        {
            Assert.Equal(200, (await cluster.Http.SendAsync(HttpMethod.Head, proxy.Url + "/v1/buckets/last-change")).Code);
        }
        (await cluster.Http.PutAsync(cluster.Proxies[1].Url, "last-change/o", "x"u8.ToArray())).Succeeded();
    }

    /// <summary>Writes objects of 1 to 200 KiB, every fifth over an older one, until told to stop.</summary>
    private static async Task WriteAsync(ProcessCluster cluster, Ledger ledger, int writer, Func<bool> goesOn)
    {
        var random = new Random(writer);
        for (var i = 0; goesOn(); i++)
        {
            var number = i % 5 == 4 ? random.Next(i) : i;
            var name = $"w{writer}/o{number:0000}";
            var content = Payloads.Bytes(random.Next(1 << 10, 200 << 10), random.Next());
            var proxy = cluster.Proxies[random.Next(cluster.Proxies.Count)];
            ledger.Sending(name, content);
            try
            {
                if ((await cluster.Http.PutAsync(proxy.Url, "b/" + name, content)).IsSuccess)
                {
                    ledger.Confirm(name, content);
                }
            }
            catch (HttpRequestException)
            {
                // No answer: it may have happened, or not.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }
}
