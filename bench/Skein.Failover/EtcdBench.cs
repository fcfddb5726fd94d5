using System.Diagnostics;
using System.Globalization;

namespace Skein.Failover;

/// <summary>The same for etcd: three members with its default timing, whose leader is killed.</summary>
internal static class EtcdBench
{
    /// <summary>Measures, or says why not.</summary>
    public static async Task RunAsync(FailoverOptions options, Results results)
    {
        if (EtcdCluster.Program is null)
        {
            results.Note("etcd is not installed, so there are no figures of it: apt-get install etcd-server");
            return;
        }
        await using var etcd = new EtcdCluster();
        await etcd.StartAsync();
        for (var kill = 1; kill <= options.Kills; kill++)
        {
            var leader = await etcd.LeaderAsync();
            var since = Stopwatch.GetTimestamp();
            await etcd.KillAsync(leader);
            await etcd.PutAsync(string.Create(CultureInfo.InvariantCulture, $"kill-{kill}"), leader);
            var took = Stopwatch.GetElapsedTime(since);
            results.Add("etcd, leader killed: a put acknowledged", took);
            results.Say(string.Create(
                CultureInfo.InvariantCulture, $"etcd: kill {kill} of member {leader}: {took.TotalMilliseconds:0} ms"));
            await etcd.RestartAsync(leader);
        }
    }
}
