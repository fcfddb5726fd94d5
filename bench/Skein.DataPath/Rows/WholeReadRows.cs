using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;

namespace Skein.DataPath.Rows;

/// <summary>What a GET costs both nodes together: the redirect by the proxy, and the answer of the target.</summary>
internal sealed class WholeReadRows(Scene scene, Race race, Report report)
{
    private const string Section = "GET, proxy and target together, microseconds of processor time for each object";

    private static readonly (int Size, double Limit)[] Promised =
        [(10 * Sizes.Kibibyte, 53), (Sizes.Mebibyte, 340), (10 * Sizes.Mebibyte, 2900)];

    public async Task RunAsync()
    {
        report.Say(Section);
        foreach (var (size, limit) in Promised)
        {
            var proxy = scene.Skein.Proxy;
            var target = scene.Skein.Target;
            var paths = Scene.Names(size).Select(Scene.ObjectPath).ToList();
            var figures = await race.RunAsync(
            [
                new("proxy", proxy.ProcessId, proxy.Url) { Script = () => Task.FromResult(Wrk.Cycle("GET", paths)) },
                new("target", target.ProcessId, target.Url)
                {
                    Script = () => Task.FromResult(Wrk.Cycle("GET", scene.Targets[size])),
                },
            ]);
            report.Add(new Row(
                Section, $"GET {Sizes.Text(size)}",
                [.. figures.Select(figure => (figure.Key, figure.Value.Microseconds))])
            {
                Judged = (figures.Values.Sum(figure => figure.Microseconds), "us"),
                Limit = limit,
            });
        }
    }
}
