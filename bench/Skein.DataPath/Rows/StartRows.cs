using System.Diagnostics;
using System.Net.Sockets;
using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.DataPath.Rows;

/// <summary>How long a target takes from the start of its process: to its first answer, and until it serves objects.</summary>
internal sealed class StartRows(DataPathOptions options, Report report)
{
    private const string Section = "Start of a target, milliseconds after exec";
    private const string Bucket = "start";
    private const double MostToAnswer = 60;
    private const double MostToServe = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task RunAsync()
    {
        report.Say(Section);
        await using var site = await SkeinSite.StartAsync();
        await site.CreateBucketAsync(Bucket, "page-cache");
        var path = (await site.StoreAsync(Bucket, "o", 1, Sizes.Kibibyte))[0];
        List<double> answered = [], served = [], joined = [];
        for (var repetition = 0; repetition <= options.Repetitions; repetition++)
        {
            await site.Target.KillAsync();
            var (answer, read) = await TimesAsync(site.Http, site.Target, path);
            var fresh = await NewAsync(site);
            if (repetition != 0)
            {
                answered.Add(answer.TotalMilliseconds);
                served.Add(read.TotalMilliseconds);
                joined.Add(fresh.TotalMilliseconds);
            }
        }
        Add("first answer, whatever it says", answered, MostToAnswer);
        Add("restarted after kill -9: an object is read from it", served, MostToServe);
        Add("new target, first start: it answers that it is in the cluster", joined, MostToServe);
    }

    private void Add(string name, List<double> times, double limit) =>
        report.Add(new Row(Section, name, [("least", times.Min()), ("most", times.Max())])
        {
            Judged = (Figure.Middle(times), "ms"),
            Limit = limit,
        });

    /// <summary>Starts a target, and asks at its port every millisecond until it answers, and until it has the object.</summary>
    private static async Task<(TimeSpan Answer, TimeSpan Read)> TimesAsync(TestHttp http, ProcessNode target, string path)
    {
        var port = new Uri(target.Url).Port;
        var started = Stopwatch.GetTimestamp();
        var start = target.StartAsync(http);
        await UntilAsync(started, () => ConnectsAsync(port));
        await http.SendAsync(HttpMethod.Get, target.Url + "/v1/health");
        var answer = Stopwatch.GetElapsedTime(started);
        await UntilAsync(started, async () => (await http.SendAsync(HttpMethod.Get, target.Url + path)).IsSuccess);
        var read = Stopwatch.GetElapsedTime(started);
        await start;
        return (answer, read);
    }

    /// <summary>Starts a target that never was, and removes it again.</summary>
    private static async Task<TimeSpan> NewAsync(SkeinSite site)
    {
        var port = FreePorts.Take(1)[0];
        var id = "new-" + Guid.NewGuid().ToString("N")[..8];
        await using var node = site.Cluster.Outsider(
            "target", id, "-discovery-url", site.Proxy.Url, "-mountpaths", "1");
        node.Port = port;
        var url = FormattableString.Invariant($"http://127.0.0.1:{port}");
        var started = Stopwatch.GetTimestamp();
        var start = node.StartAsync(site.Http);
        await UntilAsync(started, () => ConnectsAsync(port));
        await UntilAsync(started, async () => (await site.Http.SendAsync(HttpMethod.Get, url + "/v1/health")).IsSuccess);
        var took = Stopwatch.GetElapsedTime(started);
        await start;
        (await site.Http.ActAsync(
            HttpMethod.Put, site.Proxy.Url + "/v1/cluster", "decommission-node",
            $$"""{"sid":"{{id}}","skip_rebalance":true,"rm_user_data":true,"no_shutdown":false}""")).Succeeded();
        await node.WaitForExitAsync(Limit);
        return took;
    }

    private static async Task UntilAsync(long started, Func<Task<bool>> isTrue)
    {
        while (!await isTrue())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException("the target does not serve");
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task<bool> ConnectsAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
