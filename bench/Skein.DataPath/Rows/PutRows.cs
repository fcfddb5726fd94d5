using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;

namespace Skein.DataPath.Rows;

/// <summary>
/// PUT of new names at the target: with the policy that acknowledges from the page cache, as nginx and Go do, and with the
/// default one, beside which nothing comparable stands.
/// </summary>
internal sealed class PutRows(Scene scene, Race race, Report report)
{
    private const string Section = "PUT of new names to one target, microseconds of processor time for each request";
    private const string Durable = "Skein, durable";
    private static readonly double[] Limits = [1.3, 1.3, 1.35, 1.2, 1.0];

    private int _runs;

    public async Task RunAsync()
    {
        report.Say(Section);
        for (var i = 0; i < Sizes.All.Length; i++)
        {
            var size = Sizes.All[i];
            var contenders = new List<Contender> { InSkein(Columns.Skein, "page-cache", size), InSkein(Durable, "disk", size) };
            if (scene.Nginx is { } nginx)
            {
                contenders.Add(InFolder(Columns.Nginx, nginx.ProcessId, nginx.Url, size));
            }
            if (scene.Go is { } go)
            {
                contenders.Add(InFolder(Columns.Go, go.ProcessId, go.Url, size));
            }
            var figures = await race.RunAsync(contenders);
            var row = Columns.Row(Section, $"PUT {Sizes.Text(size)}", figures, Limits[i]);
            var durable = figures[Durable];
            report.Add(row with { Figures = [.. row.Figures, (Durable, durable.Microseconds), (Durable + " /s", durable.Rate)] });
        }
    }

    private Contender InSkein(string name, string ack, int size)
    {
        var bucket = "";
        return new(name, scene.Skein.Target.ProcessId, scene.Skein.Target.Url)
        {
            Script = async () =>
            {
                bucket = FormattableString.Invariant($"put-{++_runs}");
                await scene.Skein.CreateBucketAsync(bucket, ack);
                return Wrk.Store($"/v1/objects/{bucket}/o-", await scene.Skein.MarksAsync(bucket), size);
            },
            CleanUp = () => scene.Skein.DestroyBucketAsync(bucket),
        };
    }

    private Contender InFolder(string name, int processId, string url, int size)
    {
        var folder = "";
        return new(name, processId, url)
        {
            Script = () =>
            {
                folder = FormattableString.Invariant($"put/{++_runs}");
                Directory.CreateDirectory(Path.Combine(scene.PutFolder, folder));
                return Task.FromResult(Wrk.Store($"/{folder}/o-", "", size));
            },
            CleanUp = () =>
            {
                Directory.Delete(Path.Combine(scene.PutFolder, folder), recursive: true);
                return Task.CompletedTask;
            },
        };
    }
}
