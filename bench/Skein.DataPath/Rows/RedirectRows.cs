using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.TestKit.Clusters;

namespace Skein.DataPath.Rows;

/// <summary>
/// Redirects by one proxy against <c>return 307</c> of nginx: in a cluster of one target, and in one of 256, which are made
/// of nodes that join and do nothing else.
/// </summary>
internal sealed class RedirectRows(Scene scene, Race race, Report report)
{
    private const string Section = "Redirects by one proxy, microseconds of processor time for each request";
    private const string Bucket = "many";
    private const int ManyTargets = 256;
    private const int Names = 256;
    private const double Limit = 1.3;
    private const double LimitOfMany = 1.5;

    public async Task RunAsync()
    {
        report.Say(Section);
        var paths = Scene.Names(Sizes.All[0]).Select(Scene.ObjectPath).ToList();
        await RunAsync("307 (PUT), one target", "PUT", scene.Skein.Proxy, paths, Limit);
        await RunAsync("301 (GET), one target", "GET", scene.Skein.Proxy, paths, Limit);
        await using var cluster = await ProcessCluster.StartAsync(1, 0, place: Cores.OfServers);
        await using var targets = await ObserverCrowd.JoinAsync(cluster.Proxies[0], ManyTargets, "target");
        (await cluster.Http.CreateAsync(cluster.Url, Bucket)).Succeeded();
        paths =
        [
            .. Enumerable.Range(0, Names).Select(i => FormattableString.Invariant($"/v1/objects/{Bucket}/folder/object-{i}")),
        ];
        await RunAsync($"307 (PUT), {ManyTargets} targets", "PUT", cluster.Proxies[0], paths, LimitOfMany);
        await RunAsync($"301 (GET), {ManyTargets} targets", "GET", cluster.Proxies[0], paths, LimitOfMany);
    }

    private async Task RunAsync(string name, string method, ProcessNode proxy, IReadOnlyList<string> paths, double limit)
    {
        var contenders = new List<Contender>
        {
            new(Columns.Skein, proxy.ProcessId, proxy.Url) { Script = () => Task.FromResult(Wrk.Cycle(method, paths)) },
        };
        var script = Wrk.Cycle(method, ["/redirect"]);
        if (scene.Nginx is { } nginx)
        {
            contenders.Add(new(Columns.Nginx, nginx.ProcessId, nginx.Url) { Script = () => Task.FromResult(script) });
        }
        if (scene.Go is { } go)
        {
            contenders.Add(new(Columns.Go, go.ProcessId, go.Url) { Script = () => Task.FromResult(script) });
        }
        report.Add(Columns.Row(Section, name, await race.RunAsync(contenders), limit));
    }
}
