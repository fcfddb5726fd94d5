using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;

namespace Skein.DataPath.Rows;

/// <summary>GET of files in the page cache, at the target, against nginx and Go on the same files.</summary>
internal sealed class GetRows(Scene scene, Race race, Report report)
{
    private const string Section = "GET from one target, microseconds of processor time for each request";
    private static readonly double[] Limits = [0.7, 0.8, 1.0, 1.0, 1.0];

    public async Task RunAsync()
    {
        report.Say(Section);
        for (var i = 0; i < Sizes.All.Length; i++)
        {
            var size = Sizes.All[i];
            var files = Wrk.Cycle("GET", Scene.Names(size).Select(name => "/" + name));
            var contenders = new List<Contender>
            {
                new(Columns.Skein, scene.Skein.Target.ProcessId, scene.Skein.Target.Url)
                {
                    Script = () => Task.FromResult(Wrk.Cycle("GET", scene.Targets[size])),
                },
            };
            if (scene.Nginx is { } nginx)
            {
                contenders.Add(new(Columns.Nginx, nginx.ProcessId, nginx.Url) { Script = () => Task.FromResult(files) });
                contenders.Add(new(Columns.NginxCached, nginx.ProcessId, nginx.CachedUrl)
                {
                    Script = () => Task.FromResult(files),
                });
            }
            if (scene.Go is { } go)
            {
                contenders.Add(new(Columns.Go, go.ProcessId, go.Url) { Script = () => Task.FromResult(files) });
            }
            var figures = await race.RunAsync(contenders);
            report.Add(Columns.Row(Section, $"GET {Sizes.Text(size)}, warm", figures, Limits[i]));
        }
    }
}
